package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.cron.report.FailuresReport;
import dev.cascade.cron.report.FailuresReport.FailureTold;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// `cascade fix`
@Command(name = "fix", description = "Lists failed files with their reason; with --apply, tries those again that a retry can help.")
final class Fix extends JobCommand {

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "only these files and folders; with --apply, files that cannot be indexed as they are get another try too")
    List<Path> paths = new ArrayList<>();

    @Option(names = "--apply", description = "make retryable files owed again, with counters at zero, and run")
    boolean apply;

    @Override
    ExitCode run(Session session) {
        Home home = apply ? session.initialised() : session.initialisedToldOfDrift();
        Selection selection = selection(home, paths, null);
        if (apply) {
            return launch(session, home,
                    (jobs, patience) -> jobs.fix(selection, !paths.isEmpty(), patience));
        }
        FailuresReport report = FailuresReport.of(home, selection, Clock.systemUTC());
        List<FailureTold> rows = report.failures();
        Output output = session.output();
        output.result(report, () -> {
            if (rows.isEmpty()) {
                output.line("No failed files.");
            }
            rows.forEach(row -> {
                output.line("%s  %s", output.paint(row.retryable() ? Style.YELLOW : Style.RED,
                        new MemoryPath(row.path()).toString()), what(row));
                output.line("    %s", row.reason());
            });
            if (rows.stream().anyMatch(FailureTold::retryable)) {
                output.note("next: cascade fix --apply%s", session.rootOption());
            }
        });
        return ExitCode.DONE;
    }

    private static String what(FailureTold row) {
        if (row.skippedEntries() > 0) {
            return "%d entries skipped (mend them and save the file)"
                    .formatted(row.skippedEntries());
        }
        return row.retryable()
                ? "retryable=TRUE, %d attempts, next try %s".formatted(row.attempts(),
                        row.deferredUntil())
                : "retryable=FALSE (fix md and re-save to recover)";
    }
}
