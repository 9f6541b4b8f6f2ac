package dev.cascade.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.launch.JobExecutionNotRunningException;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.CascadeProperties.Index.OnDrift;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.QuietHours;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.Complaints;
import dev.cascade.steps.GenerationFolders;
import dev.cascade.steps.LiveView;
import dev.cascade.steps.Quiet;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.Root;
import dev.cascade.steps.Tally;
import dev.cascade.steps.Target;
import dev.cascade.steps.Vectors;
import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.IndexedFile;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.index.MissingIndex;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Run;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.RunControl.Control;
import dev.cascade.steps.ledger.SoundState;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Watermark;
import dev.cascade.steps.tree.Reason;

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
    /// launched and nothing is written, unless such runs are to be recorded. If the index was made for
    /// another model, its vectors stay as they are, and that is told.
    ///
    /// @param patience how long to wait for another run to let go of the root
    /// @throws Held if another run still holds it then
    public RunReport reconcile(ReconcileRequest request, Duration patience) throws Held {
        RunReport report = reconciled(request, patience);
        return told(report, drift());
    }

    /// What [#reconcile] does. If the index was made for another model, a new generation is built
    /// afterwards, which can take long.
    public RunReport sync(ReconcileRequest request, Duration patience) throws Held {
        return mendDrift(reconciled(request, patience), request);
    }

    private RunReport reconciled(ReconcileRequest request, Duration patience) throws Held {
        prepareHome();
        Instant started = clock.instant();
        try (RunLock _ = lock(patience)) {
            return sound(() -> reconcile(request, started));
        }
    }

    /// What [#sync] does, for a schedule: never in a root without state, for a disk that is not
    /// mounted looks like that, and not while scheduled runs are held up. What was skipped is recorded
    /// with the reason.
    ///
    /// @throws ConfigurationProblem if the root has no state yet
    public RunReport reconcileScheduled(ReconcileRequest request, Duration patience)
            throws Held {
        Root.requireReadable(home.root());
        requireInitialised();
        Instant started = clock.instant();
        RunReport report;
        try (RunLock _ = lock(patience)) {
            report = sound(() -> heldUp(started).map(reason -> skipped(reason, started))
                    .orElseGet(() -> reconcile(request, started)));
        } catch (Held held) {
            skippedBesideARun(held);
            throw held;
        }
        return mendDrift(report, request);
    }

    private RunReport reconcile(ReconcileRequest request, Instant started) {
        requireNoDrift();
        if (request.selection().isEverything()) {
            RunRequest.of(home).take();
        }
        boolean launched = request.forced() || properties.history().recordNoOpRuns();
        Optional<RunReport> nothingToDo = launched ? Optional.empty()
                : quiet(request.selection(), started);
        return nothingToDo.isPresent()
                ? nothingToDo.get().warning(lifted(request.selection()))
                : writing(session -> start(session, request, started));
    }

    private RunReport start(Session session, ReconcileRequest request, Instant started) {
        session.recover(isFree(home.rebuildLock())).forEach(tally::warn);
        long run = session.history().begin(ReconcileJob.NAME);
        return launch(session, run, request, started, job -> session.batch()
                .operator()
                .start(job, request.parameters(run)));
    }

    /// Runs on the live generation. After a change of the model its vectors are left to the next one.
    private RunReport launch(Session session, long run, ReconcileRequest request, Instant started,
            Session.Launch launch) {
        long generation = session.ledger().standing().generation();
        try (MemoryIndex index = open(session, generation)) {
            Optional<Vectors> embedding = session.vectors().drift().isPresent() ? Optional.empty()
                    : session.vectors().vectors();
            Reconciliation reconciliation = session.reconciliation(run, request,
                    Target.live(generation, index), complaints, embedding);
            return session.launch(ReconcileJob.NAME, reconciliation, started,
                    steps -> new ReconcileJob(reconciliation, session.history(),
                            session.generations(), session.batch().repository(), steps).job(),
                    launch);
        }
    }

    private MemoryIndex open(Session session, long generation) {
        return MemoryIndex.open(home.index(generation), session.root().identity().id(), generation,
                session.root().kinds(), properties.index().ramBuffer());
    }

    private static boolean isFree(Path lock) {
        try (RunLock _ = RunLock.take(lock, Duration.ZERO)) {
            return true;
        } catch (Held held) {
            log.debug("{}", held.getMessage());
            return false;
        }
    }

    // Building the next generation

    /// Builds the next generation of the index beside the live one, and makes it the live one. One that
    /// an earlier rebuild left unfinished is taken up.
    ///
    /// @param patience how long to wait for another run, or another rebuild, to let go of the root
    public RunReport rebuild(RebuildRequest request, Duration patience) throws Held {
        prepareHome();
        Instant started = clock.instant();
        return rebuilding(patience, (session, turn) -> {
            long run = session.history().begin(RebuildJob.NAME);
            return build(session, turn, run, request, started, job -> session.batch()
                    .operator()
                    .start(job, request.parameters(run)));
        });
    }

    private interface Rebuilding {
        RunReport in(Session session, Turn turn);
    }

    private RunReport rebuilding(Duration patience, Rebuilding work) throws Held {
        try (RunLock _ = RunLock.take(home.rebuildLock(), patience, stopping::get);
                Turn turn = new Turn(home, lock(patience), stopping::get)) {
            return sound(() -> writing(session -> {
                session.recover(true).forEach(tally::warn);
                return work.in(session, turn);
            }));
        }
    }

    private RunReport build(Session session, Turn turn, long run, RebuildRequest request,
            Instant started, Session.Launch launch) {
        Generations generations = session.generations();
        long generation = generation(session);
        try (LiveView live = new LiveView(
                home.index(session.ledger().standing().generation()), tally);
                MemoryIndex index = open(session, generation)) {
            Reconciliation reconciliation = session.reconciliation(run,
                    ReconcileRequest.everything(), Target.building(generation, index, live),
                    complaints, session.vectors().vectors());
            return session.launch(RebuildJob.NAME, reconciliation, started,
                    steps -> new RebuildJob(reconciliation, generations,
                            session.batch().repository(), steps, turn, live,
                            request.acceptFailures()).job(),
                    launch);
        }
    }

    /// The generation that is being built; a new one if there is none, or if what there is of it is not
    /// what the ledger speaks of.
    private long generation(Session session) {
        Generations generations = session.generations();
        Optional<Standing> unfinished = generations.building();
        if (unfinished.isPresent()) {
            if (isSound(unfinished.get())) {
                return unfinished.get().generation();
            }
            discard(generations, unfinished.get().generation());
        }
        try {
            return generations.begin(new GenerationFolders(home).highest()).generation();
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "%s cannot be listed: %s".formatted(home.index(), Reason.of(ex)), ex);
        }
    }

    private boolean isSound(Standing unfinished) {
        try {
            return unfinished.agreesWith(CommitData.read(home.index(unfinished.generation()))
                    .watermark()
                    .orElse(Watermark.NONE));
        } catch (MissingIndex ex) {
            return unfinished.settled().equals(Watermark.NONE);
        } catch (IndexProblem ex) {
            log.warn("generation {} is begun anew: {}", unfinished.generation(), ex.getMessage());
            return false;
        }
    }

    private void discard(Generations generations, long generation) {
        generations.drop(generation);
        try {
            new GenerationFolders(home).sweep(generations.numbers());
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "%s cannot be deleted: %s".formatted(home.index(generation), Reason.of(ex)),
                    ex);
        }
    }

    /// Makes the generation before this one the live one again; this one is kept. What changed since
    /// it was the live one is owed.
    ///
    /// @return the number of the generation that is searched now
    /// @throws ConfigurationProblem if none is kept, or if it cannot be read
    public long rollback(Duration patience) throws Held {
        requireInitialised();
        try (RunLock _ = RunLock.take(home.rebuildLock(), patience, stopping::get);
                RunLock _ = lock(patience);
                StateDatabase database = StateDatabase.openForWriting(home.database(),
                        databasePatience)) {
            Generations generations = new Generations(database.dataSource(), clock);
            Standing earlier = generations.kept()
                    .stream()
                    .findFirst()
                    .orElseThrow(() -> new ConfigurationProblem("no earlier generation is kept",
                            "cascade.index.keep-generations says how many are; `cascade rebuild` builds a new one."));
            Map<MemoryPath, String> files = new TreeMap<>();
            try (IndexView view = IndexView.open(home.index(earlier.generation()));
                    Stream<IndexedFile> indexed = view.files()) {
                indexed.forEach(file -> files.put(file.path(), file.kind()));
            }
            new Ledger(database.dataSource(), clock).rememberIndexed(files);
            generations.publish(earlier.generation());
            return earlier.generation();
        }
    }

    // What the index was made for

    private void requireNoDrift() {
        if (properties.index().onDrift() == OnDrift.STOP) {
            drift().ifPresent(drift -> {
                throw new ConfigurationProblem(drift.told(),
                        "`cascade rebuild` builds a new generation; cascade.index.on-drift=rebuild lets the next run do so.");
            });
        }
    }

    private Optional<Drift> drift() {
        if (!properties.embedding().isOn() || !StateDatabase.isCurrent(home.database())) {
            return Optional.empty();
        }
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            return new VectorState(home, properties, database, clock).drift();
        }
    }

    private static RunReport told(RunReport report, Optional<Drift> drift) {
        return drift.map(is -> report.warning(
                List.of(is.told() + "; `cascade sync` builds a new generation"))).orElse(report);
    }

    private RunReport mendDrift(RunReport report, ReconcileRequest request) {
        Optional<Drift> drift = drift();
        boolean cameToItsEnd = report.problem() == null && report.outcome() != Outcome.STOPPED;
        if (drift.isEmpty() || !cameToItsEnd || !request.selection().isEverything()) {
            return told(report, drift);
        }
        String told = drift.get().told();
        try {
            List<String> warnings = new ArrayList<>(report.warnings());
            warnings.add(told + "; so a new generation is built");
            return rebuild(new RebuildRequest(false), Duration.ZERO).warning(warnings);
        } catch (Held held) {
            return report.warning(
                    List.of("%s; the next run builds a new generation: %s".formatted(told,
                            held.getMessage())));
        }
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

    private Optional<String> heldUp(Instant now) {
        Control control = control();
        return control.holdsUp() ? Optional.of(control.told())
                : properties.schedule()
                        .quiet()
                        .filter(hours -> hours.contain(now))
                        .map(QuietHours::told);
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

    private RunReport skipped(String reason, Instant started) {
        try (StateDatabase database = StateDatabase.openForWriting(home.database(),
                databasePatience)) {
            History history = new History(database.dataSource(), clock);
            history.skip(ReconcileJob.NAME, reason);
            history.purge(clock.instant().minus(properties.history().keep()));
        }
        return new RunReport(null, ReconcileJob.NAME, Outcome.GUARDED,
                RunReport.files(new Tally().counts()), new RunReport.Entries(0, 0, 0),
                RunReport.Embedding.NONE, millisSince(started), false, 0, List.of(), List.of(),
                List.of(),
                new Problem("skipped: " + reason,
                        "`cascade resume` ends a pause; `cascade sync` runs once by hand.",
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
                session.ledger().makeRetryableOwed(selection);
                session.vectors().retryNow(selection, refusedToo);
                if (refusedToo) {
                    session.ledger().makeRefusedOwed(selection);
                }
                return start(session, new ReconcileRequest(selection, false, false), started);
            }));
        }
    }

    /// Continues a failed or stopped execution.
    ///
    /// @throws ConfigurationProblem if there is no such execution or it cannot be restarted
    public RunReport restart(long executionId, Duration patience) throws Held {
        requireInitialised();
        Instant started = clock.instant();
        if (isRebuild(executionId)) {
            return rebuilding(patience, (session, turn) -> {
                JobExecution execution = restartable(session, executionId);
                return build(session, turn, session.history().begin(RebuildJob.NAME),
                        RebuildRequest.of(execution.getJobParameters()), started,
                        job -> restart(session, job, execution));
            });
        }
        try (RunLock _ = lock(patience)) {
            return sound(() -> writing(session -> {
                session.recover(isFree(home.rebuildLock()));
                JobExecution execution = restartable(session, executionId);
                return launch(session, session.history().begin(ReconcileJob.NAME),
                        ReconcileRequest.of(execution.getJobParameters()), started,
                        job -> restart(session, job, execution));
            }));
        }
    }

    private boolean isRebuild(long executionId) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            return new History(database.dataSource(), clock).execution(executionId)
                    .filter(execution -> execution.job().equals(RebuildJob.NAME))
                    .isPresent();
        }
    }

    private static JobExecution restart(Session session, Job job, JobExecution execution)
            throws Exception {
        session.batch().register(job);
        return session.batch().operator().restart(execution);
    }

    private static JobExecution restartable(Session session, long executionId) {
        JobExecution execution = execution(session.batch(), executionId);
        if (execution.getStatus() == BatchStatus.COMPLETED) {
            throw new ConfigurationProblem(
                    "execution %d is complete; there is nothing to continue".formatted(executionId),
                    "`cascade sync` starts a new run.");
        }
        return execution;
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
        boolean isRebuild = execution.getJobInstance().getJobName().equals(RebuildJob.NAME);
        if (isFree(isRebuild ? home.rebuildLock() : home.lock())) {
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
        requireInitialised();
        try (RunLock _ = lock(patience)) {
            return new SoundState(home.database(), home.schemaRepair(), databasePatience,
                    tally::warn).during(() -> {
                        try (StateDatabase database = StateDatabase
                                .openForWriting(home.database())) {
                            return new Recovery(new Batch(database.dataSource()),
                                    new History(database.dataSource(), clock),
                                    new Ledger(database.dataSource(), clock))
                                    .recover(isFree(home.rebuildLock()));
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
            return work.in(new Session(home, properties, clock, database, tally, stopping));
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
            if (ledger.identity().isEmpty() || leftBehind(history)) {
                return Optional.empty();
            }
            Root root = Root.known(home, properties, ledger);
            VectorState vectors = new VectorState(home, properties, database, clock);
            Optional<Quiet> quiet = Quiet.look(root, ledger, selection)
                    .filter(_ -> !vectors.isAnythingDue(selection));
            if (quiet.isPresent() && selection.isEverything()) {
                Session.touchLastWalk(home, clock);
            }
            List<GateReport> gates = selection.isEverything()
                    ? GateReport.pending(new Gates(database.dataSource(), clock))
                    : List.of();
            return quiet.map(seen -> nothingToDo(seen,
                    vectors.with(Failures.of(ledger, selection), selection), gates,
                    vectors.owed(selection) > 0, started).warning(vectors.warnings()));
        }
    }

    /// Whether a run died and left its books open. A rebuild that is alive is no such run.
    private boolean leftBehind(History history) {
        List<Run> unended = history.unended();
        return !unended.isEmpty()
                && (unended.stream().anyMatch(run -> !run.job().equals(RebuildJob.NAME))
                        || isFree(home.rebuildLock()));
    }

    private RunReport nothingToDo(Quiet quiet, Failures failures, List<GateReport> gates,
            boolean owesVectors, Instant started) {
        return new RunReport(null, ReconcileJob.NAME, Session.outcome(gates, failures, owesVectors),
                new RunReport.Files(quiet.seen(), 0, 0, 0, quiet.seen(), 0, 0, 0),
                new RunReport.Entries(0, 0, 0), RunReport.Embedding.NONE, millisSince(started),
                false, failures.count(), failures.first(), gates,
                failures.warning(quiet.warnings()), null);
    }

    private long millisSince(Instant started) {
        return Duration.between(started, clock.instant()).toMillis();
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
}
