package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;

import picocli.CommandLine.Command;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.cron.schedule.Serving;
import dev.cascade.cron.schedule.SettingsSource;

/// `cascade serve`
@Command(name = "serve", description = "Runs the jobs of one or several roots on time (--root may be repeated), until Ctrl-C or TERM.")
final class Serve extends Subcommand {

    @Override
    ExitCode run(Session session) throws InterruptedException {
        Clock clock = Clock.systemUTC();
        Serving serving = new Serving(session.homes(), settings(session),
                new ServeJournal(session.output(), session.isVerbose(), clock), clock);
        return Interruptible.run(serving::stop, () -> {
            serving.serve();
            return ExitCode.DONE;
        });
    }

    private static SettingsSource settings(Session session) {
        return new SettingsSource() {

            @Override
            public Settings load(Home home) {
                try {
                    return session.load(home);
                } catch (CliProblem ex) {
                    throw new ConfigurationProblem(ex.message(),
                            Objects.requireNonNullElse(ex.hint(), ""), ex);
                }
            }

            @Override
            public List<Path> files(Home home) {
                return session.settingsFiles(home);
            }
        };
    }
}
