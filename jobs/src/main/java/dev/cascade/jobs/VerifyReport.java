package dev.cascade.jobs;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.steps.Comparison;
import dev.cascade.steps.Findings;
import dev.cascade.steps.Root;
import dev.cascade.steps.Tally;
import dev.cascade.steps.Verification.Difference;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.Upkeep;

/// What a comparison of tree, ledger and index found.
///
/// @param checked files that were compared
/// @param differing how many of them differ
/// @param unexpected how many of those no run would see to, nor a person has to
/// @param differences the first thousand of them, by path
/// @param damage what is broken in the files of index and database; asked for only if every file is read
/// @param repaired files that were made owed
public record VerifyReport(long checked, long differing, long unexpected,
        List<Difference> differences,
        List<String> damage, Verdict verdict, long repaired, List<String> warnings) {

    /// - `IN_STEP`: tree, ledger and index agree
    /// - `DIFFERENT`: they do not
    /// - `UNKNOWN`: there was nothing to compare, or the comparison did not come to its end
    public enum Verdict {
        IN_STEP, DIFFERENT, UNKNOWN
    }

    /// Compares, beside whatever runs, and leaves no trace.
    ///
    /// @param deep whether every file is read
    public static VerifyReport of(Home home, CascadeProperties properties, boolean deep,
            Clock clock) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), clock);
            Comparison comparison = new Comparison(Root.known(home, properties, ledger), properties,
                    ledger, deep, new Tally(), clock);
            comparison.run(new Upkeep(database.dataSource()));
            Findings findings = comparison.findings();
            return new VerifyReport(findings.checked(), findings.differing(), findings.surprising(),
                    findings.differences(), findings.damage(), verdict(findings, true), 0,
                    findings.unsure());
        }
    }

    static VerifyReport of(Findings findings, RunReport run) {
        boolean cameToItsEnd = run.problem() == null
                && run.outcome() != RunReport.Outcome.STOPPED;
        return new VerifyReport(findings.checked(), findings.differing(), findings.surprising(),
                findings.differences(), findings.damage(), verdict(findings, cameToItsEnd),
                findings.repaired(), run.warnings());
    }

    private static Verdict verdict(Findings findings, boolean cameToItsEnd) {
        return findings.differing() > 0 || !findings.damage().isEmpty() ? Verdict.DIFFERENT
                : !cameToItsEnd || findings.checked() == 0 ? Verdict.UNKNOWN : Verdict.IN_STEP;
    }

    /// The same, as a run tells of files.
    static List<RunReport.Trouble> troubles(Findings findings) {
        List<RunReport.Trouble> troubles = new ArrayList<>();
        findings.differences()
                .forEach(difference -> troubles.add(new RunReport.Trouble(difference.path(), null,
                        "%s: %s, %s".formatted(difference.path(),
                                difference.what().name().toLowerCase(Locale.ROOT),
                                difference.told()),
                        false)));
        findings.damage()
                .forEach(sentence -> troubles
                        .add(new RunReport.Trouble(Home.FOLDER, null, sentence, false)));
        return troubles;
    }
}
