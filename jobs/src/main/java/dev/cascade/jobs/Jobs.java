package dev.cascade.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.launch.JobExecutionNotRunningException;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.Complaints;
import dev.cascade.steps.LedgerWalk;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.Root;
import dev.cascade.steps.Tally;
import dev.cascade.steps.Target;
import dev.cascade.steps.Vectors;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.ledger.Gate;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Maintenance;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.SoundState;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Selection;

/// Starts, stops, restarts and recovers the jobs of one root.
///
/// Whatever writes what is searched, or what is known of the files, holds the root's lock from its first
/// look to its last word. A rebuild lets go of it while it fills the next generation, which it alone
/// writes, for it holds a lock of its own throughout.
public final class Jobs {

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    private final Home home;
    private final CascadeProperties properties;
    private final Clock clock;
    private final Duration databasePatience;
    private final Complaints complaints = new Complaints(System::nanoTime);
    private final RootAccess access;
    private final FirstLook firstLook;
    private final Rebuilds rebuilds;
    private final Housekeeping housekeeping;

    public Jobs(Home home, CascadeProperties properties, Clock clock) {
        this(home, properties, clock, ObservationRegistry.NOOP);
    }

    /// @param observations hears how long jobs and steps take
    public Jobs(Home home, CascadeProperties properties, Clock clock,
            ObservationRegistry observations) {
        this(home, properties, clock, observations, StateDatabase.PATIENCE);
    }

