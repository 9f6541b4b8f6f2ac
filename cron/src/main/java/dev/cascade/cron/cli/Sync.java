package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.jobs.Plan;
import dev.cascade.jobs.ReconcileRequest;
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

    @Override
    ExitCode run(Session session) {
        Home home = session.home();
        Selection selection = selection(home, paths, kind);
        boolean forced = full || !paths.isEmpty();
        Plan.requireKnown(home, session.settings(home).properties(), selection,
                Clock.systemUTC());
        if (dryRun) {
            return plan(session, home, selection, forced);
        }
        return launch(session, home, (jobs, patience) -> jobs
                .reconcile(new ReconcileRequest(selection, forced), patience));
    }

    private static ExitCode plan(Session session, Home home, Selection selection,
            boolean forced) {
        Plan plan = Plan.of(home, session.settings(home).properties(), selection, forced,
                Clock.systemUTC());
        Output output = session.output();
        output.result(plan, () -> {
            plan.changes()
                    .forEach(change -> output.line("%-8s %s", change.what(),
                            new MemoryPath(change.path())));
            output.line(
                    "Would do: %d new, %d modified, %d deleted, %d unchanged; %d texts to embed",
                    plan.files().added(), plan.files().modified(), plan.files().deleted(),
                    plan.files().unchanged(), plan.embedding().texts());
        });
        return ExitCode.DONE;
    }
}
