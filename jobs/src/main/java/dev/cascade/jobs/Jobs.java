package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.launch.JobExecutionNotRunningException;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.Complaints;
import dev.cascade.steps.Quiet;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.Root;
import dev.cascade.steps.Tally;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.RunControl.Control;
import dev.cascade.steps.ledger.SoundState;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.tree.Reason;

/// Starts, stops, restarts and recovers the jobs of one root.
///
/// Whatever writes holds the root's lock from its first look to its last word.
public final class Jobs {

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    private final Home home;
    private final CascadeProperties properties;
    private final Clock clock;
    private final Duration databasePatience;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Complaints complaints = new Complaints(System::nanoTime);
    private volatile Tally tally = new Tally();

    public Jobs(Home home, CascadeProperties properties, Clock clock) {
        this(home, properties, clock, StateDatabase.PATIENCE);
    }

    /// @param databasePatience how long each write waits while another program holds the database
    Jobs(Home home, CascadeProperties properties, Clock clock, Duration databasePatience) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
        this.databasePatience = databasePatience;
    }

    /// What the run in hand has done so far.
    public Tally tally() {
        return tally;
    }

    /// Asks the run in hand to end at the next chunk border. It can be restarted.
    public void stop() {
        stopping.set(true);
    }

    /// Brings index and ledger in step with the tree. If nothing differs and nothing is owed, no job is
    /// launched and nothing is written, unless such runs are to be recorded.
    ///
    /// @param patience how long to wait for another run to let go of the root
    /// @throws Held if another run still holds it then
    public RunReport reconcile(ReconcileRequest request, Duration patience) throws Held {
        prepareHome();
        Instant started = clock.instant();
        try (RunLock _ = lock(patience)) {
            return sound(() -> reconcile(request, started));
        }
    }

    /// What [#reconcile] does, for a schedule: never in a root without state, for a disk that is not
    /// mounted looks like that, and not while scheduled runs are held up. What was skipped is recorded
    /// with the reason.
    ///
    /// @throws ConfigurationProblem if the root has no state yet
    public RunReport reconcileScheduled(ReconcileRequest request, Duration patience)
            throws Held {
        Root.requireReadable(home.root());
        requireInitialised();
        Instant started = clock.instant();
        try (RunLock _ = lock(patience)) {
            return sound(() -> {
                Control control = control();
                return control.holdsUp() ? skipped(control, started)
                        : reconcile(request, started);
            });
        }
    }

    private RunReport reconcile(ReconcileRequest request, Instant started) {
        boolean launched = request.forced() || properties.history().recordNoOpRuns();
        Optional<RunReport> nothingToDo = launched ? Optional.empty()
                : quiet(request.selection(), started);
        return nothingToDo.isPresent()
                ? nothingToDo.get().warning(lifted(request.selection()))
                : writing(session -> session.start(request, started));
    }

    private Control control() {
        if (!StateDatabase.isCurrent(home.database())) {
            StateDatabase.openForWriting(home.database(), databasePatience).close();
        }
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            return new RunControl(database.dataSource(), clock).current();
        }
    }

    /// That there is nothing to do shows as well as a run that what stopped scheduled runs is mended.
    private List<String> lifted(Selection selection) {
        if (!selection.isEverything()
                || control().state() != RunControl.State.NEEDS_HUMAN) {
            return List.of();
        }
        try (StateDatabase database = StateDatabase.openForWriting(home.database(),
                databasePatience)) {
            return new Stall(new History(database.dataSource(), clock),
                    new RunControl(database.dataSource(), clock)).lift();
        }
    }

    private RunReport skipped(Control control, Instant started) {
        try (StateDatabase database = StateDatabase.openForWriting(home.database(),
                databasePatience)) {
            History history = new History(database.dataSource(), clock);
            history.skip(ReconcileJob.NAME, control.told());
            history.purge(clock.instant().minus(properties.history().keep()));
        }
        return new RunReport(null, ReconcileJob.NAME, Outcome.GUARDED,
                RunReport.files(new Tally().counts()), new RunReport.Entries(0, 0, 0),
                RunReport.Embedding.NONE, millisSince(started), false, 0, List.of(), List.of(),
                List.of(),
                new Problem("skipped: " + control.told(),
                        "`cascade resume` lets scheduled runs go on; `cascade sync` runs once by hand.",
                        RunReport.Fault.GUARD));
    }

    /// Makes failed files owed again and runs.
    ///
    /// @param refusedToo whether files that were refused get a deliberate second try
    public RunReport fix(Selection selection, boolean refusedToo, Duration patience) throws Held {
        prepareHome();
        Instant started = clock.instant();
        try (RunLock _ = lock(patience)) {
            return sound(() -> writing(session -> {
                session.ledger.makeRetryableOwed(selection);
                session.vectors.retryNow(selection, refusedToo);
                if (refusedToo) {
                    session.ledger.makeRefusedOwed(selection);
                }
                return session.start(new ReconcileRequest(selection, false, false), started);
            }));
        }
    }

    /// Continues a failed or stopped execution.
    ///
    /// @throws ConfigurationProblem if there is no such execution or it cannot be restarted
    public RunReport restart(long executionId, Duration patience) throws Held {
        requireInitialised();
        Instant started = clock.instant();
        try (RunLock _ = lock(patience)) {
            return sound(() -> writing(session -> session.restart(executionId, started)));
        }
    }

    /// Asks an execution that runs in another process to stop at its next chunk border.
    public void stop(long executionId) {
        requireInitialised();
        try (StateDatabase database = StateDatabase.openBesideARun(home.database())) {
            Batch batch = new Batch(database.dataSource());
            JobExecution execution = execution(batch, executionId);
            if (!execution.isRunning()) {
                throw new ConfigurationProblem(
                        "execution %d is not running; its status is %s".formatted(executionId,
                                execution.getStatus()),
                        "`cascade jobs list` shows what runs.");
            }
            requireAlive(executionId);
            batch.operator().stop(execution);
        } catch (JobExecutionNotRunningException ex) {
            throw new ConfigurationProblem(
                    "execution %d ended in the meantime".formatted(executionId),
                    "`cascade jobs show %d` says how.".formatted(executionId), ex);
        }
    }

    /// Whoever can take the lock knows that the process of every execution is dead.
    private void requireAlive(long executionId) {
        try (RunLock _ = RunLock.take(home.lock(), Duration.ZERO, () -> false)) {
            throw new ConfigurationProblem(
                    "execution %d does not run any more: its process died".formatted(executionId),
                    "Continue it with `cascade jobs restart %d`.".formatted(executionId));
        } catch (Held alive) {
            log.debug("execution {} is alive: {}", executionId, alive.getMessage());
        }
    }

    /// Marks the executions of dead processes as failed, so that they can be restarted.
    ///
    /// @return one sentence for each
    public List<String> recover(Duration patience) throws Held {
        requireInitialised();
        try (RunLock _ = lock(patience)) {
            return new SoundState(home.database(), home.schemaRepair(), databasePatience,
                    tally::warn).during(() -> {
                        try (StateDatabase database = StateDatabase
                                .openForWriting(home.database())) {
                            return new Recovery(new Batch(database.dataSource()),
                                    new History(database.dataSource(), clock),
                                    new Ledger(database.dataSource(), clock)).recover();
                        }
                    });
        }
    }

    /// A run on a database whose schema is mended on the way if need be.
    private RunReport sound(Supplier<RunReport> run) {
        List<String> mended = new ArrayList<>();
        return new SoundState(home.database(), home.schemaRepair(), databasePatience,
                mended::add).during(run)
                .warning(mended);
    }

    /// A stop that was asked for while waiting counts.
    private RunLock lock(Duration patience) throws Held {
        return RunLock.take(home.lock(), patience, stopping::get);
    }

    private interface Work {
        RunReport in(Session session);
    }

    private RunReport writing(Work work) {
        tally = new Tally();
        try (StateDatabase database = StateDatabase.openForWriting(home.database(),
                databasePatience)) {
            Ledger ledger = new Ledger(database.dataSource(), clock);
            Root root = ledger.identity().isPresent() ? Root.known(home, properties, ledger)
                    : Root.adopt(home, properties, ledger);
            try (MemoryIndex index = MemoryIndex.open(
                    home.index(ledger.standing().generation()), root.identity().id(),
                    ledger.standing().generation(), root.kinds(), properties.index().ramBuffer())) {
                return work.in(new Session(database, ledger, root, index));
            }
        } finally {
            stopping.set(false);
        }
    }

    private Optional<RunReport> quiet(Selection selection, Instant started) {
        if (!StateDatabase.isCurrent(home.database())) {
            return Optional.empty();
        }
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), clock);
            History history = new History(database.dataSource(), clock);
            if (ledger.identity().isEmpty() || !history.unended().isEmpty()) {
                return Optional.empty();
            }
            Root root = Root.known(home, properties, ledger);
            VectorState vectors = new VectorState(home, properties, database, clock);
            Optional<Quiet> quiet = Quiet.look(root, ledger, selection)
                    .filter(_ -> !vectors.isAnythingDue(selection));
            if (quiet.isPresent() && selection.isEverything()) {
                touchLastWalk();
            }
            List<GateReport> gates = selection.isEverything()
                    ? GateReport.pending(new Gates(database.dataSource(), clock))
                    : List.of();
            return quiet.map(seen -> nothingToDo(seen,
                    vectors.with(Failures.of(ledger, selection), selection), gates,
                    vectors.owed(selection) > 0, started).warning(vectors.warnings()));
        }
    }

    private RunReport nothingToDo(Quiet quiet, Failures failures, List<GateReport> gates,
            boolean owesVectors, Instant started) {
        return new RunReport(null, ReconcileJob.NAME, outcome(gates, failures, owesVectors),
                new RunReport.Files(quiet.seen(), 0, 0, 0, quiet.seen(), 0, 0, 0),
                new RunReport.Entries(0, 0, 0), RunReport.Embedding.NONE, millisSince(started),
                false, failures.count(), failures.first(), gates,
                failures.warning(quiet.warnings()), null);
    }

    private static Outcome outcome(List<GateReport> gates, Failures failures, boolean more) {
        return !gates.isEmpty() ? Outcome.GUARDED
                : failures.isEmpty() && !more ? Outcome.COMPLETED
                        : Outcome.COMPLETED_WITH_FAILURES;
    }

    private long millisSince(Instant started) {
        return Duration.between(started, clock.instant()).toMillis();
    }

    /// One process's work on the state while it holds the lock.
    private final class Session {

        private final Ledger ledger;
        private final Gates gates;
        private final History history;
        private final RunControl control;
        private final Batch batch;
        private final Root root;
        private final MemoryIndex index;
        private final VectorState vectors;

        Session(StateDatabase database, Ledger ledger, Root root, MemoryIndex index) {
            this.ledger = ledger;
            this.gates = new Gates(database.dataSource(), clock);
            this.history = new History(database.dataSource(), clock);
            this.control = new RunControl(database.dataSource(), clock);
            this.batch = new Batch(database.dataSource());
            this.root = root;
            this.index = index;
            this.vectors = new VectorState(home, properties, database, clock);
        }

        RunReport start(ReconcileRequest request, Instant started) {
            new Recovery(batch, history, ledger).recover().forEach(tally::warn);
            long run = history.begin(ReconcileJob.NAME);
            return launch(run, request, started,
                    job -> batch.operator().start(job, request.parameters(run)));
        }

        RunReport restart(long executionId, Instant started) {
            new Recovery(batch, history, ledger).recover();
            JobExecution execution = execution(batch, executionId);
            if (execution.getStatus() == BatchStatus.COMPLETED) {
                throw new ConfigurationProblem(
                        "execution %d is complete; there is nothing to continue".formatted(
                                executionId),
                        "`cascade sync` starts a new run.");
            }
            long run = history.begin(ReconcileJob.NAME);
            return launch(run, ReconcileRequest.of(execution.getJobParameters()), started,
                    job -> {
                        batch.register(job);
                        return batch.operator().restart(execution);
                    });
        }

        private RunReport launch(long run, ReconcileRequest request, Instant started,
                Launch launch) {
            Reconciliation reconciliation = new Reconciliation(run, root, properties,
                    request.selection(), request.forced(), request.overBudget(), ledger, gates,
                    index, tally, complaints, clock, vectors.vectors());
            vectors.begin();
            ThreadPoolTaskExecutor workers = workers();
            try {
                Job job = new ReconcileJob(reconciliation, history, batch.repository(),
                        Jobs.this::interrupt, workers).job();
                log.info("run {} of {} starts", run, home.root());
                JobExecution execution = launch.of(job);
                history.bind(run, execution.getId());
                if (walkWasWhole(execution) && request.selection().isEverything()) {
                    touchLastWalk();
                }
                if (control.current().holdsUp()) {
                    tally.warn("scheduled runs are held up: " + control.current().told());
                }
                RunReport report = report(run, execution, request.selection(), started);
                history.end(run, report.outcome().name().toLowerCase(Locale.ROOT),
                        ReportJson.write(report.brief()));
                log.info("run {} of {} ended: {}", run, home.root(), report.outcome());
                SoundState.requireSound(execution.getAllFailureExceptions());
                return request.selection().isEverything()
                        ? report.warning(new Stall(history, control).ended(run, report))
                        : report;
            } catch (RuntimeException ex) {
                throw ex;
            } catch (Exception ex) {
                throw new IllegalStateException("the job could not be launched", ex);
            } finally {
                workers.shutdown();
            }
        }

        private RunReport report(long run, JobExecution execution, Selection selection,
                Instant started) {
            Tally.Counts counts = tally.counts();
            Failures failures = vectors.with(Failures.of(ledger, selection), selection);
            complaints.untold().forEach(tally::insist);
            Optional<Problem> problem = execution.getAllFailureExceptions()
                    .stream()
                    .filter(fault -> !(fault instanceof JobInterruptedException))
                    .findFirst()
                    .map(Problems::of);
            boolean more = ledger.isAnythingOwed(selection) || vectors.isAnythingDue(selection);
            boolean owes = more || vectors.owed(selection) > 0;
            List<GateReport> waiting = GateReport.pending(gates)
                    .stream()
                    .filter(gate -> selection.isEverything() || opened(gate.id(), run))
                    .toList();
            return new RunReport(execution.getId(), ReconcileJob.NAME,
                    outcome(execution, failures, waiting, problem, owes), RunReport.files(counts),
                    RunReport.entries(counts), RunReport.embedding(tally.vectors()),
                    millisSince(started), more, failures.count(), failures.first(), waiting,
                    failures.warning(tally.warnings()), problem.orElse(null));
        }

        private boolean opened(long gate, long run) {
            return gates.find(gate).map(found -> found.run() == run).orElse(false);
        }

        private Outcome outcome(JobExecution execution, Failures failures,
                List<GateReport> waiting, Optional<Problem> problem, boolean more) {
            return switch (execution.getStatus()) {
                case COMPLETED -> Jobs.outcome(waiting, failures, more);
                case STOPPED, STOPPING -> Outcome.STOPPED;
                default -> problem.map(Problem::fault)
                        .filter(fault -> fault == RunReport.Fault.GUARD)
                        .map(_ -> Outcome.GUARDED)
                        .orElse(Outcome.FAILED);
            };
        }
    }

    private interface Launch {
        JobExecution of(Job job) throws Exception;
    }

    /// A step that is asked to stop ends as STOPPED only if it is told so itself.
    private void interrupt(StepExecution step) {
        if (stopping.get()) {
            step.setTerminateOnly();
        }
    }

    private static boolean walkWasWhole(JobExecution execution) {
        return execution.getStepExecutions()
                .stream()
                .anyMatch(step -> step.getStepName().equals("guard")
                        && step.getStatus() == BatchStatus.COMPLETED);
    }

    private ThreadPoolTaskExecutor workers() {
        ThreadPoolTaskExecutor workers = new ThreadPoolTaskExecutor();
        workers.setCorePoolSize(properties.reconcile().workers());
        workers.setThreadNamePrefix("apply-");
        workers.setWaitForTasksToCompleteOnShutdown(true);
        workers.setAwaitTerminationSeconds(30);
        workers.initialize();
        return workers;
    }

    private static JobExecution execution(Batch batch, long id) {
        return batch.execution(id)
                .orElseThrow(
                        () -> new ConfigurationProblem("there is no execution %d".formatted(id),
                                "`cascade jobs list` shows those that are kept."));
    }

    private void requireInitialised() {
        if (!home.isInitialised()) {
            throw new ConfigurationProblem("%s holds no state".formatted(home.state()),
                    "Run `cascade sync --root %s` first.".formatted(home.root()));
        }
    }

    /// Makes Cascade's folder, but never in a root that holds no Markdown: a disk that is not mounted
    /// looks like that.
    private void prepareHome() {
        Root.requireReadable(home.root());
        if (home.isInitialised()) {
            return;
        }
        Root.requireMarkdown(home, properties);
        try {
            if (!Files.isDirectory(home.state())) {
                Files.createDirectories(home.state());
                if (Files.getFileStore(home.state()).supportsFileAttributeView("posix")) {
                    Files.setPosixFilePermissions(home.state(),
                            PosixFilePermissions.fromString("rwx------"));
                }
            }
        } catch (IOException ex) {
            throw new ConfigurationProblem(
                    "%s cannot be made: %s".formatted(home.state(), Reason.of(ex)),
                    "Make the root writable, or keep the state elsewhere with --state-dir.", ex);
        }
    }

    private void touchLastWalk() {
        Path file = home.lastWalk();
        try {
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        } catch (IOException ex) {
            throw new IllegalStateException("%s cannot be touched: %s".formatted(file, ex), ex);
        }
    }
}
