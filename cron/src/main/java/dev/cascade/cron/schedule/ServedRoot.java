package dev.cascade.cron.schedule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.config.Settings.Setting;
import dev.cascade.cron.schedule.Journal.Change;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.Problems;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.jobs.RunRequest;
import dev.cascade.jobs.Status;

/// A root while it is served: the settings in force, and how its firings go.
///
/// One thread looks at it from time to time, another runs its jobs, and neither is any other root's.
final class ServedRoot implements Served {

    /// How soon a request that a firing had to leave is tried again.
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Home home;
    private final int roots;
    private final SettingsSource source;
    private final Journal journal;
    private final ObservationRegistry observations;
    private final Clock clock;

    private final Watchdog watchdog;

    private volatile @Nullable InForce inForce;
    private volatile @Nullable InHand inHand;
    private volatile boolean stopping;
    private volatile boolean asked;
    private boolean waits;

    private List<Stamp> seen = List.of();
    private @Nullable Instant request;
    private long tried;

    private @Nullable Problem trouble;
    private volatile @Nullable String skipping;
    private List<String> warnings = List.of();
    private final List<FiringListener> listeners = new CopyOnWriteArrayList<>();

    /// @param roots
    ///            how many share the machine, with this one
    ServedRoot(Home home, int roots, SettingsSource source, Journal journal,
            ObservationRegistry observations, Clock clock) {
        this.home = home;
        this.roots = roots;
        this.source = source;
        this.journal = journal;
        this.observations = observations;
        this.clock = clock;
        this.watchdog = new Watchdog(clock);
    }

    private record InForce(Settings settings, Jobs jobs) {}

    /// How a file of settings looks from outside; no time if it cannot be seen. What is wrong with it then
    /// is said by whoever reads it.
    private record Stamp(Path file, @Nullable FileTime modified, long size) {

        static Stamp of(Path file) {
            if (Files.notExists(file)) { // most are not there, and an exception is dear
                return new Stamp(file, null, 0);
            }
            try {
                BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(file, is.lastModifiedTime(), is.size());
            } catch (IOException _) {
                return new Stamp(file, null, 0);
            }
        }
    }

    String name() {
        return home.root().toString();
    }

    // How it goes

    @Override
    public Home home() {
        return home;
    }

    @Override
    public Optional<CascadeProperties> properties() {
        return Optional.ofNullable(inForce).map(now -> now.settings().properties());
    }

    @Override
    public Optional<InHand> inHand() {
        return Optional.ofNullable(inHand);
    }

    @Override
    public synchronized Optional<Problem> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public Optional<String> skipping() {
        return Optional.ofNullable(skipping);
    }

    @Override
    public void tell(FiringListener listener) {
        listeners.add(listener);
    }

    // What is to happen when

    /// Takes over settings that changed, and asks for a run if someone wants one.
    ///
    /// @return why the settings cannot be used, if there are new ones and they cannot
    Optional<ConfigurationProblem> look(Schedules schedules) {
        try {
            watch();
            Optional<ConfigurationProblem> refused = lookAtSettings(schedules);
            if (isRequested()) {
                schedules.soon(name(), ScheduledJob.RECONCILE);
            }
            return refused;
        } catch (RuntimeException ex) {
            troubled(Problems.of(ex));
            return Optional.empty();
        }
    }

    /// Ends a run that gets nothing done, and tells of one that does not even end.
    private void watch() {
        // To copy or to check a large database takes long, and nothing shows meanwhile.
        Jobs running = inHand().filter(run -> run.job().chore().isEmpty())
                .map(InHand::jobs)
                .orElse(null);
        InForce now = inForce;
        if (now == null) {
            return;
        }
        Duration patience = now.settings().properties().schedule().stuckAfter();
        watchdog.look(running == null ? null : running.tally(), patience).ifPresent(stuck -> {
            if (running != null && stuck.times() == 1) {
                String reason = "a run that got nothing done for %d min was stopped: %s"
                        .formatted(patience.toMinutes(), stuck.told());
                running.giveUp(reason);
                troubled(new Problem(reason, "It ends as soon as what it waits for answers.",
                        RunReport.Fault.INTERNAL));
            } else {
                troubled(new Problem(
                        "a run that was stopped does not end: %s".formatted(stuck.told()),
                        "See to the disk, or to the embedder; if that does not help, end this process and start it again: nothing is lost.",
                        RunReport.Fault.INTERNAL));
            }
        });
    }

