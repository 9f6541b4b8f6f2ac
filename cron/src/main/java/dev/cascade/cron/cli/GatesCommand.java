package dev.cascade.cron.cli;

import java.time.Clock;
import java.util.List;
import java.util.Locale;

import picocli.CommandLine.Command;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.cron.report.GatesReport;
import dev.cascade.jobs.Decisions;
import dev.cascade.jobs.GateReport;
import dev.cascade.steps.ledger.Gate;
import dev.cascade.steps.memory.MemoryPath;

/// `cascade gates`
@Command(name = "gates", description = "Lists what a guard left to a person: which files it concerns, and how to decide.")
final class GatesCommand extends Subcommand {

    @Override
    ExitCode run(Session session) {
        Home home = session.initialisedToldOfDrift();
        List<GateReport> gates = new Decisions(home, session.settings(home).properties(),
                Clock.systemUTC()).gates();
        Output output = session.output();
        output.result(new GatesReport(gates), () -> {
            if (gates.isEmpty()) {
                output.line("No gates.");
            }
            gates.forEach(gate -> tell(output, gate));
            gates.stream()
                    .filter(gate -> gate.status() == Gate.Status.PENDING)
                    .reduce((_, first) -> first)
                    .ifPresent(gate -> output.note(
                            "next: cascade approve %d --reason \"…\"%s: %s; cascade reject %d --reason \"…\"%s: %s",
                            gate.id(), session.rootOption(), gate.ifApproved(), gate.id(),
                            session.rootOption(), gate.ifRejected()));
        });
        return ExitCode.DONE;
    }

    static void tell(Output output, GateReport gate) {
        output.line("gate %d  %s  %s", gate.id(),
                gate.status().name().toLowerCase(Locale.ROOT), gate.summary());
        output.line("    opened %s by the job %s, digest %s", gate.createdAt(), gate.job(),
                gate.digest());
        if (gate.decidedAt() != null) {
            output.line("    decided %s%s: %s", gate.decidedAt(),
                    gate.expiresAt() == null ? "" : ", until " + gate.expiresAt(), gate.reason());
        }
        gate.paths().forEach(path -> output.line("    %s", new MemoryPath(path)));
        if (gate.files() > gate.paths().size()) {
            output.line("    … and %d more", gate.files() - gate.paths().size());
        }
    }
}
