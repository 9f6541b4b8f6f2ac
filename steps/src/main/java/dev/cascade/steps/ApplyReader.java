package dev.cascade.steps;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.MemoryPath;

/// Reads the files that are owed, in lsn order, page by page; those whose wait for a retry is over come
/// last, so that they keep no other file waiting. What is owed is always asked of the ledger, so a
/// restart needs no position.
///
/// It ends early when the budget of the run is used up, and in an outage; the rest stays owed.
public final class ApplyReader implements ItemStreamReader<Change> {

    private final Reconciliation run;
    private final Account account;
    private final Outage outage;
    private final RunBudget budget;
    private Iterator<Change> page = Collections.emptyIterator();
    private boolean retries;
    private long lastLsn;
    private Set<MemoryPath> unsettled = Set.of();

    public ApplyReader(Reconciliation run, Account account, Outage outage, RunBudget budget) {
        this.run = run;
        this.account = account;
        this.outage = outage;
        this.budget = budget;
    }

    @Override
    public void open(ExecutionContext context) {
        page = Collections.emptyIterator();
        retries = false;
        lastLsn = beforeTheFirst();
        unsettled = Settling.of(run.properties(), run.clock())
                .unsettled(run.ledger(), run.selection());
        run.tally()
                .expect(run.ledger().countOwed(run.selection(), run.tally().lowestOwed())
                        - unsettled.size());
        run.tally().leave(unsettled.size());
    }

    @Override
    public @Nullable Change read() {
        if (!page.hasNext()) {
            page = nextPage().iterator();
        }
        if (!page.hasNext() || endsEarly()) {
            return null;
        }
        Change change = page.next();
        lastLsn = change.lsn();
        budget.take(change);
        account.taken(change.path());
        return change;
    }

    private List<Change> nextPage() {
        while (!retries) {
            List<Change> owed = run.ledger().owedAfter(lastLsn, run.selection());
            List<Change> settled = owed.stream()
                    .filter(change -> !unsettled.contains(change.path()))
                    .toList();
            if (!settled.isEmpty()) {
                return settled;
            }
            retries = owed.isEmpty();
            lastLsn = retries ? beforeTheFirst() : owed.getLast().lsn();
        }
        return run.ledger().dueAfter(lastLsn, run.selection(), run.run());
    }

    private long beforeTheFirst() {
        return Math.max(0, run.tally().lowestOwed() - 1);
    }

    private boolean endsEarly() {
        if (outage.isOn()) {
            run.tally().warn(outage.told() + "; the rest stays owed");
            return true;
        }
        return !budget.hasFilesLeft();
    }
}
