package dev.cascade.cron.cli;

import picocli.CommandLine.Command;

import dev.cascade.cron.report.ExitCode;

/// `cascade version`
@Command(name = "version", description = "Shows the version, the build and the Java in use.")
final class Version extends Subcommand {

    @Override
    ExitCode run(Session session) {
        Output output = session.output();
        BuildInfo info = new BuildInfo();
        output.result(info, () -> {
            output.line("cascade %s", info.version());
            output.line("build   %s", info.build());
            output.line("java    %s (%s)", info.java(), info.javaHome());
        });
        return ExitCode.DONE;
    }
}
