package dev.cascade.cron.cli;

import java.time.Clock;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Decisions;
import dev.cascade.steps.ledger.RunControl.Control;

/// `cascade pause`
@Command(name = "pause", description = "Holds up scheduled runs; a command typed by hand runs all the same.")
final class Pause extends Subcommand {

    @Option(names = "--for", paramLabel = "DURATION", description = "for this long, such as 2h (default: until `cascade resume`)")
    @Nullable
    Duration length;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why; status and skipped runs show it")
    String reason = "";

    @Override
    ExitCode run(Session session) {
        Home home = session.initialisedToldOfDrift();
        Control control = new Decisions(home, session.settings(home).properties(),
                Clock.systemUTC()).pause(reason, length);
        Output output = session.output();
        output.result(control, () -> {
            output.line("Scheduled runs are %s.", control.told());
            output.note("next: cascade resume%s", session.rootOption());
        });
        return ExitCode.DONE;
    }
}
