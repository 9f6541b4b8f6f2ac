package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.steps.ledger.Failure;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.VectorLedger;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// `cascade fix`
@Command(name = "fix", description = "Lists failed files with their reason; with --apply, tries those again that a retry can help.")
final class Fix extends JobCommand {

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "only these files and folders; with --apply, files that cannot be indexed as they are get another try too")
    List<Path> paths = new ArrayList<>();

    @Option(names = "--apply", description = "make retryable files owed again, with counters at zero, and run")
    boolean apply;

    private record Report(List<Row> failures) {}

    private record Row(String path, String kind, boolean retryable, int attempts,
            @Nullable Instant firstFailedAt, @Nullable Instant lastAttemptAt,
            @Nullable Instant deferredUntil, @Nullable Integer line, int skippedEntries,
            String reason) {

        static Row of(Failure failure) {
            return new Row(failure.path().value(), failure.kind(), failure.retryable(),
                    failure.attempts(), failure.firstFailedAt(), failure.lastAttemptAt(),
                    failure.deferredUntil(), failure.line(), failure.skippedEntries(),
                    failure.reason());
        }
    }

    @Override
    ExitCode run(Session session) {
        Home home = session.initialised();
        Selection selection = selection(home, paths, null);
        if (apply) {
            return launch(session, home,
                    (jobs, patience) -> jobs.fix(selection, !paths.isEmpty(), patience));
        }
        List<Row> rows = rows(home, selection);
        Output output = session.output();
        output.result(new Report(rows), () -> {
            if (rows.isEmpty()) {
                output.line("No failed files.");
            }
            rows.forEach(row -> {
                output.line("%s  %s", output.paint(row.retryable() ? Style.YELLOW : Style.RED,
                        new MemoryPath(row.path()).toString()), what(row));
                output.line("    %s", row.reason());
            });
            if (rows.stream().anyMatch(Row::retryable)) {
                output.note("next: cascade fix --apply%s", session.rootOption());
            }
        });
        return ExitCode.DONE;
    }

    private static List<Row> rows(Home home, Selection selection) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            List<Failure> files = new Ledger(database.dataSource(), Clock.systemUTC())
                    .failures(selection);
            List<Failure> vectors = new VectorLedger(database.dataSource(), Clock.systemUTC())
                    .asFailures(selection);
            return Stream.concat(files.stream(), vectors.stream()).map(Row::of).toList();
        }
    }

    private static String what(Row row) {
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
