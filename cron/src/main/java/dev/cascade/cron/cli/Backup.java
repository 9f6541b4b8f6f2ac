package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.BackupReport;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport.Problem;

/// `cascade backup`
@Command(name = "backup", description = "Copies the state database, also while a run goes on, and checks the copy. Markdown and index are not in it: the one is yours, the other is made from it.")
final class Backup extends JobCommand {

    @Nullable
    @Option(names = "--to", paramLabel = "DIR", description = "the folder for it; else that of the settings, else .cascade/backups")
    Path to;

    @Override
    ExitCode run(Session session) {
        Home home = session.initialisedToldOfDrift();
        Jobs jobs = new Jobs(home, session.settings(home).properties(), Clock.systemUTC());
        return Interruptible.run(jobs, () -> {
            Jobs.BackedUp done;
            try {
                done = jobs.backup(to, patience());
            } catch (Held held) {
                throw busy(held);
            }
            Problem problem = done.run().problem();
            if (problem != null) {
                throw new CliProblem(ExitCode.of(problem), problem.message(), problem.remedy());
            }
            BackupReport report = done.report();
            if (report.bytes() == null) {
                throw new CliProblem(ExitCode.INCOMPLETE, "the copy was stopped before its end",
                        "Run it again; nothing is left of it.");
            }
            Output output = session.output();
            output.result(report, () -> {
                output.line("%s  (%d bytes; %d copies of this root are kept there)", report.file(),
                        report.bytes(), report.kept().size());
                output.note("to put it back: cascade restore %s%s", report.file(),
                        session.rootOption());
            });
            return ExitCode.DONE;
        });
    }
}
