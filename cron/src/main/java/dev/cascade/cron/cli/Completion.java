package dev.cascade.cron.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import dev.cascade.cron.report.ExitCode;

/// `cascade completion bash|zsh`
@Command(name = "completion", description = {"Prints a script that completes commands and options.",
        "", "bash: source <(cascade completion bash)", "zsh:  source <(cascade completion zsh)"})
final class Completion extends Subcommand {

    enum Shell {
        bash, zsh
    }

    @Parameters(paramLabel = "bash|zsh", description = "the shell")
    Shell shell = Shell.bash;

    @Override
    ExitCode run(Session session) {
        String script = AutoComplete.bash("cascade",
                Commands.all(new Terminal(session.environment(), java.util.Set.of())));
        session.output().text(shell == Shell.zsh ? "#compdef cascade\n" + script : script);
        return ExitCode.DONE;
    }
}
