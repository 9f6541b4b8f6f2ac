package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.Complaints;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.Root;
import dev.cascade.steps.Tally;
import dev.cascade.steps.Target;
import dev.cascade.steps.Tending;
import dev.cascade.steps.Vectors;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Maintenance;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.SoundState;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.Upkeep;
import dev.cascade.steps.ledger.VectorCache;
import dev.cascade.steps.ledger.VectorLedger;
import dev.cascade.steps.memory.Selection;

/// One process's work on the open state of a root: it launches a job and tells how it went.
final class Session {

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private static final String STUCK = "What is owed is taken up by the next run. If that gets no further, see to the disk, or to the embedder.";

    private final Home home;
    private final CascadeProperties properties;
    private final Clock clock;
    private final Tally tally;
    private final AtomicBoolean stopping;
    private final ObservationRegistry observations;
    private final StateDatabase database;
    private final Root root;
    private final Ledger ledger;
    private final Gates gates;
    private final Generations generations;
    private final History history;
    private final RunControl control;
    private final Batch batch;
    private final VectorState vectors;

    Session(Home home, CascadeProperties properties, Clock clock, StateDatabase database,
            Tally tally, AtomicBoolean stopping, ObservationRegistry observations) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
        this.tally = tally;
        this.stopping = stopping;
        this.observations = observations;
        this.database = database;
        this.ledger = new Ledger(database.dataSource(), clock);
        this.root = ledger.identity().isPresent() ? Root.known(home, properties, ledger)
                : Root.adopt(home, properties, ledger);
        this.gates = new Gates(database.dataSource(), clock);
        this.generations = new Generations(database.dataSource(), clock);
        this.history = new History(database.dataSource(), clock);
        this.control = new RunControl(database.dataSource(), clock);
        this.batch = new Batch(database.relaxed());
        this.vectors = new VectorState(home, properties, database, clock);
    }

    Root root() {
        return root;
    }

    Ledger ledger() {
        return ledger;
    }

    Generations generations() {
        return generations;
    }

    History history() {
        return history;
    }

    Batch batch() {
        return batch;
    }

    VectorState vectors() {
        return vectors;
    }

    /// How the live generation was made otherwise than one would be now.
    Optional<Drift> drift() {
        return Drift.of(home, properties, database, clock);
    }

    Maintenance maintenance() {
        return new Maintenance(database.dataSource(), clock);
    }

    /// Keeping house in this root.
    ///
    /// @param isDead whether nobody runs a job of that name
    Tending tending(Tending.Merging merging, Predicate<String> isDead) {
        return new Tending(home, properties, new Tending.Books(ledger, gates, history, generations,
                new VectorCache(database.dataSource(), clock, "", 0),
                new VectorLedger(database.dataSource(), clock), new Upkeep(database.dataSource()),
                maintenance()), merging,
                () -> !(isDead.test(RebuildJob.NAME) && isDead.test(VerifyJob.NAME)
                        && isDead.test(BackupJob.NAME)),
                tally, clock);
    }

    /// Closes the books of dead runs.
    ///
    /// @param isDead whether nobody runs a job of that name
    /// @return one sentence for each
    List<String> recover(Predicate<String> isDead) {
        return new Recovery(batch, history, ledger).recover(isDead);
    }

    /// An execution that can be continued.
    ///
    /// @throws ConfigurationProblem if there is none of that id, or if it is complete
    JobExecution restartable(long executionId) {
        JobExecution execution = batch.required(executionId);
        if (execution.getStatus() == BatchStatus.COMPLETED) {
            throw new ConfigurationProblem(
                    "execution %d is complete; there is nothing to continue".formatted(executionId),
                    "`cascade sync` starts a new run.");
        }
        return execution;
    }

    JobExecution restart(Job job, JobExecution execution) throws Exception {
        batch.register(job);
        return batch.operator().restart(execution);
    }

    /// What the steps of run `run` share.
    Reconciliation reconciliation(long run, ReconcileRequest request, Target target,
            Complaints complaints, Optional<Vectors> embedding) {
        return new Reconciliation(run, root,
                request.scheduled() ? properties : properties.withoutSettling(),
                request.selection(), request.forced(),
                request.overBudget(), ledger, gates, target, tally, complaints, clock, embedding);
    }

    /// How an execution of a job is begun.
    interface Launch {
        JobExecution of(Job job) throws Exception;
    }

    /// Launches a job and waits for its end.
    ///
    /// @param work makes the job from the steps that it is made of
    RunReport launch(String name, Reconciliation run, Instant started, Function<Steps, Job> work,
            Launch launch) {
        Selection selection = run.selection();
        vectors.begin();
        ThreadPoolTaskExecutor workers = workers();
        try {
            Job job = work.apply(steps(run, workers));
            log.info("{} {} of {} starts", name, run.run(), home.root());
            JobExecution execution = launch.of(job);
            history.bind(run.run(), execution.getId());
            if (walkWasWhole(execution) && selection.isEverything()) {
                touchLastWalk(home, clock);
            }
            if (control.current().holdsUp()) {
                tally.warn("scheduled runs are held up: " + control.current().told());
            }
            RunReport report = report(name, run.run(), execution, selection, started,
                    run.complaints());
            history.end(run.run(), report.outcome().name().toLowerCase(Locale.ROOT),
                    ReportJson.write(report.brief()));
            log.info("{} {} of {} ended: {}", name, run.run(), home.root(), report.outcome());
            SoundState.requireSound(execution.getAllFailureExceptions());
            return selection.isEverything()
                    ? report.warning(new Stall(history, control).ended(run.run(), report))
                    : report;
        } catch (RuntimeException ex) {
            throw ex;
        } catch (Exception ex) {
            throw new IllegalStateException("the job could not be launched", ex);
        } finally {
            workers.shutdown();
        }
    }

    private Steps steps(Reconciliation run, AsyncTaskExecutor workers) {
        return new Steps(run, JobParts.of(batch.repository(), tally, stopping, observations),
                workers);
    }

    private RunReport report(String name, long run, JobExecution execution, Selection selection,
            Instant started, Complaints complaints) {
        Tally.Counts counts = tally.counts();
        Failures failures = vectors.with(Failures.of(ledger, selection), selection);
        complaints.untold().forEach(tally::insist);
        Optional<Problem> problem = execution.getAllFailureExceptions()
                .stream()
                .filter(fault -> !(fault instanceof JobInterruptedException))
                .findFirst()
                .map(Problems::of)
                .or(() -> tally.givenUp()
                        .filter(_ -> execution.getStatus() == BatchStatus.STOPPED)
                        .map(reason -> new Problem(reason, STUCK, RunReport.Fault.INTERNAL)));
        long owed = ledger.countOwed(selection, tally.lowestOwed());
        if (name.equals(ReconcileJob.NAME) && selection.isEverything()) {
            ledger.settled(tally.lowestOwed());
        }
        boolean isAnyVectorDue = vectors.isAnythingDue(selection);
        boolean more = owed > 0 || isAnyVectorDue;
        boolean owes = owed > tally.unsettled() || isAnyVectorDue
                || vectors.owed(selection) > 0;
        List<GateReport> waiting = GateReport.pending(gates)
                .stream()
                .filter(gate -> selection.isEverything() || opened(gate.id(), run))
                .toList();
        return new RunReport(execution.getId(), name,
                outcome(execution, failures, waiting, problem, owes), RunReport.files(counts),
                RunReport.entries(counts), RunReport.embedding(tally.vectors()),
                Duration.between(started, clock.instant()).toMillis(), more, failures.count(),
                failures.first(), waiting, failures.warning(tally.warnings()),
                problem.orElse(null));
    }

    private boolean opened(long gate, long run) {
        return gates.find(gate).map(found -> found.run() == run).orElse(false);
    }

    private static Outcome outcome(JobExecution execution, Failures failures,
            List<GateReport> waiting, Optional<Problem> problem, boolean more) {
        return switch (execution.getStatus()) {
            case COMPLETED -> outcome(waiting, failures, more);
            case STOPPED, STOPPING -> Outcome.STOPPED;
            default -> problem.map(Problem::fault)
                    .filter(fault -> fault == RunReport.Fault.GUARD)
                    .map(_ -> Outcome.GUARDED)
                    .orElse(Outcome.FAILED);
        };
    }

    /// How a run ended that came to its end.
    static Outcome outcome(List<GateReport> gates, Failures failures, boolean more) {
        return !gates.isEmpty() ? Outcome.GUARDED
                : failures.isEmpty() && !more ? Outcome.COMPLETED
                        : Outcome.COMPLETED_WITH_FAILURES;
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

    /// Says that a walk was read to its end just now.
    static void touchLastWalk(Home home, Clock clock) {
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
