package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

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

    /// @param copy of the database as it was before; null if there was nothing to do
    private record Report(String result, int version, @Nullable Path copy) {}

    @Override
    ExitCode run(Session session) {
        Home home = session.initialisedToldOfDrift();
        try (RunLock _ = RunLock.take(home.rebuildLock(), Duration.ZERO);
                RunLock _ = RunLock.take(home.lock(), Duration.ZERO)) {
            StateDatabase.Migrated done = new SoundState(home.database(), home.schemaRepair(),
                    StateDatabase.PATIENCE,
                    added -> session.output().note("%s", added))
                    .during(() -> StateDatabase.migrate(home.database()));
            session.output()
                    .result(new Report(done.told(), StateDatabase.VERSION, done.copy()), () -> {
                        session.output().line("%s", done.told());
                        if (done.copy() != null) {
                            session.output().line("Copied before: %s", done.copy());
                        }
                    });
            return ExitCode.DONE;
        } catch (Held held) {
            throw new CliProblem(ExitCode.BUSY, String.valueOf(held.getMessage()),
                    "Wait for it and run again.", held);
        }
    }
}
