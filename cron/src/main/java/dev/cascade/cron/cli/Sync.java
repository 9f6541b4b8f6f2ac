package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Plan;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunRequest;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// `cascade sync`
@Command(name = "sync", description = "Brings the index in step with the tree, now and to the end.")
final class Sync extends JobCommand {

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "only these files and folders, read again even if they did not change")
    List<Path> paths = new ArrayList<>();

    @Option(names = "--kind", paramLabel = "KIND", description = "only files of this kind")
    @Nullable
    String kind;

    @Option(names = "--full", description = "read every file, changed or not")
    boolean full;

    @Option(names = "--dry-run", description = "say what would be done; write nothing")
    boolean dryRun;

    @Option(names = "--report-only", description = "say what each guard would do; write nothing")
    boolean reportOnly;

    @Option(names = "--force-over-budget", description = "go on when the budget of a run is used up")
    boolean overBudget;

    @Option(names = "--scheduled", description = "for crontabs: skip while scheduled runs are paused, and never begin a root")
    boolean scheduled;

    @Option(names = "--request", description = "ask `cascade serve` for a run at once, and do not wait for it")
    boolean request;

    @Override
    ExitCode run(Session session) {
        if (request) {
            return request(session);
        }
        Home home = session.home();
        Selection selection = selection(home, paths, kind);
        boolean forced = full || !paths.isEmpty();
        Plan.requireKnown(home, session.settings(home).properties(), selection,
                Clock.systemUTC());
        if (dryRun || reportOnly) {
            return plan(session, home, selection, forced);
        }
        ReconcileRequest request = new ReconcileRequest(selection, forced, overBudget);
        return launch(session, home,
                (jobs, patience) -> scheduled ? jobs.reconcileScheduled(request, patience)
                        : jobs.sync(request, patience));
    }

    private ExitCode request(Session session) {
        boolean narrowed = !paths.isEmpty() || kind != null || full || dryRun || reportOnly
                || overBudget || scheduled || wait != null;
        if (narrowed) {
            throw CliProblem.refused(
                    "--request asks for a scheduled run, which is never narrowed down",
                    "Leave the other options and paths out, or run `cascade sync` with them.");
        }
        RunRequest request = RunRequest.of(session.initialised());
        request.leave(Clock.systemUTC().instant());
        session.output()
                .result(Map.of("requested", request.file()), () -> session.output()
                        .line("Asked for a run; `cascade serve` takes it up if it serves this root."));
        return ExitCode.DONE;
    }

    private ExitCode plan(Session session, Home home, Selection selection,
            boolean forced) {
        CascadeProperties properties = session.settings(home).properties();
        Plan plan = Plan.of(home, properties, selection, forced, Clock.systemUTC())
                .forecasting(home, properties, selection, forced, Clock.systemUTC());
        Output output = session.output();
        output.result(plan, () -> {
            plan.guards()
                    .stream()
                    .filter(guard -> reportOnly || !guard.verdict().equals("pass"))
                    .forEach(guard -> output.line("guard %-9s %-5s %s", guard.guard(),
                            guard.verdict(), guard.detail()));
            if (reportOnly) {
                return;
            }
            plan.changes()
                    .forEach(change -> output.line("%-8s %s", change.what(),
                            new MemoryPath(change.path())));
            output.line(
                    "Would do: %d new, %d modified, %d deleted, %d unchanged; %d texts to embed%s",
                    plan.files().added(), plan.files().modified(), plan.files().deleted(),
                    plan.files().unchanged(), plan.embedding().texts(),
                    plan.tokens() == 0 ? "" : ", about %d tokens".formatted(plan.tokens()));
        });
        return ExitCode.DONE;
    }
}
