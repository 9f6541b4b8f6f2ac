package dev.cascade.cron.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

import dev.cascade.cron.report.ExitCode;

/// From the words that were typed to an exit code.
public final class CommandLineInterface {

    private CommandLineInterface() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args), Terminal.ofProcess()));
    }

    static int run(List<String> args, Terminal terminal) {
        NativeLibraries.announce();
        Logging.prepare(wants(args, "-v", "--verbose"), wants(args, "-q", "--quiet"));
        CommandLine line = Commands.typed(args, terminal);
        try {
            return execute(line, args);
        } catch (ParameterException unclear) {
            return complain(withSuggestions(args, terminal, unclear), args, terminal);
        } catch (Throwable thrown) {
            return complain(thrown, args, terminal);
        }
    }

    private static int execute(CommandLine line, List<String> args) throws Exception {
        ParseResult parsed = line.parseArgs(args.toArray(String[]::new));
        Cascade cascade = Cascade.of(line.getCommandSpec());
        try (Output output = cascade.session().output()) {
            StringWriter help = new StringWriter();
            line.setOut(new PrintWriter(help));
            Integer helped = CommandLine.executeHelpRequest(parsed);
            if (helped != null) {
                output.text(help.toString());
                return ExitCode.DONE.code();
            }
            Object command = innermost(parsed).commandSpec().userObject();
            if (command instanceof Subcommand subcommand) {
                return subcommand.call();
            }
            throw new ParameterException(innermost(parsed).commandSpec().commandLine(),
                    "a command is missing");
        }
    }

    private static ParseResult innermost(ParseResult parsed) {
        return parsed.hasSubcommand() ? innermost(parsed.subcommand()) : parsed;
    }

    /// Parses again with every command known, so that the nearest name can be told.
    private static Throwable withSuggestions(List<String> args, Terminal terminal,
            ParameterException unclear) {
        try {
            Commands.all(terminal).parseArgs(args.toArray(String[]::new));
            return unclear;
        } catch (ParameterException clearer) {
            return clearer;
        }
    }

    private static int complain(Throwable thrown, List<String> args, Terminal terminal) {
        CliProblem problem = Problems.of(thrown);
        try (Output output = terminal.output(wants(args, "--json", "--json"), false, false)) {
            output.problem(problem);
            if (wants(args, "-v", "--verbose")) {
                output.trace(thrown);
            }
        } catch (CliProblem unwritable) {
            return unwritable.code().code();
        }
        return problem.code().code();
    }

    private static boolean wants(List<String> args, String brief, String full) {
        List<String> options = args.contains("--") ? args.subList(0, args.indexOf("--")) : args;
        return options.contains(brief) || options.contains(full);
    }
}
