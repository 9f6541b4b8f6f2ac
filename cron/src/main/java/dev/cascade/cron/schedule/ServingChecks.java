package dev.cascade.cron.schedule;

import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Schedule;
import dev.cascade.config.Timing;
import dev.cascade.jobs.Check;
import dev.cascade.jobs.Check.Answer;
import dev.cascade.jobs.DoctorReport.Level;
import dev.cascade.jobs.Status;

/// Whether runs come by themselves, and the settings that say when.
public final class ServingChecks {

    private static final int INTERVALS = 10;

    private final Home home;
    private final Supplier<CascadeProperties> properties;
    private final Clock clock;

    /// @param properties throws if the settings cannot be used
    public ServingChecks(Home home, Supplier<CascadeProperties> properties, Clock clock) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
    }

    public List<Check> all() {
        return List.of(new Check("settings", this::settings),
                new Check("serving", this::serving));
    }

    private Answer settings() {
        try {
            Schedule schedule = properties.get().schedule();
            int triggers = new Triggers(clock)
                    .of(home.root().toString(), schedule, _ -> clock.instant())
                    .size();
            return Answer.ok("the settings are understood, %d jobs have a time; reconcile %s"
                    .formatted(triggers, schedule.reconcile().told()));
        } catch (ConfigurationProblem ex) {
            return Answer.thrown(Level.PROBLEM, ex);
        }
    }

    private Answer serving() {
        Optional<ProcessHandle> process = Presence.in(home).served();
        return process.map(serving -> Answer.ok("pid %d serves the root".formatted(serving.pid()))
                .and(walked()))
                .orElseGet(() -> Answer.ok("no process serves the root%s".formatted(
                        Files.exists(home.serving()) ? "; the last that did was killed" : "")));
    }

    private Answer walked() {
        Schedule schedule = properties.get().schedule();
        Timing timing = schedule.reconcile();
        List<String> unseen = new ArrayList<>();
        Instant asOf = Status.asOf(home, unseen);
        if (!unseen.isEmpty()) {
            return Answer.unknown(String.join("; ", unseen), null);
        }
        Duration every = timing.every();
        if (asOf == null || every == null) {
            return Answer.ok(asOf == null ? "no walk was read to its end yet"
                    : "the last walk ended at %s".formatted(asOf));
        }
        String seen = "the last walk ended at %s, and one comes %s".formatted(asOf,
                timing.told());
        boolean isLate = asOf.plus(every.multipliedBy(INTERVALS)).isBefore(clock.instant());
        return isLate
                ? Answer.warning(seen,
                        "cascade status says what is in the way: a pause, a run that takes long, quiet hours; else read what serve says.")
                : Answer.ok(seen);
    }
}
