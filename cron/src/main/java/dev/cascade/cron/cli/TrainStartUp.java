package dev.cascade.cron.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.cron.report.ExitCode;

/// What the launcher runs to record which classes commands need: first all of them, in a root that is
/// made for it, and then, each in a JVM of its own, those that only look, in the same root. A cache with fewer
/// classes starts a JVM sooner.
///
/// A command that should start fast belongs into a list.
@Command(name = "train-start-up", hidden = true, description = "Runs common commands once, for the start-up cache.")
final class TrainStartUp extends Subcommand {

    private static final List<List<String>> WORKING = List.of(List.of("--help"),
            List.of("no-such-command"), List.of("init", "--print"),
            List.of("config", "show"), List.of("config", "show", "--json"),
            List.of("sync"), List.of("sync"), List.of("sync", "--json"), List.of("fix"),
            List.of("verify", "--deep"), List.of("jobs", "list"),
            List.of("jobs", "list", "--json"), List.of("rebuild", "--yes"), List.of("backup"),
            List.of("run", "tend"), List.of("search", "--sync", "sensor"),
            List.of("get", "garden.md"), List.of("gates"), List.of("status"),
            List.of("status", "--json"), List.of("search", "humidity sensor"),
            List.of("search", "humidty", "--json"));

    /// What is trained, each in a JVM of its own. All but the first look only, in the root that it made.
    private static final Map<String, List<List<String>>> COMMANDS = Map.of(
            "working", WORKING,
            "status", List.of(List.of("version"), List.of("status")),
            "search", List.of(List.of("search", "humidity sensor"), List.of("search", "humidty")),
            "json", List.of(List.of("version", "--json"), List.of("status", "--json"),
                    List.of("search", "humidity sensor", "--json"),
                    List.of("search", "humidty", "--json")));

    private static final String NOTE = """
            ---
            title: Greenhouse
            tags: [garden, sensors]
            ---
            # Greenhouse

            The humidity sensor stands by the door.

            ## Watering

            - in the evening
            - never at noon

            | bed | litres |
            |-----|--------|
            | 1   | 4      |
            """;

    @Option(names = "--for", required = true, paramLabel = "KIND")
    String kind = "";

    @Parameters(paramLabel = "FOLDER", description = "becomes the root")
    @Nullable
    Path folder;

    @Override
    ExitCode run(Session session) throws IOException {
        Path root = Objects.requireNonNull(folder);
        if (kind.equals("working")) {
            Files.createDirectory(root); // never one that is there, which may be somebody's
            Files.writeString(root.resolve("garden.md"), NOTE);
            Files.writeString(root.resolve(".cascadeignore"), "*.tmp\n/old/**/\n!kept.md\n");
            Files.writeString(root.resolve("broken.md"), "---\ntitle: [\n---\n");
        }
        train(Objects.requireNonNull(COMMANDS.get(kind)), root);
        return ExitCode.DONE;
    }

    private static void train(List<List<String>> lines, Path root) {
        Terminal nobody = new Terminal(Map.of(), Set.of());
        for (List<String> line : lines) {
            List<String> args = new ArrayList<>(line);
            args.addAll(List.of("--root", root.toString()));
            CommandLineInterface.run(args, nobody);
        }
    }
}
