package dev.cascade.cron.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.commons.io.FileUtils;

import picocli.CommandLine.Command;

import dev.cascade.cron.report.ExitCode;

/// What the launcher runs to record which classes commands need. It touches no root but one of its own,
/// which it makes in the folder for temporary files and deletes again.
///
/// A command that should start fast belongs into the list.
@Command(name = "train-start-up", hidden = true, description = "Runs common commands once, for the start-up cache.")
final class TrainStartUp extends Subcommand {

    private static final List<List<String>> WITHOUT_ROOT = List.of(List.of("version"),
            List.of("version", "--json"), List.of("config", "show"),
            List.of("config", "show", "--json"), List.of("--help"), List.of("no-such-command"),
            List.of("init", "--print"));

    private static final List<List<String>> IN_A_ROOT = List.of(List.of("sync"), List.of("sync"),
            List.of("sync", "--json"), List.of("status"), List.of("status", "--json"),
            List.of("search", "humidity sensor"), List.of("search", "humidty", "--json"),
            List.of("get", "garden.md"), List.of("fix"), List.of("verify", "--deep"),
            List.of("jobs", "list"), List.of("jobs", "list", "--json"),
            List.of("rebuild", "--yes"), List.of("backup"), List.of("run", "tend"));

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

    @Override
    ExitCode run(Session session) throws IOException {
        Terminal nobody = new Terminal(Map.of(), Set.of());
        WITHOUT_ROOT.forEach(line -> CommandLineInterface.run(line, nobody));
        Path root = Files.createTempDirectory("cascade-start-up");
        try {
            Files.writeString(root.resolve("garden.md"), NOTE);
            Files.writeString(root.resolve("broken.md"), "---\ntitle: [\n---\n");
            for (List<String> line : IN_A_ROOT) {
                List<String> args = new ArrayList<>(line);
                args.addAll(List.of("--root", root.toString()));
                CommandLineInterface.run(args, nobody);
            }
        } finally {
            FileUtils.deleteDirectory(root.toFile());
        }
        return ExitCode.DONE;
    }
}
