package dev.cascade.cron.cli;

import java.time.Clock;
import java.util.Locale;
import java.util.Optional;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.jobs.VerifyReport;
import dev.cascade.jobs.VerifyReport.Verdict;
import dev.cascade.jobs.VerifyRequest;
import dev.cascade.steps.memory.MemoryPath;

/// `cascade verify`
@Command(name = "verify", description = "Compares tree, ledger and index, file by file; changes nothing, unless --repair is said.")
final class Verify extends JobCommand {

    @Option(names = "--deep", description = "read and hash every file, compare every entry, and read the files of index and database whole")
    boolean deep;

    @Option(names = "--repair", description = "make the files owed that no run would read again by itself")
    boolean repair;

    @Override
    ExitCode run(Session session) {
        Home home = session.initialisedToldOfDrift();
        CascadeProperties properties = session.settings(home).properties();
        if (!repair) {
            return tell(session,
                    VerifyReport.of(home, properties, deep, Clock.systemUTC()));
        }
        Jobs jobs = new Jobs(home, properties, Clock.systemUTC());
        return Interruptible.run(jobs, () -> {
            Jobs.Verified verified;
            try (Progress _ = Progress.of(jobs, session.output())) {
                verified = jobs.verify(new VerifyRequest(deep, true), patience());
            } catch (Held held) {
                throw busy(held);
            }
            Problem problem = verified.run().problem();
            if (problem != null) {
                throw new CliProblem(ExitCode.of(problem), problem.message(), problem.remedy());
            }
            return tell(session, verified.report());
        });
    }

    private static ExitCode tell(Session session, VerifyReport report) {
        Output output = session.output();
        output.result(report, () -> {
            report.differences()
                    .forEach(difference -> output.line("%-13s %s  (%s)",
                            difference.what().name().toLowerCase(Locale.ROOT),
                            new MemoryPath(difference.path()), difference.told()));
            if (report.differing() > report.differences().size()) {
                output.line("… and %d more",
                        report.differing() - report.differences().size());
            }
            report.damage().forEach(sentence -> output.line("%s", sentence));
            report.warnings().forEach(warning -> output.note("%s", warning));
            output.line("%s", switch (report.verdict()) {
                case IN_STEP -> "In step: %d files checked, no difference".formatted(
                        report.checked());
                case DIFFERENT -> "Different: %d of %d files%s".formatted(report.differing(),
                        report.checked(),
                        report.damage().isEmpty() ? "" : ", and there is damage");
                case UNKNOWN -> "Unknown: there was nothing to check";
            });
            next(report).ifPresent(
                    next -> output.note("next: cascade %s%s", next, session.rootOption()));
        });
        return report.verdict() == Verdict.IN_STEP ? ExitCode.DONE : ExitCode.DIFFERENT;
    }

    private static Optional<String> next(VerifyReport report) {
        return !report.damage().isEmpty() ? Optional.of("rebuild")
                : report.unexpected() > report.repaired() ? Optional.of("verify --repair")
                        : report.differing() > 0 ? Optional.of("sync") : Optional.empty();
    }
}
