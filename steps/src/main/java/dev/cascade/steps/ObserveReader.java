package dev.cascade.steps;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

import dev.cascade.steps.memory.Observation;

/// Reads out the differences between tree and ledger. Always from the beginning, be it one that the look
/// before the run has made: a walk that was interrupted says nothing about what it had not yet seen.
public final class ObserveReader implements ItemStreamReader<Observation> {

    private final Reconciliation run;
    private @Nullable LedgerWalk begun;
    private @Nullable LedgerWalk walk;

    /// @param begun what a look has begun just now, if it has; nothing of it is read out yet
    public ObserveReader(Reconciliation run, Optional<LedgerWalk> begun) {
        this.run = run;
        this.begun = begun.orElse(null);
    }

    @Override
    public void open(ExecutionContext context) {
        walk = begun == null ? LedgerWalk.of(run) : begun.goOn(run);
        begun = null;
        run.tally().watch(walk.census());
        run.tally().oweFrom(run.ledger().lastLsn() + 1);
    }

    @Override
    public @Nullable Observation read() {
        if (walk == null) {
            throw new IllegalStateException("read before open");
        }
        if (walk.hasNext()) {
            return walk.next();
        }
        walk.warnings().forEach(run.tally()::warn);
        return null;
    }
}
