package dev.cascade.cron.report;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.Home;
import dev.cascade.steps.ledger.Failure;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.VectorLedger;
import dev.cascade.steps.memory.Selection;

/// The files that are in trouble, by path.
public record FailuresReport(List<FailureTold> failures) {

    /// One of them.
    ///
    /// @param retryable
    ///            whether trying again can help; else the file must be mended and saved
    /// @param line
    ///            where in the file; null if that is not known
    public record FailureTold(String path, String kind, boolean retryable, int attempts,
            @Nullable Instant firstFailedAt, @Nullable Instant lastAttemptAt,
            @Nullable Instant deferredUntil, @Nullable Integer line, int skippedEntries,
            String reason) {

        static FailureTold of(Failure failure) {
            return new FailureTold(failure.path().value(), failure.kind(), failure.retryable(),
                    failure.attempts(), failure.firstFailedAt(), failure.lastAttemptAt(),
                    failure.deferredUntil(), failure.line(), failure.skippedEntries(),
                    failure.reason());
        }
    }

    public static FailuresReport of(Home home, Selection selection, Clock clock) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            List<Failure> files = new Ledger(database.dataSource(), clock).failures(selection);
            List<Failure> vectors = new VectorLedger(database.dataSource(), clock)
                    .asFailures(selection);
            return new FailuresReport(Stream.concat(files.stream(), vectors.stream())
                    .map(FailureTold::of)
                    .toList());
        }
    }
}
