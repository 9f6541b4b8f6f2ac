package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.steps.memory.Selection;

/// `cascade run`
@Command(name = "run", description = "Starts a job with parameters, such as `cascade run reconcile kind=episode full=true`.")
final class Run extends JobCommand {

    private static final Set<String> PARAMETERS = Set.of("path", "kind", "full",
            "force-over-budget");

    @Parameters(index = "0", paramLabel = "JOB", description = "reconcile")
    String job = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME=VALUE", description = "path=…, kind=…, full=true|false, force-over-budget=true|false")
    List<String> parameters = new ArrayList<>();

    @Override
    ExitCode run(Session session) {
        if (!job.equals("reconcile")) {
            throw CliProblem.refused("there is no job '%s'".formatted(job), "Use: reconcile.");
        }
        Map<String, String> given = given();
        Home home = session.home();
        List<Path> paths = given.containsKey("path") ? List.of(Path.of(given.get("path")))
                : List.of();
        Selection selection = selection(home, paths, given.get("kind"));
        boolean forced = Boolean.parseBoolean(given.getOrDefault("full", "false"))
                || !paths.isEmpty();
        boolean overBudget = Boolean
                .parseBoolean(given.getOrDefault("force-over-budget", "false"));
        return launch(session, home, (jobs, patience) -> jobs
                .reconcile(new ReconcileRequest(selection, forced, overBudget), patience));
    }

    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (equals < 1 || !PARAMETERS.contains(name)) {
                throw CliProblem.refused(
                        "the job %s has no parameter '%s'".formatted(job, parameter),
                        "Use path=…, kind=…, full=true and force-over-budget=true.");
            }
            given.put(name, parameter.substring(equals + 1));
        }
        return given;
    }
}
