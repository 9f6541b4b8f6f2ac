package dev.cascade.cron.cli;

import java.time.Clock;
import java.time.Duration;

import picocli.CommandLine.Command;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.cron.mcp.AgentContext;
import dev.cascade.cron.mcp.AgentServer;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;

/// `cascade mcp`
@Command(name = "mcp", description = "Answers an agent over stdin and stdout, in the Model Context Protocol: search, get, status, sync.")
final class Mcp extends Subcommand {

    /// An agent waits less patiently than a person.
    private static final Duration WAIT = Duration.ofSeconds(10);

    @Override
    ExitCode run(Session session) throws InterruptedException {
        Home home = session.home();
        if (session.output().isJson()) {
            throw CliProblem.refused("--json means nothing to `cascade mcp`, which speaks JSON-RPC",
                    "Leave it out.");
        }
        AgentContext context = new AgentContext(home, () -> session.settings(home).properties(),
                request -> reconcile(home, session.settings(home).properties(), request),
                Clock.systemUTC());
        if (!new AgentServer(context, new BuildInfo().version()).serve(System.in, System.out)) {
            throw new CliProblem(ExitCode.UNEXPECTED,
                    "what the agent said is no JSON-RPC message, or could not be read",
                    "See what starts `cascade mcp`: it must write one JSON object a line to its stdin.");
        }
        return ExitCode.DONE;
    }

    private static RunReport reconcile(Home home, CascadeProperties properties,
            ReconcileRequest request) throws Held {
        Jobs jobs = new Jobs(home, properties, Clock.systemUTC());
        return Interruptible.run(jobs, () -> jobs.reconcile(request, WAIT));
    }
}
