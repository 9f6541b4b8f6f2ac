package dev.cascade.cron.cli;

import java.time.Clock;
import java.util.Locale;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.VerifyReport;
import dev.cascade.steps.memory.MemoryPath;

/// `cascade verify`
@Command(name = "verify", description = "Compares tree, ledger and index, file by file; changes nothing.")
final class Verify extends Subcommand {

    @Option(names = "--deep", description = "read and hash every file, and compare every entry")
    boolean deep;

    @Override
    ExitCode run(Session session) {
        Home home = session.initialised();
        VerifyReport report = VerifyReport.of(home, session.settings(home).properties(), deep,
                Clock.systemUTC());
        Output output = session.output();
        output.result(report, () -> {
            report.differences()
                    .forEach(difference -> output.line("%-13s %s  (%s)",
                            difference.what().name().toLowerCase(Locale.ROOT),
                            new MemoryPath(difference.path()),
                            difference.state() == null ? "unknown to the ledger"
                                    : difference.state().replace('_', ' ')));
            output.line("%s", switch (report.verdict()) {
                case IN_STEP -> "In step: %d files checked, no difference".formatted(
                        report.checked());
                case DIFFERENT -> "Different: %d of %d files".formatted(
                        report.differences().size(), report.checked());
                case UNKNOWN -> "Unknown: there was nothing to check";
            });
        });
        return switch (report.verdict()) {
            case IN_STEP -> ExitCode.DONE;
            case DIFFERENT, UNKNOWN -> ExitCode.DIFFERENT;
        };
    }
}
