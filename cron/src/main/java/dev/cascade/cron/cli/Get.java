package dev.cascade.cron.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.EntryReport;
import dev.cascade.jobs.EntryReport.EntryTold;
import dev.cascade.jobs.LinesReport;
import dev.cascade.steps.memory.MemoryPath;

/// `cascade get`
@Command(name = "get", description = "Shows one entry, or the entries of one file, as they are indexed; or lines of the file itself.")
final class Get extends Subcommand {

    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

    @Parameters(paramLabel = "PATH|ROW_ID", description = "a file, or the row id of a hit")
    String what = "";

    @Option(names = "--parents", description = "show the entry it came from, and so on")
    boolean parents;

    @Option(names = "--lines", paramLabel = "FROM-TO", description = "these lines of the file as it is on disk now, 2,000 at most")
    @Nullable
    String lines;

    @Override
    ExitCode run(Session session) {
        Home home = session.initialisedToldOfDrift();
        Output output = session.output();
        if (lines != null) {
            LinesReport read = lines(session, home, lines);
            output.result(read, () -> output.text(read.text()));
        } else {
            EntryReport report = EntryReport.of(home, what, path(home), parents,
                    Clock.systemUTC());
            output.result(report, () -> report.entries().forEach(entry -> show(output, entry)));
        }
        return ExitCode.DONE;
    }

    private LinesReport lines(Session session, Home home, String range) {
        Matcher numbers = RANGE.matcher(range);
        MemoryPath path = path(home);
        if (!numbers.matches() || path == null) {
            throw CliProblem.refused(path == null ? "%s is no file below the root".formatted(what)
                    : "--lines %s is no range".formatted(range), "Write it as --lines 10-20.");
        }
        int from = Integer.parseInt(numbers.group(1));
        int to = numbers.group(2) == null ? from : Integer.parseInt(numbers.group(2));
        try {
            return LinesReport.of(home, session.settings(home).properties(), path, from, to,
                    Clock.systemUTC());
        } catch (IllegalArgumentException ex) {
            throw CliProblem.refused(String.valueOf(ex.getMessage()),
                    "Write it as --lines 10-20.");
        }
    }

    /// Null if it cannot be the path of a file.
    private @Nullable MemoryPath path(Home home) {
        try {
            return JobCommand.relative(home, Path.of(what));
        } catch (InvalidPathException ex) {
            return null;
        }
    }

    private static void show(Output output, EntryTold entry) {
        output.line("%s  %s",
                output.paint(Style.CYAN, "%s:%d".formatted(entry.path(), entry.line())),
                output.paint(Style.BOLD, entry.title()));
        output.line("  row %s (%s)%s", entry.rowId(), entry.kind(), entry.deprecatedBy() == null
                ? ""
                : ", replaced by " + entry.deprecatedBy());
        entry.fields().forEach((name, values) -> {
            output.line("  %s:", name);
            values.forEach(value -> output.text(value.indent(4).stripTrailing()));
        });
        entry.parents()
                .forEach(parent -> output.line("  came from %s:%d  %s", parent.path(),
                        parent.line(), parent.title()));
        output.line();
    }
}
