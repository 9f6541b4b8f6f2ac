package dev.cascade.cron.schedule;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;

/// Runs the jobs of one or many roots on time, until it is stopped.
///
/// No root waits for another: each has a thread that looks at it and one that runs its jobs, for a disk
/// that does not answer holds whoever asks it.
public final class Serving {

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration FIRST_LOOK = Duration.ofSeconds(5);

    private final List<ServedRoot> roots = new ArrayList<>();
    private final Schedules schedules;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /// @param homes
    ///            no root twice
    /// @param observations
    ///            hears how long jobs and steps take
    public Serving(List<Home> homes, SettingsSource source, Journal journal,
            ObservationRegistry observations, Clock clock) {
        Map<String, Schedules.Fired> runs = new LinkedHashMap<>();
        for (Home home : homes) {
            ServedRoot root = new ServedRoot(home, homes.size(), source, journal, observations,
                    clock);
            roots.add(root);
            runs.put(root.name(), root::fire);
        }
        this.schedules = new Schedules(runs, clock);
    }

    /// The roots, in the order in which they were given.
    public List<Served> roots() {
        return List.copyOf(roots);
    }

    /// Runs `job` of a root as soon as no other runs there.
    public void soon(Served root, ScheduledJob job) {
        schedules.soon(root.home().root().toString(), job);
    }

    /// Serves until [#stop], and then until the runs in hand have ended.
    ///
    /// @throws ConfigurationProblem
    ///             if the settings of no root can be used
    public void serve() throws InterruptedException {
        ScheduledExecutorService lookout = Executors.newScheduledThreadPool(roots.size(),
                Thread.ofPlatform().daemon().name("look-", 0).factory());
        try (schedules) {
            schedules.start();
            try {
                refuseIfNoneCanBeServed(look(lookout));
                stopped.await();
            } finally {
                lookout.shutdownNow();
                var _ = lookout.awaitTermination(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        roots.forEach(ServedRoot::end);
    }

    /// Looks at each root, now and again and again.
    ///
    /// @return what the first look at each of them finds wrong with its settings
    private Map<ServedRoot, CompletableFuture<Optional<ConfigurationProblem>>> look(
            ScheduledExecutorService lookout) {
        Map<ServedRoot, CompletableFuture<Optional<ConfigurationProblem>>> first = new LinkedHashMap<>();
        for (ServedRoot root : roots) {
            CompletableFuture<Optional<ConfigurationProblem>> looked = new CompletableFuture<>();
            first.put(root, looked);
            var _ = lookout.scheduleWithFixedDelay(() -> {
                Optional<ConfigurationProblem> refused = root.look(schedules);
                boolean isFirst = looked.complete(refused);
                if (!isFirst) {
                    refused.ifPresent(root::refuse);
                }
            }, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }
        return first;
    }

    /// A root whose disk does not answer may yet be served.
    private static void refuseIfNoneCanBeServed(
            Map<ServedRoot, CompletableFuture<Optional<ConfigurationProblem>>> first) {
        Map<ServedRoot, ConfigurationProblem> refused = new LinkedHashMap<>();
        first.forEach((root, looked) -> looked
                .completeOnTimeout(Optional.empty(), FIRST_LOOK.toMillis(), TimeUnit.MILLISECONDS)
                .join()
                .ifPresent(problem -> refused.put(root, problem)));
        if (refused.size() == first.size()) {
            throw refused.values().iterator().next();
        }
        refused.forEach(ServedRoot::refuse);
    }

    /// When the jobs of a root are fired next by themselves; empty if it is not on a schedule.
    public Map<ScheduledJob, Instant> nextFirings(Path root) {
        return schedules.nextFirings(root.toString());
    }

    /// Takes no new firing, and lets the runs in hand end at their next chunk border.
    public void stop() {
        schedules.standby();
        roots.forEach(ServedRoot::stop);
        stopped.countDown();
    }
}
