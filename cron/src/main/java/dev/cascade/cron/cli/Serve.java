package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.micrometer.observation.ObservationRegistry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.cron.schedule.Serving;
import dev.cascade.cron.schedule.SettingsSource;
import dev.cascade.cron.web.Web;

/// `cascade serve`
@Command(name = "serve", description = "Runs the jobs of one or several roots on time (--root may be repeated), and shows how it goes on a page of this machine, until Ctrl-C or TERM.")
final class Serve extends Subcommand {

    @Option(names = "--port", paramLabel = "N", description = "where the page, the API and the metrics are had; 0 takes any that is free (default: 7411)")
    @Nullable
    Integer port;

    @Override
    ExitCode run(Session session) throws InterruptedException {
        Clock clock = Clock.systemUTC();
        ServeJournal journal = new ServeJournal(session.output(), session.isVerbose(), clock);
        ObservationRegistry observations = ObservationRegistry.create();
        Serving serving = new Serving(session.homes(), settings(session), journal,
                observations, clock);
        dev.cascade.config.Serve page = page(session.load(null).properties().serve());
        return Interruptible.run(serving::stop, () -> {
            if (!page.http()) {
                serving.serve();
                return ExitCode.DONE;
            }
            try (Web web = Web.start(page, serving, observations, clock)) {
                journal.shows(web.address(), web.toSignIn());
                serving.serve();
            }
            return ExitCode.DONE;
        });
    }

    /// What is said of the page. It is said once for all roots, so none of their files says it.
    private dev.cascade.config.Serve page(dev.cascade.config.Serve said) {
        if (port == null) {
            return said;
        }
        try {
            return said.at(port);
        } catch (IllegalArgumentException ex) {
            throw CliProblem.refused("--port %d: %s".formatted(port, ex.getMessage()),
                    "Write a number from 0 to 65535.");
        }
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
