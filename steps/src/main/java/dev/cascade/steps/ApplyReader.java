package dev.cascade.steps;

import java.util.Collections;
import java.util.Iterator;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

import dev.cascade.steps.memory.Change;

/// Reads the files that are owed and due, in lsn order, page by page. What is owed is always asked of
/// the ledger, so a restart needs no position.
public final class ApplyReader implements ItemStreamReader<Change> {

    private final Reconciliation run;
    private final Account account;
    private Iterator<Change> page = Collections.emptyIterator();
    private long lastLsn;

    public ApplyReader(Reconciliation run, Account account) {
        this.run = run;
        this.account = account;
    }

    @Override
    public void open(ExecutionContext context) {
        lastLsn = 0;
        page = Collections.emptyIterator();
        run.tally().expect(run.ledger().countOwed(run.selection()));
    }

    @Override
    public @Nullable Change read() {
        if (!page.hasNext()) {
            page = run.ledger().owedAfter(lastLsn, run.selection()).iterator();
        }
        if (!page.hasNext()) {
            return null;
        }
        Change change = page.next();
        lastLsn = change.lsn();
        account.taken(change.path());
        return change;
    }
}
