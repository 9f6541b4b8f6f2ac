package dev.cascade.cron.cli;

import java.util.List;
import java.util.Optional;

import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.RunReport.Problem;

/// Turns whatever was thrown into a [CliProblem].
final class Problems {

    private Problems() {}

    static CliProblem of(Throwable thrown) {
        return switch (thrown) {
            case CliProblem problem -> problem;
            case ConfigurationProblem problem -> new CliProblem(ExitCode.REFUSED,
                    String.valueOf(problem.getMessage()), problem.remedy(), problem);
            case ParameterException usage -> usage(usage);
            default -> told(dev.cascade.jobs.Problems.of(thrown), thrown);
        };
    }

    private static CliProblem told(Problem problem, Throwable thrown) {
        return new CliProblem(ExitCode.of(problem), problem.message(), problem.remedy(), thrown);
    }

    private static CliProblem usage(ParameterException thrown) {
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof CliProblem || cause instanceof ConfigurationProblem) {
                return of(cause);
            }
        }
        String command = thrown.getCommandLine().getCommandSpec().qualifiedName();
        String help = "`%s --help` lists what it takes.".formatted(command);
        if (thrown instanceof UnmatchedArgumentException unmatched) {
            return new CliProblem(ExitCode.REFUSED, unmatched(unmatched, command),
                    suggestion(unmatched).map(name -> "Did you mean %s? ".formatted(name))
                            .orElse("") + help,
                    thrown);
        }
        String message = String.valueOf(thrown.getMessage());
        if (thrown instanceof MissingParameterException) {
            message = message.replace("Missing required", "missing");
        }
        return new CliProblem(ExitCode.REFUSED, message, help, thrown);
    }

    private static String unmatched(UnmatchedArgumentException thrown, String command) {
        String word = thrown.getUnmatched().getFirst();
        boolean takesCommands = !thrown.getCommandLine().getSubcommands().isEmpty();
        String what = word.startsWith("-") ? "option"
                : takesCommands ? "command" : "argument";
        return "unknown %s '%s' after `%s`".formatted(what, word, command);
    }

    private static Optional<String> suggestion(UnmatchedArgumentException thrown) {
        String word = thrown.getUnmatched().getFirst();
        var line = thrown.getCommandLine();
        List<String> known = word.startsWith("-")
                ? line.getCommandSpec()
                        .options()
                        .stream()
                        .filter(option -> !option.hidden())
                        .map(option -> option.longestName())
                        .toList()
                : List.copyOf(line.getSubcommands().keySet());
        return Nearest.of(word, known);
    }
}
