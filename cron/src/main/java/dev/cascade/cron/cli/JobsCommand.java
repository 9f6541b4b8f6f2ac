package dev.cascade.cron.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExecutionsReport;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.cron.report.StoppingReport;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.History.Execution;

/// `cascade jobs`
@Command(name = "jobs", description = "Lists executions; shows, restarts, stops or recovers them.", subcommands = {
        JobsCommand.ListAll.class, JobsCommand.Show.class, JobsCommand.Restart.class,
        JobsCommand.Stop.class, JobsCommand.Recover.class})
final class JobsCommand extends Subcommand {

    @Override
    ExitCode run(Session session) {
        return list(session);
    }

    private static ExitCode list(Session session) {
        ExecutionsReport report = ExecutionsReport.of(session.initialisedToldOfDrift(),
                Clock.systemUTC());
        List<Execution> executions = report.executions();
        Output output = session.output();
        output.result(report, () -> {
            if (executions.isEmpty()) {
                output.line("No executions yet.");
                return;
            }
            output.line("%6s  %-10s  %-10s  %-24s  %9s  %8s  %8s  %8s", "id", "job", "status",
                    "started", "read", "written", "skipped", "retried");
            executions.forEach(execution -> output.line(
                    "%6d  %-10s  %-10s  %-24s  %9d  %8d  %8d  %8d", execution.executionId(),
                    execution.job(), execution.status(), started(execution),
                    total(execution, History.Step::read), total(execution, History.Step::written),
                    total(execution, History.Step::skipped),
                    total(execution, History.Step::retried)));
        });
        return ExitCode.DONE;
    }

    private static long total(Execution execution,
            java.util.function.ToLongFunction<History.Step> count) {
        return execution.steps()
                .stream()
                .filter(History.Step::handlesFiles)
                .mapToLong(count)
                .sum();
    }

    private static String started(Execution execution) {
        Instant at = execution.startedAt();
        return at == null ? "-" : at.toString();
    }

    /// `cascade jobs list`
    @Command(name = "list", description = "Lists the newest executions, newest first.")
    static final class ListAll extends Subcommand {

        @Override
        ExitCode run(Session session) {
            return list(session);
        }
    }

    /// `cascade jobs show`
    @Command(name = "show", description = "Shows an execution with its parameters and steps.")
    static final class Show extends Subcommand {

        @Parameters(paramLabel = "ID")
        long id;

        @Override
        ExitCode run(Session session) {
            Execution execution = ExecutionsReport.one(session.initialisedToldOfDrift(), id,
                    Clock.systemUTC());
            Output output = session.output();
            output.result(execution, () -> {
                output.line("execution %d of %s: %s (%s)", execution.executionId(),
                        execution.job(), execution.status(), execution.exit());
                output.line("started %s, ended %s", execution.startedAt(), execution.endedAt());
                execution.parameters()
                        .forEach((name, value) -> output.line("  %s=%s", name,
                                value));
                output.line("%-10s  %-10s  %8s  %8s  %8s  %8s  %8s", "step", "status", "read",
                        "written", "filtered", "skipped", "retried");
                execution.steps()
                        .forEach(step -> output.line("%-10s  %-10s  %8d  %8d  %8d  %8d  %8d",
                                step.name(), step.status(), step.read(), step.written(),
                                step.filtered(), step.skipped(), step.retried()));
            });
            return ExitCode.DONE;
        }
    }

    /// `cascade jobs restart`
    @Command(name = "restart", description = "Continues a failed or stopped execution.")
    static final class Restart extends JobCommand {

        @Parameters(paramLabel = "ID")
        long id;

        @Override
        ExitCode run(Session session) {
            return launch(session, session.initialised(),
                    (jobs, patience) -> jobs.restart(id, patience));
        }
    }

    /// `cascade jobs stop`
    @Command(name = "stop", description = "Asks an execution to stop at its next chunk border, also in another process.")
    static final class Stop extends Subcommand {

        @Parameters(paramLabel = "ID")
        long id;

        @Override
        ExitCode run(Session session) {
            Home home = session.initialisedToldOfDrift();
            new Jobs(home, session.settings(home).properties(), Clock.systemUTC()).stop(id);
            Output output = session.output();
            output.result(StoppingReport.of(id), () -> output.line(
                    "Execution %d is asked to stop at its next chunk border.", id));
            return ExitCode.DONE;
        }
    }

    /// `cascade jobs recover`
    @Command(name = "recover", description = "Marks the executions of dead processes as failed, so that they can be restarted.")
    static final class Recover extends Subcommand {

        private record Recovered(List<String> recovered) {}

        @Override
        ExitCode run(Session session) {
            Home home = session.initialisedToldOfDrift();
            Jobs jobs = new Jobs(home, session.settings(home).properties(), Clock.systemUTC());
            Output output = session.output();
            try {
                List<String> recovered = jobs.recover(Duration.ZERO);
                output.result(new Recovered(recovered), () -> {
                    recovered.forEach(sentence -> output.line("%s", sentence));
                    if (recovered.isEmpty()) {
                        output.line("Nothing to recover.");
                    }
                });
                return ExitCode.DONE;
            } catch (Held held) {
                throw new CliProblem(ExitCode.BUSY, String.valueOf(held.getMessage()),
                        "What runs there is alive; there is nothing to recover.", held);
            }
        }
    }
}
