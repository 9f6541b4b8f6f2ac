package dev.cascade.cron.cli;

import java.time.Clock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Decisions;
import dev.cascade.jobs.GateReport;

/// `cascade approve`
@Command(name = "approve", description = "Lets exactly the files that a gate holds go with the next run, or lets a rebuild take their present entries over.")
final class Approve extends Subcommand {

    @Parameters(paramLabel = "ID", description = "the gate, as `cascade gates` lists it")
    long id;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why; it is kept with the decision")
    String reason = "";

    @Override
    ExitCode run(Session session) {
        Home home = session.initialisedToldOfDrift();
        GateReport gate = new Decisions(home, session.settings(home).properties(),
                Clock.systemUTC()).approve(id, reason);
        Output output = session.output();
        output.result(gate, () -> {
            output.line("Gate %d is approved: %s.", gate.id(), gate.ifApproved());
            output.note("next: cascade %s%s", gate.ofRebuild() ? "rebuild" : "sync",
                    session.rootOption());
        });
        return ExitCode.DONE;
    }
}
