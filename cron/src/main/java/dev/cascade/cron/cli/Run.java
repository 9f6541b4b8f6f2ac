package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Chore;
import dev.cascade.jobs.RebuildRequest;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.VerifyRequest;
import dev.cascade.steps.memory.Selection;

/// `cascade run`
@Command(name = "run", description = "Starts a job with parameters, such as `cascade run reconcile kind=episode full=true`.")
final class Run extends JobCommand {

    private static final Map<String, Set<String>> PARAMETERS = Map.of("reconcile",
            Set.of("path", "kind", "full", "force-over-budget"), "rebuild",
            Set.of("accept-failures"), "verify", Set.of("deep", "repair"), "tend", Set.of(),
            "backup", Set.of("to"));

    @Parameters(index = "0", paramLabel = "JOB", description = "reconcile, rebuild, verify, tend or backup")
    String job = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME=VALUE", description = "for reconcile path=…, kind=…, full=true|false, force-over-budget=true|false; for rebuild accept-failures=true|false; for verify deep=true|false, repair=true|false; for backup to=FOLDER")
    List<String> parameters = new ArrayList<>();

    @Override
    ExitCode run(Session session) {
        Map<String, String> given = given();
        Home home = session.home();
        return launch(session, home, switch (job) {
            case "rebuild" -> (jobs, patience) -> jobs
                    .rebuild(new RebuildRequest(isTrue(given, "accept-failures")), patience);
            case "verify" -> (jobs, patience) -> jobs.verify(
                    new VerifyRequest(isTrue(given, "deep"), isTrue(given, "repair")), patience)
                    .run();
            case "tend" -> (jobs, patience) -> jobs.run(Chore.TEND, patience);
            case "backup" -> (jobs, patience) -> jobs.backup(
                    given.containsKey("to") ? Path.of(given.get("to")) : null, patience).run();
            default -> reconcile(home, given);
        });
    }

    private static Request reconcile(Home home, Map<String, String> given) {
        List<Path> paths = given.containsKey("path") ? List.of(Path.of(given.get("path")))
                : List.of();
        Selection selection = selection(home, paths, given.get("kind"));
        boolean forced = isTrue(given, "full") || !paths.isEmpty();
        return (jobs, patience) -> jobs.sync(new ReconcileRequest(selection, forced,
                isTrue(given, "force-over-budget")), patience);
    }

    private static boolean isTrue(Map<String, String> given, String parameter) {
        return Boolean.parseBoolean(given.getOrDefault(parameter, "false"));
    }

    private Map<String, String> given() {
        Set<String> known = PARAMETERS.get(job);
        if (known == null) {
            throw CliProblem.refused("there is no job '%s'".formatted(job),
                    "Use: reconcile, rebuild, verify, tend or backup.");
        }
        Map<String, String> given = new LinkedHashMap<>();
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (equals < 1 || !known.contains(name)) {
                throw CliProblem.refused(
                        "the job %s has no parameter '%s'".formatted(job, parameter),
                        known.isEmpty() ? "It takes none."
                                : "Use %s, each as name=value.".formatted(
                                        String.join(", ", new TreeSet<>(known))));
            }
            given.put(name, parameter.substring(equals + 1));
        }
        return given;
    }
}
