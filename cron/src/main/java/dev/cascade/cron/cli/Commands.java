package dev.cascade.cron.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

import dev.cascade.jobs.Durations;

/// The commands by name.
///
/// Reading the annotations of all of them takes longer than most of them run, so only the one that
/// was typed is read, unless help or a suggestion needs the rest.
final class Commands {

    private static final Set<String> OPTIONS_WITH_VALUE = Set.of("--root", "--config",
            "--state-dir", "--set");

    private static final Map<String, Supplier<Object>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("init", Init::new);
        BY_NAME.put("sync", Sync::new);
        BY_NAME.put("serve", Serve::new);
        BY_NAME.put("status", StatusCommand::new);
        BY_NAME.put("search", Search::new);
        BY_NAME.put("get", Get::new);
        BY_NAME.put("mcp", Mcp::new);
        BY_NAME.put("fix", Fix::new);
        BY_NAME.put("rebuild", Rebuild::new);
        BY_NAME.put("run", Run::new);
        BY_NAME.put("jobs", JobsCommand::new);
        BY_NAME.put("gates", GatesCommand::new);
        BY_NAME.put("approve", Approve::new);
        BY_NAME.put("reject", Reject::new);
        BY_NAME.put("pause", Pause::new);
        BY_NAME.put("resume", Resume::new);
        BY_NAME.put("verify", Verify::new);
        BY_NAME.put("doctor", Doctor::new);
        BY_NAME.put("backup", Backup::new);
        BY_NAME.put("restore", Restore::new);
        BY_NAME.put("migrate", Migrate::new);
        BY_NAME.put("config", Config::new);
        BY_NAME.put("version", Version::new);
        BY_NAME.put("completion", Completion::new);
        BY_NAME.put("train-start-up", TrainStartUp::new);
    }

    private Commands() {}

    /// All of them, for help, completion and suggestions.
    static CommandLine all(Terminal terminal) {
        CommandLine line = root(terminal);
        BY_NAME.forEach((name, command) -> line.addSubcommand(name, command.get()));
        return line.registerConverter(Duration.class, Commands::duration);
    }

    /// The one that `args` name; all of them if they name none.
    static CommandLine typed(List<String> args, Terminal terminal) {
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            Supplier<Object> command = BY_NAME.get(arg);
            if (command != null) {
                CommandLine line = root(terminal);
                line.addSubcommand(arg, command.get());
                return line.registerConverter(Duration.class, Commands::duration);
            }
            if (OPTIONS_WITH_VALUE.contains(arg)) {
                i++;
            } else if (!arg.startsWith("-") || arg.equals("-h") || arg.equals("--help")) {
                break;
            }
        }
        return all(terminal);
    }

    private static Duration duration(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException ex) {
            throw new TypeConversionException(ex.getMessage());
        }
    }

    private static CommandLine root(Terminal terminal) {
        CommandLine line = new CommandLine(new Cascade(terminal));
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        line.setUsageHelpWidth(100);
        return line;
    }
}
