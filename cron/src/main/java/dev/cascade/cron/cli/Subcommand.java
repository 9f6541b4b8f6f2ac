package dev.cascade.cron.cli;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import dev.cascade.cron.report.ExitCode;

/// One command of `cascade`: it gets a [Session] and says how it ended.
abstract class Subcommand implements Callable<Integer> {

    @Spec
    @Nullable
    CommandSpec spec;

    /// Does the work.
    ///
    /// @throws CliProblem
    ///             if it cannot be done; so may any other exception, which is then our own fault
    abstract ExitCode run(Session session) throws Exception;

    @Override
    public final Integer call() throws Exception {
        return run(Cascade.of(commandSpec()).session()).code();
    }

    final CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not filled in the command's own spec");
        }
        return spec;
    }
}