    private Optional<ConfigurationProblem> lookAtSettings(Schedules schedules) {
        Optional<ConfigurationProblem> another = servedByAnother();
        if (another.isPresent()) {
            return another.filter(_ -> !waits).map(problem -> {
                waits = true;
                return problem;
            });
        }
        boolean mayBeUnmounted = inForce != null && !home.isInitialised();
        List<Stamp> now = mayBeUnmounted ? seen
                : source.files(home).stream().map(Stamp::of).toList();
        if (now.equals(seen)) {
            return Optional.empty();
        }
        seen = now;
        try {
            Settings settings = source.load(home);
            Triggers.requireUnderstood(settings.properties().schedule(), clock.instant());
            take(settings); // before the first firing, which may come at once
            schedules.put(name(), settings.properties().schedule(),
                    job -> Jobs.tried(home, job.chore().orElseThrow(), clock));
            return Optional.empty();
        } catch (ConfigurationProblem ex) {
            return Optional.of(ex);
        }
    }

    /// Another process may serve a root that this one is to serve; then this one waits for its end.
    private Optional<ConfigurationProblem> servedByAnother() {
        return inForce != null ? Optional.empty()
                : Presence.in(home)
                        .served()
                        .filter(process -> process.pid() != ProcessHandle.current().pid())
                        .map(process -> new ConfigurationProblem(
                                "%s is served by another process already (pid %d)".formatted(
                                        home.root(), process.pid()),
                                "End that one; then this one serves it."));
    }

    void refuse(ConfigurationProblem problem) {
        journal.refused(home.root(), String.valueOf(problem.getMessage()), problem.remedy());
    }

    private void take(Settings settings) {
        InForce before = inForce;
        List<Change> changes = before == null ? List.of() : changes(before.settings(), settings);
        if (before != null && changes.isEmpty()) {
            return;
        }
        inForce = new InForce(settings,
                new Jobs(home, settings.properties().sharedBy(roots), clock, observations));
        if (before == null) {
            journal.serves(home.root(), settings.properties().schedule());
            tellWhatWasLeft();
        } else {
            journal.changed(home.root(), changes);
        }
        List<String> known = before == null ? List.of() : before.settings().warnings();
        settings.warnings()
                .stream()
                .filter(warning -> !known.contains(warning))
                .forEach(warning -> journal.warned(home.root(), warning));
    }

    private static List<Change> changes(Settings before, Settings after) {
        Map<String, Setting> old = before.list()
                .stream()
                .collect(Collectors.toMap(Setting::key, Function.identity()));
        List<Change> changes = new ArrayList<>();
        for (Setting setting : after.list()) {
            Setting was = old.get(setting.key());
            if (was != null && !was.value().equals(setting.value())) {
                changes.add(new Change(setting.key(), was.value(), setting.value(),
                        setting.origin()));
            }
        }
        return changes;
    }

    /// Before the first firing, which would find its own run. A state that cannot be read just now is no
    /// reason not to put the root on its schedule.
    private void tellWhatWasLeft() {
        if (!home.isInitialised()) {
            return; // the first firing says so
        }
        try {
            tellWhatWasLeft(Status.of(home, clock));
        } catch (RuntimeException ex) {
            troubled(Problems.of(ex));
        }
    }

    private void tellWhatWasLeft(Status status) {
        Status.LastRun last = status.lastRun();
        boolean cutOff = last != null && last.outcome() == null;
        boolean stopped = last != null && "stopped".equals(last.outcome());
        long pending = status.queue().pending();
        if (cutOff || stopped || pending > 0) {
            journal.left(home.root(), "%d files are owed%s".formatted(pending,
                    stopped ? "; the last run was stopped"
                            : cutOff ? "; the last run still goes on, or was cut off" : ""));
        }
    }

    /// Whether a run is wanted that no firing was asked for yet. One that a firing had to leave, since
    /// the root is held or paused, is asked for again from time to time.
    private boolean isRequested() {
        Instant left = RunRequest.of(home).left().orElse(null);
        boolean tooEarly = left != null && left.equals(request)
                && System.nanoTime() - tried < AGAIN.toNanos();
        request = left;
        if (left == null || asked || tooEarly) {
            return false;
        }
        tried = System.nanoTime();
        asked = true;
        return true;
    }

    // What happens then

    /// Runs a job and tells what came of it.
    ///
    /// @return whether it ran; if not, someone was in its way
    boolean fire(ScheduledJob job) {
        return job.chore().isEmpty() ? reconcile() : keepSound(job);
    }

