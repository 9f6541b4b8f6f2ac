package dev.cascade.steps;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.MemoryPath;

/// Reads the files that a generation lacks and that can be read, in the order of their paths. What it
/// lacks is always asked of the ledger, so a restart goes on where the last chunk ended.
public final class FillReader implements ItemStreamReader<Change> {

    private final Reconciliation run;
    private final Generations generations;
    private final Account account;
    private final Outage outage;
    private Iterator<Change> page = Collections.emptyIterator();
    private @Nullable MemoryPath last;
    private boolean told;

    public FillReader(Reconciliation run, Generations generations, Account account,
            Outage outage) {
        this.run = run;
        this.generations = generations;
        this.account = account;
        this.outage = outage;
    }

    @Override
    public void open(ExecutionContext context) {
        page = Collections.emptyIterator();
        last = null;
        run.tally()
                .expect(run.tally().handled()
                        + generations.countReadable(run.target().generation()));
    }

    @Override
    public @Nullable Change read() {
        if (outage.isOn()) {
            tellOnce();
            return null;
        }
        if (!page.hasNext()) {
            List<Change> following = generations.readableAfter(run.target().generation(), last);
            page = following.iterator();
        }
        if (!page.hasNext()) {
            return null;
        }
        Change change = page.next();
        last = change.path();
        account.taken(change.path());
        return change;
    }

    private void tellOnce() {
        if (!told) {
            run.tally().warn(outage.told() + "; the rest is left for the next rebuild");
            told = true;
        }
    }
}
