package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.cron.schedule.NextFiring;
import dev.cascade.jobs.Restoration;
import dev.cascade.jobs.RunLock.Held;

/// `cascade restore`
@Command(name = "restore", description = "Puts a copy of the state database in its place. What stood there is moved aside, never deleted.")
final class Restore extends JobCommand {

    @Parameters(paramLabel = "FILE", description = "a copy that `cascade backup` made")
    Path file = Path.of("");

    @Option(names = "--yes", description = "on a terminal, do not ask first")
    boolean yes;

    @Override
    ExitCode run(Session session) {
        Home home = session.home();
        Optional<Long> serving = NextFiring.server(home);
        if (serving.isPresent()) {
            throw new CliProblem(ExitCode.BUSY,
                    "%s is served by a process (pid %d)".formatted(home.root(), serving.get()),
                    "End it first, restore, and start it again.");
        }
        Question.ask(yes, "Put %s in the place of the state of %s?".formatted(file, home.root()));
        Restoration.Report report;
        try {
            report = new Restoration(home, session.settings(home).properties(), Clock.systemUTC())
                    .restore(file.toAbsolutePath().normalize(), patience());
        } catch (Held held) {
            throw busy(held);
        }
        Output output = session.output();
        output.result(report, () -> {
            output.line("%s is in place, with what was known %s", home.database(),
                    report.asOf() == null ? "then" : "at " + report.asOf());
            report.movedAside().forEach(moved -> output.note("what stood there is in %s", moved));
            output.note("%s", report.index());
            output.note("next: cascade sync%s", session.rootOption());
        });
        return ExitCode.DONE;
    }
}
