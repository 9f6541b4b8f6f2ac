package dev.cascade.cron.cli;

import java.time.Clock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.RebuildRequest;
import dev.cascade.jobs.RunLock.Held;

/// `cascade rebuild`
@Command(name = "rebuild", description = "Builds a new generation of the index from the Markdown beside the one that is searched, checks it, and puts it in its place in one step.")
final class Rebuild extends JobCommand {

    @Option(names = "--yes", description = "on a terminal, do not ask first")
    boolean yes;

    @Option(names = "--accept-failures", description = "publish it even if files or vectors that the present one has could not be had")
    boolean acceptFailures;

    @Option(names = "--rollback", description = "return to the generation before the present one, which is kept")
    boolean rollback;

    private record RolledBack(long generation) {}

    @Override
    ExitCode run(Session session) {
        Home home = session.home();
        if (rollback) {
            return rollback(session, session.initialisedToldOfDrift());
        }
        Question.ask(yes, "Build a new generation of the index of %s?".formatted(home.root()));
        return launch(session, home,
                (jobs, patience) -> jobs.rebuild(new RebuildRequest(acceptFailures), patience));
    }

    private ExitCode rollback(Session session, Home home) {
        Question.ask(yes,
                "Return to the generation before of the index of %s?".formatted(home.root()));
        Jobs jobs = new Jobs(home, session.settings(home).properties(), Clock.systemUTC());
        try {
            long generation = jobs.rollback(patience());
            session.output()
                    .result(new RolledBack(generation), () -> {
                        session.output().line("g%06d is searched again", generation);
                        session.output()
                                .note("next: cascade sync%s takes in what changed since",
                                        session.rootOption());
                    });
            return ExitCode.DONE;
        } catch (Held held) {
            throw busy(held);
        }
    }
}
