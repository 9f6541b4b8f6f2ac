package dev.cascade.cron.cli;

import java.time.Clock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Decisions;
import dev.cascade.jobs.GateReport;

/// `cascade reject`
@Command(name = "reject", description = "Keeps the entries of the files that a gate holds, until they are back or it is approved; or gives up the generation that lacks them.")
final class Reject extends Subcommand {

    @Parameters(paramLabel = "ID", description = "the gate, as `cascade gates` lists it")
    long id;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why; it is kept with the decision")
    String reason = "";

    @Override
    ExitCode run(Session session) {
        Home home = session.initialisedToldOfDrift();
        GateReport gate = new Decisions(home, session.settings(home).properties(),
                Clock.systemUTC()).reject(id, reason);
        Output output = session.output();
        output.result(gate, () -> {
            output.line("Gate %d is rejected: %s.", gate.id(), gate.ifRejected());
        });
        return ExitCode.DONE;
    }
}
