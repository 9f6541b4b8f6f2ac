package dev.cascade.cron.cli;

import java.time.Duration;

import picocli.CommandLine.Command;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.RunLock;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.steps.ledger.SoundState;
import dev.cascade.steps.ledger.StateDatabase;

/// `cascade migrate`
@Command(name = "migrate", description = "Brings the state database to the current schema.")
final class Migrate extends Subcommand {

    private record Report(String result, int version) {}

    @Override
    ExitCode run(Session session) {
        Home home = session.initialised();
        try (RunLock _ = RunLock.take(home.rebuildLock(), Duration.ZERO);
                RunLock _ = RunLock.take(home.lock(), Duration.ZERO)) {
            String done = new SoundState(home.database(), home.schemaRepair(),
                    StateDatabase.PATIENCE,
                    added -> session.output().note("%s", added))
                    .during(() -> StateDatabase.migrate(home.database()));
            session.output()
                    .result(new Report(done, StateDatabase.VERSION),
                            () -> session.output().line("%s", done));
            return ExitCode.DONE;
        } catch (Held held) {
            throw new CliProblem(ExitCode.BUSY, String.valueOf(held.getMessage()),
                    "Wait for it and run again.", held);
        }
    }
}
