package dev.cascade.cron.report;

import java.time.Clock;
import java.util.List;

import dev.cascade.config.Home;
import dev.cascade.jobs.NotFound;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.History.Execution;
import dev.cascade.steps.ledger.StateDatabase;

/// The newest executions, newest first.
public record ExecutionsReport(List<Execution> executions) {

    private static final int MOST = 50;

    public static ExecutionsReport of(Home home, Clock clock) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            return new ExecutionsReport(
                    new History(database.dataSource(), clock).executions(MOST));
        }
    }

    /// One execution.
    ///
    /// @throws NotFound
    ///             if it is not kept
    public static Execution one(Home home, long id, Clock clock) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            return new History(database.dataSource(), clock).execution(id)
                    .orElseThrow(() -> NotFound.execution(id));
        }
    }
}
