package dev.cascade.steps;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.tree.TreeWalk;

/// Reads out the differences between tree and ledger. Always from the beginning: a walk that was
/// interrupted says nothing about what it had not yet seen.
public final class ObserveReader implements ItemStreamReader<Observation> {

    private final Reconciliation run;
    private @Nullable Differences differences;
    private @Nullable TreeWalk walk;

    public ObserveReader(Reconciliation run) {
        this.run = run;
    }

    @Override
    public void open(ExecutionContext context) {
        TreeWalk fresh = run.root().tree().walk(run.selection());
        Differences merged = new Differences(fresh,
                Differences.knownTo(run.ledger(), run.selection()), run.root().schemaIds(),
                run.forced());
        run.tally().watch(merged.census());
        run.tally().oweFrom(run.ledger().lastLsn() + 1);
        walk = fresh;
        differences = merged;
    }

    @Override
    public @Nullable Observation read() {
        if (differences == null || walk == null) {
            throw new IllegalStateException("read before open");
        }
        if (differences.hasNext()) {
            return differences.next();
        }
        walk.warnings().forEach(run.tally()::warn);
        return null;
    }
}
