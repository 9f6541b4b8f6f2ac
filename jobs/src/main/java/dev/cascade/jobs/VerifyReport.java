package dev.cascade.jobs;

import java.time.Clock;
import java.util.List;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.steps.Root;
import dev.cascade.steps.Verification;
import dev.cascade.steps.Verification.Difference;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;

/// What a comparison of tree, ledger and index found.
///
/// @param checked files that were compared
public record VerifyReport(long checked, List<Difference> differences, Verdict verdict) {

    /// - `IN_STEP`: tree, ledger and index agree
    /// - `DIFFERENT`: they do not
    /// - `UNKNOWN`: there was nothing to compare
    public enum Verdict {
        IN_STEP, DIFFERENT, UNKNOWN
    }

    /// Compares, beside whatever runs; changes nothing.
    ///
    /// @param deep whether every file is read
    public static VerifyReport of(Home home, CascadeProperties properties, boolean deep,
            Clock clock) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), clock);
            Root root = Root.known(home, properties, ledger);
            try (IndexView index = IndexView
                    .open(home.index(ledger.standing().generation()))) {
                Verification.Result result = new Verification(root, properties, ledger, index, deep,
                        clock).run();
                Verdict verdict = result.checked() == 0 ? Verdict.UNKNOWN
                        : result.differences().isEmpty() ? Verdict.IN_STEP : Verdict.DIFFERENT;
                return new VerifyReport(result.checked(), result.differences(), verdict);
            }
        }
    }
}
