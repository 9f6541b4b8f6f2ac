package dev.cascade.cron.cli;

import java.time.Clock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Decisions;
import dev.cascade.jobs.Decisions.Resumed;

/// `cascade resume`
@Command(name = "resume", description = "Lets scheduled runs go on, whether a person paused them or they stopped themselves.")
final class Resume extends Subcommand {

    @Option(names = "--reset-failed", description = "also make files that wait for a retry owed at once, counters at zero")
    boolean resetFailed;

    @Override
    ExitCode run(Session session) {
        Home home = session.initialisedToldOfDrift();
        Resumed resumed = new Decisions(home, session.settings(home).properties(),
                Clock.systemUTC()).resume(resetFailed);
        Output output = session.output();
        output.result(resumed, () -> {
            output.line("%s", resumed.lifted().holdsUp()
                    ? "Scheduled runs go on; they were " + resumed.lifted().told() + "."
                    : "Scheduled runs were not held up.");
            if (resetFailed) {
                output.line("%d files are owed again.", resumed.reset());
            }
        });
        return ExitCode.DONE;
    }
}
