package dev.cascade.cron.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;

import picocli.CommandLine.Command;

import dev.cascade.cron.report.ExitCode;

/// What the launcher runs to record which classes commands need; it touches no root.
///
/// A command that should start fast belongs into the list.
@Command(name = "train-start-up", hidden = true, description = "Runs light commands once, for the start-up cache.")
final class TrainStartUp extends Subcommand {

    private static final List<List<String>> LINES = List.of(List.of("version"),
            List.of("version", "--json"), List.of("config", "show"),
            List.of("config", "show", "--json"), List.of("--help"), List.of("no-such-command"),
            List.of("init", "--print"));

    @Override
    ExitCode run(Session session) {
        Terminal nobody = new Terminal(Map.of(), Set.of());
        LINES.forEach(line -> CommandLineInterface.run(line, nobody));
        return ExitCode.DONE;
    }
}