    /// A job that keeps the root sound. Whether the index keeps up is none of its business, so it neither
    /// makes nor mends the trouble that the root is in.
    private boolean keepSound(ScheduledJob job) {
        InForce now = inForce;
        if (now == null || !home.isInitialised()) {
            return false;
        }
        inHand = InHand.of(job, clock.instant(), now.jobs());
        try {
            if (stopping) {
                return false;
            }
            RunReport report = job.run(now.jobs());
            Problem problem = report.problem();
            if (report.executionId() == null && problem != null) {
                listeners.forEach(listener -> listener.skipped(problem.message()));
                return false;
            }
            journal.ran(home.root(), report, report.warnings());
            if (problem != null) {
                journal.troubled(home.root(), problem.message(), problem.remedy());
            }
            listeners.forEach(listener -> listener.ran(report));
            return report.outcome() != RunReport.Outcome.STOPPED;
        } catch (Held held) {
            listeners.forEach(listener -> listener.skipped(String.valueOf(held.getMessage())));
            return false;
        } catch (RuntimeException ex) {
            Problem problem = Problems.of(ex);
            journal.troubled(home.root(), "%s: %s".formatted(job.shown(), problem.message()),
                    problem.remedy());
            listeners.forEach(listener -> listener.failed(job, problem));
            return true;
        } finally {
            inHand = null;
        }
    }

    private boolean reconcile() {
        ScheduledJob job = ScheduledJob.RECONCILE;
        asked = false;
        InForce now = inForce;
        if (now == null) {
            return false;
        }
        inHand = InHand.of(job, clock.instant(), now.jobs());
        try {
            if (!stopping) {
                show();
                tell(job.run(now.jobs()));
            }
        } catch (Held held) {
            mended();
            skipped(String.valueOf(held.getMessage()), "It is made up for when that has ended.");
            makeUpForIt();
        } catch (RuntimeException ex) {
            Problem problem = Problems.of(ex);
            troubled(problem);
            listeners.forEach(listener -> listener.failed(job, problem));
        } finally {
            inHand = null;
        }
        return true;
    }

    /// Before each run, for the disk may be another one than before.
    private void show() {
        if (home.isInitialised()) {
            Presence.in(home).show();
        }
    }

    /// Other processes need not take the root for served any more.
    void end() {
        Presence.in(home).end();
    }

    /// However many firings found the root held, one run follows.
    private void makeUpForIt() {
        try {
            RunRequest wanted = RunRequest.of(home);
            if (wanted.left().isEmpty()) {
                wanted.leave(clock.instant());
            }
        } catch (ConfigurationProblem ex) {
            troubled(Problems.of(ex));
        }
    }

    private synchronized void tell(RunReport report) {
        Problem problem = report.problem();
        if (problem == null) {
            mended();
            skipping = null;
            journal.ran(home.root(), report, news(report.warnings()));
            listeners.forEach(listener -> listener.ran(report));
        } else if (report.executionId() == null) {
            mended();
            skipped(problem.message(), problem.remedy());
        } else {
            skipping = null;
            listeners.forEach(listener -> listener.ran(report));
            boolean isNew = troubled(problem);
            if (isNew || report.outcome() == RunReport.Outcome.STOPPED
                    || report.files().indexed() + report.files().deleted() > 0) {
                journal.ran(home.root(), report, news(report.warnings()));
            }
        }
    }

    private List<String> news(List<String> now) {
        List<String> news = now.stream().filter(warning -> !warnings.contains(warning)).toList();
        warnings = now;
        return news;
    }

    private synchronized void skipped(String reason, String remedy) {
        listeners.forEach(listener -> listener.skipped(reason));
        if (!reason.equals(skipping)) {
            skipping = reason;
            journal.skips(home.root(), reason, remedy);
        }
    }

    /// @return whether it is another trouble than before; two that differ in numbers only are one
    private synchronized boolean troubled(Problem problem) {
        boolean isKnown = trouble != null && kind(trouble).equals(kind(problem));
        trouble = problem;
        if (isKnown) {
            return false;
        }
        journal.troubled(home.root(), problem.message(), problem.remedy());
        return true;
    }

    private static String kind(Problem problem) {
        return problem.message().replaceAll("\\d+", "#");
    }

    private synchronized void mended() {
        if (trouble != null) {
            trouble = null;
            journal.mended(home.root());
        }
    }

    /// Lets the run in hand end at its next chunk border, and begins no other.
    void stop() {
        stopping = true;
        inHand().ifPresent(run -> run.jobs().stop());
    }
}