    /// @param databasePatience how long each write waits while another program holds the database
    Jobs(Home home, CascadeProperties properties, Clock clock, ObservationRegistry observations,
            Duration databasePatience) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
        this.databasePatience = databasePatience;
        this.access = new RootAccess(home, properties, clock, observations, databasePatience);
        this.firstLook = new FirstLook(home, properties, clock, access);
        this.rebuilds = new Rebuilds(home, clock, access, complaints);
        this.housekeeping = new Housekeeping(home, properties, clock, access);
    }

    /// What the run in hand has done so far.
    public Tally tally() {
        return access.tally();
    }

    /// Asks the run in hand to end at the next chunk border. It can be restarted.
    public void stop() {
        access.stop();
    }

    /// Asks the run in hand to end as [#stop] does, because it gets nothing done.
    ///
    /// @param reason what its report is to say
    public void giveUp(String reason) {
        access.tally().giveUp(reason);
        access.stop();
    }

    /// Brings index and ledger in step with the tree. If nothing differs and nothing is owed, no job is
    /// launched and nothing is written, unless such runs are to be recorded. If the index was made in
    /// another way, that is told; after a change of the model its vectors stay as they are.
    ///
    /// @param patience how long to wait for another run to let go of the root
    /// @throws Held if another run still holds it then
    public RunReport reconcile(ReconcileRequest request, Duration patience) throws Held {
        Reconciled done = reconciled(request, patience);
        return told(done.report(), done.drift());
    }

    /// What [#reconcile] does. If the index was made in another way, a new generation is built afterwards,
    /// which can take long.
    public RunReport sync(ReconcileRequest request, Duration patience) throws Held {
        return mendDrift(reconciled(request, patience), request);
    }

    /// A run, and how the index that it found was made otherwise than one would be now.
    private record Reconciled(RunReport report, Optional<Drift> drift) {}

    private Reconciled reconciled(ReconcileRequest request, Duration patience) throws Held {
        access.prepareHome();
        Instant started = clock.instant();
        try (RunLock lock = access.lockToLook(patience)) {
            return reconciled(lock, request, started);
        }
    }

    private Reconciled reconciled(RunLock lock, ReconcileRequest request, Instant started) {
        AtomicReference<Optional<Drift>> drift = new AtomicReference<>(Optional.empty());
        RunReport report = access.sound(() -> reconcile(lock, request, started, drift::set));
        return new Reconciled(report, drift.get());
    }

    /// What [#sync] does, for a schedule: never in a root without state, for a disk that is not
    /// mounted looks like that, and not while scheduled runs are held up. What was skipped is recorded
    /// with the reason.
    ///
    /// @throws ConfigurationProblem if the root has no state yet
    public RunReport reconcileScheduled(ReconcileRequest request, Duration patience)
            throws Held {
        Root.requireReadable(home.root());
        access.requireInitialised();
        Instant started = clock.instant();
        Reconciled done;
        try (RunLock lock = access.lockToLook(patience)) {
            done = reconciled(lock, request.onSchedule(), started);
        } catch (Held held) {
            skippedBesideARun(held);
            throw held;
        }
        return mendDrift(done, request);
    }

    /// @param drift hears how the index was made otherwise
    private RunReport reconcile(RunLock lock, ReconcileRequest request, Instant started,
            Consumer<Optional<Drift>> drift) {
        return switch (firstLook.of(request, started)) {
            case FirstLook.HeldUp heldUp -> skipped(heldUp);
            case FirstLook.NothingToDo nothing -> {
                access.goOn();
                drift.accept(nothing.drift());
                if (request.selection().isEverything()) {
                    Session.touchLastWalk(home, clock);
                }
                yield nothing.report().warning(nothing.liftsAStop() ? lift() : List.of());
            }
            case FirstLook.Unwritable unwritable -> {
                access.goOn();
                drift.accept(Optional.of(unwritable.drift()));
                yield RunReport.chore(null, ReconcileJob.NAME, Outcome.FAILED, 0, 0, List.of(), 0,
                        List.of(), new Problem(unwritable.drift().told(), Drift.REMEDY,
                                Fault.PRECONDITION));
            }
            case FirstLook.Work work -> {
                lock.sign();
                drift.accept(work.drift());
                yield access.writing(
                        session -> start(session, request, started, work.walk()));
            }
        };
    }

    private RunReport start(Session session, ReconcileRequest request, Instant started,
            Optional<LedgerWalk> begun) {
        session.recover(access::isDead).forEach(access.tally()::warn);
        long run = session.history().begin(ReconcileJob.NAME);
        return launch(session, run, request, started, begun, job -> session.batch()
                .operator()
                .start(job, request.parameters(run)));
    }

    /// Runs on the live generation. After a change of the model its vectors are left to the next one.
    private RunReport launch(Session session, long run, ReconcileRequest request, Instant started,
            Optional<LedgerWalk> begun, Session.Launch launch) {
        Optional<Drift> drift = session.drift();
        drift.ifPresent(is -> is.refuseIfStopped(properties));
        if (drift.isPresent() && !drift.get().canBeWritten()) {
            throw new ConfigurationProblem(drift.get().told(), Drift.REMEDY);
        }
        long generation = session.ledger().standing().generation();
        try (MemoryIndex index = access.open(session, generation)) {
            Optional<Vectors> embedding = session.vectors()
                    .vectors()
                    .filter(_ -> drift.filter(Drift::ofVectors).isEmpty());
            Reconciliation reconciliation = session.reconciliation(run, request,
                    Target.live(generation, index), complaints, embedding);
            return session.launch(ReconcileJob.NAME, reconciliation, started,
                    steps -> new ReconcileJob(reconciliation,
                            session.tending(index::mergeDeletes, access::isDead), steps, begun)
                            .job(),
                    launch);
        }
    }

    // Generations

    /// Builds the next generation of the index beside the live one, and makes it the live one. One that
    /// an earlier rebuild left unfinished is taken up.
    ///
    /// @param patience how long to wait for another run, or another rebuild, to let go of the root
    public RunReport rebuild(RebuildRequest request, Duration patience) throws Held {
        return rebuilds.rebuild(request, patience);
    }

    /// Makes the generation before this one the live one again; this one is kept. What changed since
    /// it was the live one is owed.
    ///
    /// @return the number of the generation that is searched now
    /// @throws ConfigurationProblem if none is kept, or if it cannot be read
    public long rollback(Duration patience) throws Held {
        return rebuilds.rollback(patience);
    }

    // Keeping it sound

    /// Runs a job that keeps the root sound, to its end.
    ///
    /// @param patience how long to wait for whoever is in its way
    public RunReport run(Chore chore, Duration patience) throws Held {
        return housekeeping.run(chore, patience);
    }

    /// What [#run] does, for a schedule: not in a root without state, not while a person paused it, and
    /// not in quiet hours. What was skipped is recorded with the reason.
    ///
    /// @throws ConfigurationProblem if the root has no state yet
    public RunReport runScheduled(Chore chore) throws Held {
        return housekeeping.runScheduled(chore);
    }

    /// When `chore` was tried last in the root of `home`. One that never was counts from when the root was
    /// first known here; if it is not yet, or that cannot be told just now, from now.
    public static Instant tried(Home home, Chore chore, Clock clock) {
        try {
            return StateDatabase.look(home.database(), clock,
                    database -> new Maintenance(database.dataSource(), clock).task(chore.job()))
                    .flatMap(Function.identity())
                    .map(Maintenance.Task::attemptedAt)
                    .orElseGet(() -> known(home).orElseGet(clock::instant));
        } catch (RuntimeException ex) {
            log.warn("when {} last ran in {} cannot be told: {}", chore.job(), home.root(),
                    ex.getMessage());
            return clock.instant();
        }
    }

    private static Optional<Instant> known(Home home) {
        try {
            return Files.exists(home.rootId())
                    ? Optional.of(Files.getLastModifiedTime(home.rootId()).toInstant())
                    : Optional.empty();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /// A comparison, for those who read of runs and for those who read of files.
    public record Verified(RunReport run, VerifyReport report) {}

    /// Compares tree, ledger and index, and notes what came of it; [VerifyReport#of] leaves no trace. It
    /// changes nothing of them, unless what differs is to be made owed; then it holds the root.
    public Verified verify(VerifyRequest request, Duration patience) throws Held {
        return housekeeping.verify(request, patience);
    }

    /// A copy that was made, for those who read of runs and for those who read of copies.
    public record BackedUp(RunReport run, BackupReport report) {}

    /// Copies the state database, beside whatever runs.
    ///
    /// @param folder where the copy is put; null for where the settings say
    public BackedUp backup(@Nullable Path folder, Duration patience) throws Held {
        return housekeeping.backup(folder, patience);
    }

    private static RunReport told(RunReport report, Optional<Drift> drift) {
        return drift.map(Drift::told)
                .filter(told -> report.problem() == null
                        || !report.problem().message().equals(told))
                .map(told -> report.warning(
                        List.of(told + "; `cascade sync` builds a new generation")))
                .orElse(report);
    }

    private RunReport mendDrift(Reconciled done, ReconcileRequest request) throws Held {
        RunReport report = done.report();
        Optional<Drift> drift = done.drift();
        boolean cameToItsEnd = report.problem() == null && report.outcome() != Outcome.STOPPED;
        boolean canBeMended = drift.isPresent() && request.selection().isEverything()
                && (cameToItsEnd || !drift.get().canBeWritten());
        if (!canBeMended) {
            return told(report, drift);
        }
        Optional<Gate> givenUp = StateDatabase.look(home.database(), clock,
                database -> new Gates(database.dataSource(), clock).rejectedRebuild())
                .flatMap(Function.identity());
        if (givenUp.isPresent()) {
            return report.warning(List.of(
                    "%s; gate %d was rejected, so only `cascade rebuild` builds a new generation"
                            .formatted(drift.get().told(), givenUp.get().id())));
        }
        try {
            return rebuild(new RebuildRequest(false), Duration.ZERO).warning(report.warnings());
        } catch (Held held) {
            if (!cameToItsEnd) {
                throw held;
            }
            return report.warning(
                    List.of("%s; the next run builds a new generation: %s".formatted(
                            drift.get().told(), held.getMessage())));
        }
    }

    /// That there is nothing to do shows as well as a run that what stopped scheduled runs is mended.
    private List<String> lift() {
        try (StateDatabase database = access.openForWriting()) {
            return new Stall(new History(database.dataSource(), clock),
                    new RunControl(database.dataSource(), clock)).lift();
        }
    }

    /// What is in the way is told all the same if it cannot be recorded.
    private void skippedBesideARun(Held held) {
        try (StateDatabase database = StateDatabase.openBesideARun(home.database())) {
            new History(database.dataSource(), clock).skip(ReconcileJob.NAME,
                    String.valueOf(held.getMessage()));
        } catch (RuntimeException ex) {
            held.addSuppressed(ex);
            log.warn("a firing that was skipped is not in the history of {}: {}", home.root(),
                    ex.getMessage());
        }
    }

    private RunReport skipped(FirstLook.HeldUp heldUp) {
        if (!heldUp.isRecorded()) {
            try (StateDatabase database = access.openForWriting()) {
                History history = new History(database.dataSource(), clock);
                history.skip(ReconcileJob.NAME, heldUp.reason());
                history.purge(clock.instant().minus(properties.history().keep()));
            }
        }
        return RunReport.skipped(ReconcileJob.NAME, heldUp.reason());
    }

    /// Makes failed files owed again and runs.
    ///
    /// @param refusedToo whether files that were refused get a deliberate second try
    public RunReport fix(Selection selection, boolean refusedToo, Duration patience) throws Held {
        access.prepareHome();
        Instant started = clock.instant();
        try (RunLock _ = access.lock(patience)) {
            return access.sound(() -> access.writing(session -> {
                session.ledger().makeRetryableOwed(selection);
                session.vectors().retryNow(selection, refusedToo);
                if (refusedToo) {
                    session.ledger().makeRefusedOwed(selection);
                }
                return told(
                        start(session, new ReconcileRequest(selection, false, false), started,
                                Optional.empty()),
                        session.drift());
            }));
        }
    }

    /// Continues a failed or stopped execution.
    ///
    /// @throws ConfigurationProblem if there is no such execution or it cannot be restarted
    public RunReport restart(long executionId, Duration patience) throws Held {
        access.requireInitialised();
        String name = jobOf(executionId);
        if (name.equals(RebuildJob.NAME)) {
            return rebuilds.restart(executionId, patience);
        }
        if (!name.equals(ReconcileJob.NAME)) {
            throw new ConfigurationProblem(
                    "execution %d is one of the job %s, which is begun anew instead".formatted(
                            executionId, name),
                    "`cascade run %s` does that.".formatted(name));
        }
        Instant started = clock.instant();
        try (RunLock _ = access.lock(patience)) {
            return access.sound(() -> access.writing(session -> {
                session.recover(access::isDead);
                JobExecution execution = session.restartable(executionId);
                return told(launch(session, session.history().begin(ReconcileJob.NAME),
                        ReconcileRequest.of(execution.getJobParameters()), started,
                        Optional.empty(),
                        job -> session.restart(job, execution)), session.drift());
            }));
        }
    }

    /// One that is not kept is told by whoever would restart it.
    private String jobOf(long executionId) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            return new History(database.dataSource(), clock).execution(executionId)
                    .map(History.Execution::job)
                    .orElse(ReconcileJob.NAME);
        }
    }

    /// Asks an execution that runs in another process to stop at its next chunk border.
    public void stop(long executionId) {
        access.requireInitialised();
        try (StateDatabase database = StateDatabase.openBesideARun(home.database())) {
            Batch batch = new Batch(database.dataSource());
            JobExecution execution = batch.required(executionId);
            if (!execution.isRunning()) {
                throw new ConfigurationProblem(
                        "execution %d is not running; its status is %s".formatted(executionId,
                                execution.getStatus()),
                        "`cascade jobs list` shows what runs.");
            }
            requireAlive(execution);
            batch.operator().stop(execution);
        } catch (JobExecutionNotRunningException ex) {
            throw new ConfigurationProblem(
                    "execution %d ended in the meantime".formatted(executionId),
                    "`cascade jobs show %d` says how.".formatted(executionId), ex);
        }
    }

    /// Whoever can take the lock knows that the process of every execution is dead.
    private void requireAlive(JobExecution execution) {
        if (RootAccess.isFree(RootAccess.lockOf(home, execution.getJobInstance().getJobName()))) {
            throw new ConfigurationProblem(
                    "execution %d does not run any more: its process died".formatted(
                            execution.getId()),
                    "Continue it with `cascade jobs restart %d`.".formatted(execution.getId()));
        }
    }

    /// Marks the executions of dead processes as failed, so that they can be restarted.
    ///
    /// @return one sentence for each
    public List<String> recover(Duration patience) throws Held {
        access.requireInitialised();
        try (RunLock _ = access.lock(patience)) {
            return new SoundState(home.database(), home.schemaRepair(), databasePatience,
                    access.tally()::warn).during(() -> {
                        try (StateDatabase database = access.openForWriting()) {
                            return new Recovery(new Batch(database.dataSource()),
                                    new History(database.dataSource(), clock),
                                    new Ledger(database.dataSource(), clock))
                                    .recover(access::isDead);
                        }
                    });
        }
    }
}
