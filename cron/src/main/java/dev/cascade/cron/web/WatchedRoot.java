package dev.cascade.cron.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.cron.schedule.FiringListener;
import dev.cascade.cron.schedule.ScheduledJob;
import dev.cascade.cron.schedule.Served;
import dev.cascade.cron.schedule.Serving;
import dev.cascade.jobs.Decisions;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.Problems;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.jobs.Status;

/// A root as it is shown: how it stands now, how it stood, and what may be asked of it.
///
/// However many ask, its state is read once in two seconds, and nobody waits longer than five for a disk
/// that does not answer.
final class WatchedRoot {

    /// How old a reading may be.
    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int SAMPLES = 2000;

    private static final Executor READERS = task -> Thread.ofVirtual().name("reading").start(task);

    private final String name;
    private final Served served;
    private final Serving serving;
    private final ObservationRegistry observations;
    private final Clock clock;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Map<ScheduledJob, Instant> successes = new EnumMap<>(ScheduledJob.class);
    private @Nullable CompletableFuture<Reading> reading;
    private long begun;
    private @Nullable Reading last;

    /// How a root stood.
    ///
    /// @param status
    ///            null if it could not be read: unknown is not zero
    /// @param problem
    ///            why not; null if it could
    record Reading(Instant at, @Nullable Status status, @Nullable Problem problem) {}

    /// What is plotted.
    record Sample(Instant at, long pending, long failed, long lag) {

        boolean isAs(Sample other) {
            return pending == other.pending && failed == other.failed && lag == other.lag;
        }
    }

    WatchedRoot(String name, Served served, Serving serving, ObservationRegistry observations,
            Clock clock) {
        this.name = name;
        this.served = served;
        this.serving = serving;
        this.observations = observations;
        this.clock = clock;
        served.tell(new FiringListener() {

            @Override
            public void ran(RunReport report) {
                noteRun(report);
            }

            @Override
            public void skipped(String reason) {
                // shown by its history
            }

            @Override
            public void failed(ScheduledJob job, Problem problem) {
                // shown as its trouble
            }
        });
    }

    public String name() {
        return name;
    }

    public Served served() {
        return served;
    }

    public Home home() {
        return served.home();
    }

    Clock clock() {
        return clock;
    }

    /// How it stands, from a reading that is two seconds old at most.
    Reading read() {
        CompletableFuture<Reading> current = current();
        Reading none = new Reading(clock.instant(), null,
                new Problem("the state did not answer within %d s".formatted(PATIENCE.toSeconds()),
                        "Check the disk of %s.".formatted(home().state()),
                        RunReport.Fault.GROUND));
        return current.copy()
                .completeOnTimeout(none, patienceLeft(), TimeUnit.MILLISECONDS)
                .join();
    }

    /// However many ask for what one reading tells, all of them together wait no longer than one. In
    /// milliseconds.
    private synchronized long patienceLeft() {
        return Math.max(0, PATIENCE.toMillis() - (System.nanoTime() - begun) / 1_000_000);
    }

    private synchronized CompletableFuture<Reading> current() {
        if (reading != null && !reading.isDone()) {
            return reading;
        }
        if (last != null && last.at().plus(FRESH).isAfter(clock.instant())) {
            return CompletableFuture.completedFuture(last);
        }
        begun = System.nanoTime();
        reading = CompletableFuture.supplyAsync(this::look, READERS);
        return reading;
    }

    private Reading look() {
        Reading seen = seen();
        synchronized (this) {
            last = seen;
        }
        Status status = seen.status();
        if (status != null) {
            sample(new Sample(seen.at(), status.queue().pending(),
                    status.queue().failedRetryable() + status.queue().failedPermanent(),
                    status.lsn().lag()));
        }
        return seen;
    }

    /// Why its state cannot be asked for at all; empty if it is there.
    Optional<Problem> missing() {
        return home().isInitialised() ? Optional.empty()
                : Optional.of(new Problem(
                        "nothing is indexed in %s, or it is not mounted".formatted(home().root()),
                        "Mount it, or run `cascade sync --root %s` once.".formatted(home().root()),
                        RunReport.Fault.PRECONDITION));
    }

    private Reading seen() {
        Instant at = clock.instant();
        Optional<Problem> missing = missing();
        if (missing.isPresent()) {
            return new Reading(at, null, missing.get());
        }
        try {
            Status status = Status.of(home(), clock);
            Instant next = nextFirings().get(ScheduledJob.RECONCILE);
            return new Reading(at, next == null ? status : status.firing(next), null);
        } catch (RuntimeException ex) {
            return new Reading(at, null, Problems.of(ex));
        }
    }

    /// What a run left is the newest that is known; what is shown next is read anew.
    private void noteRun(RunReport report) {
        boolean succeeded = report.problem() == null
                && report.outcome() != RunReport.Outcome.STOPPED;
        synchronized (this) {
            if (succeeded) {
                Stream.of(ScheduledJob.values())
                        .filter(job -> job.shown().equals(report.job()))
                        .forEach(job -> successes.put(job, clock.instant()));
            }
            if (report.executionId() == null) {
                return;
            }
            last = null;
        }
        var _ = current();
    }

    /// When a run of this job last came to its end in this process; empty if none did.
    synchronized Optional<Instant> lastSuccess(ScheduledJob job) {
        return Optional.ofNullable(successes.get(job));
    }

    private synchronized void sample(Sample sample) {
        List<Sample> newest = samples.reversed().stream().limit(2).toList();
        Sample before = newest.isEmpty() ? null : newest.getFirst();
        boolean isAsBefore = before != null && before.isAs(sample);
        if (isAsBefore && newest.size() == 2 && newest.getLast().isAs(sample)) {
            samples.removeLast();
        }
        if (before != null && !isAsBefore) {
            // A value stands until the next one: the line is made of steps.
            samples.addLast(new Sample(sample.at(), before.pending(), before.failed(),
                    before.lag()));
        }
        samples.addLast(sample);
        while (samples.size() > SAMPLES) {
            samples.removeFirst();
        }
    }

    /// How it stood since this process began to serve it.
    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    // What may be asked of it

    Decisions decisions() {
        return new Decisions(home(), properties(), clock);
    }

    /// For a run that someone asks for by hand.
    Jobs jobs() {
        return new Jobs(home(), properties(), clock, observations);
    }

    CascadeProperties properties() {
        return served.properties()
                .orElseThrow(() -> new ConfigurationProblem(
                        "the settings of %s cannot be used".formatted(home().root()),
                        "See what `cascade serve` says of them."));
    }

    /// Asks for a run as soon as none is in hand.
    void soon() {
        serving.soon(served, ScheduledJob.RECONCILE);
    }

    /// When each job runs next by itself.
    Map<ScheduledJob, Instant> nextFirings() {
        return serving.nextFirings(home().root());
    }

    /// What is done now is seen at once.
    synchronized void forget() {
        last = null;
    }

    /// Waits for `work`, but not for ever.
    ///
    /// @return empty if it goes on
    static <T> Optional<T> within(Duration patience, Supplier<T> work) {
        CompletableFuture<Optional<T>> done = CompletableFuture
                .supplyAsync(() -> Optional.of(work.get()), READERS);
        try {
            return done.completeOnTimeout(Optional.empty(), patience.toMillis(),
                    TimeUnit.MILLISECONDS).join();
        } catch (CompletionException ex) {
            if (ex.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw ex;
        }
    }
}
