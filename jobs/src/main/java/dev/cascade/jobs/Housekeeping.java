package dev.cascade.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.Comparison;
import dev.cascade.steps.Findings;
import dev.cascade.steps.Root;
import dev.cascade.steps.Tally;
import dev.cascade.steps.Tending;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.index.MissingIndex;
import dev.cascade.steps.ledger.Backups;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Maintenance;
import dev.cascade.steps.ledger.Maintenance.Status;
import dev.cascade.steps.ledger.RootIdentity;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.Upkeep;

/// The jobs that keep a root sound and index nothing: tend, verify and backup.
///
/// Keeping house holds the root's lock. Comparing and copying go on beside a run, each under a lock of
/// its own.
final class Housekeeping {

    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    private final Home home;
    private final CascadeProperties properties;
    private final Clock clock;
    private final RootAccess access;

    Housekeeping(Home home, CascadeProperties properties, Clock clock, RootAccess access) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
        this.access = access;
    }

    RunReport run(Chore chore, Duration patience) throws Held {
        return switch (chore) {
            case TEND -> tend(patience);
            case VERIFY -> verify(new VerifyRequest(true, false), patience).run();
            case BACKUP -> backup(null, patience).run();
        };
    }

    /// What [#run] does, for a schedule: not while a person paused it, and not in quiet hours. What was
    /// skipped is recorded with the reason. That other jobs wait for a person holds up none of these.
    RunReport runScheduled(Chore chore) throws Held {
        Root.requireReadable(home.root());
        access.requireInitialised();
        Optional<String> inTheWay = StateDatabase.look(home.database(), clock,
                database -> {
                    RunControl.Control control = new RunControl(database.dataSource(), clock)
                            .current();
                    return FirstLook.inTheWay(
                            control.state() == RunControl.State.PAUSED ? control
                                    : RunControl.Control.ACTIVE,
                            properties, clock.instant());
                })
                .flatMap(Function.identity());
        if (inTheWay.isPresent()) {
            note(chore, inTheWay.get());
            return RunReport.skipped(chore.job(), inTheWay.get());
        }
        try {
            return run(chore, Duration.ZERO);
        } catch (Held held) {
            note(chore, String.valueOf(held.getMessage()));
            throw held;
        }
    }

    private void note(Chore chore, String reason) {
        try (StateDatabase database = StateDatabase.openBesideARun(home.database())) {
            new History(database.dataSource(), clock).skip(chore.job(), reason);
        }
    }

    // Tend

    private RunReport tend(Duration patience) throws Held {
        access.requireInitialised();
        Instant started = clock.instant();
        try (RunLock _ = access.lock(patience)) {
            return access.sound(() -> access.writing(session -> {
                session.recover(access::isDead).forEach(access.tally()::warn);
                Tending tending = session.tending(
                        (share, deadline) -> merge(session, share, deadline),
                        access::isDead);
                return new Launch(session.batch(), session.history(),
                        session.maintenance(), started)
                        .of(TendJob.NAME, run -> parameters(run),
                                parts -> new TendJob(tending, parts).job(), () -> Ended.DONE);
            }));
        }
    }

    /// Opened for writing only if it pays: to open what is not there would make an empty index.
    private boolean merge(Session session, double share, Duration deadline) {
        long generation = session.ledger().standing().generation();
        try (IndexView view = IndexView.open(home.index(generation))) {
            if (view.deletedShare() < share) {
                return false;
            }
        } catch (MissingIndex ex) {
            log.debug("nothing is merged: {}", ex.getMessage());
            return false; // the next run makes it anew
        }
        try (MemoryIndex index = access.open(session, generation)) {
            return index.mergeDeletes(share, deadline);
        }
    }

    // Verify

    Jobs.Verified verify(VerifyRequest request, Duration patience) throws Held {
        access.requireInitialised();
        Instant started = clock.instant();
        try (RunLock _ = access.lockOf(VerifyJob.NAME, patience)) {
            if (!request.repair()) {
                return access.besideARun(
                        (database, tally) -> verify(request, database, tally, started));
            }
            try (RunLock _ = access.lock(patience)) {
                return access.besideARun(
                        (database, tally) -> verify(request, database, tally, started));
            }
        }
    }

    private Jobs.Verified verify(VerifyRequest request, StateDatabase database, Tally tally,
            Instant started) {
        Ledger ledger = new Ledger(database.dataSource(), clock);
        Comparison comparison = new Comparison(Root.known(home, properties, ledger), properties,
                ledger, request.deep(), tally, clock);
        Findings findings = comparison.findings();
        RunReport run = launch(database, started).of(VerifyJob.NAME, request::parameters,
                parts -> new VerifyJob(comparison, request, new Upkeep(database.dataSource()),
                        parts).job(),
                () -> ended(findings));
        return new Jobs.Verified(run, VerifyReport.of(findings, run));
    }

    private static Ended ended(Findings findings) {
        List<RunReport.Trouble> troubles = VerifyReport.troubles(findings);
        long failing = findings.differing() + findings.damage().size();
        boolean seenTo = findings.repaired() >= findings.surprising();
        boolean sound = seenTo && findings.damage().isEmpty() && findings.checked() > 0;
        return new Ended(sound, findings.told(), findings.checked(), failing, troubles,
                findings.unsure());
    }

    // Backup

    /// @param chosen where the copy is put; null for where the settings say
    Jobs.BackedUp backup(@Nullable Path chosen, Duration patience) throws Held {
        access.requireInitialised();
        Instant started = clock.instant();
        Path folder = folder(chosen);
        Backups backups = new Backups(folder);
        try (RunLock _ = access.lockOf(BackupJob.NAME, patience)) {
            return access.besideARun((database, _) -> {
                RootIdentity root = new Ledger(database.dataSource(), clock).identity()
                        .orElseThrow(() -> new ConfigurationProblem(
                                "%s does not say which root it belongs to".formatted(
                                        home.database()),
                                "Run `cascade sync` first."));
                Path copy = backups.next(root, clock);
                RunReport run = launch(database, started).of(BackupJob.NAME,
                        Housekeeping::parameters,
                        parts -> new BackupJob(backups, home.database(), root, copy,
                                properties.backup().keep(), parts).job(),
                        () -> new Ended(true, copy.toString(), 0, 0, List.of(), List.of()));
                return new Jobs.BackedUp(run, report(backups, root, copy));
            });
        }
    }

    private static BackupReport report(Backups backups, RootIdentity root, Path copy) {
        try {
            return new BackupReport(copy, Files.exists(copy) ? Files.size(copy) : null,
                    backups.of(root));
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "%s cannot be looked at: %s".formatted(copy, ex), ex);
        }
    }

    /// Never in the tree: nothing is written there.
    private Path folder(@Nullable Path chosen) {
        String said = properties.backup().folder();
        Path folder = (chosen != null ? chosen : said.isEmpty() ? home.backups() : Path.of(said))
                .toAbsolutePath()
                .normalize();
        if (folder.startsWith(home.root()) && !folder.startsWith(home.state())) {
            throw new ConfigurationProblem(
                    "%s lies in the root, where nothing is written".formatted(folder),
                    "Name a folder elsewhere, best on another disk.");
        }
        return folder;
    }

    // Launching

    private Launch launch(StateDatabase database, Instant started) {
        return new Launch(new Batch(database.relaxed()),
                new History(database.dataSource(), clock),
                new Maintenance(database.dataSource(), clock), started);
    }

    private static JobParameters parameters(long run) {
        return new JobParametersBuilder().addLong("run", run).toJobParameters();
    }

    /// How a job ended that came to its end.
    ///
    /// @param sound whether it found all as it should be
    private record Ended(boolean sound, @Nullable String note, long seen, long failing,
            List<RunReport.Trouble> troubles, List<String> warnings) {
        static final Ended DONE = new Ended(true, null, 0, 0, List.of(), List.of());
    }

    private interface Found {
        Ended now();
    }

    private final class Launch {

        private final Batch batch;
        private final History history;
        private final Maintenance maintenance;
        private final Instant started;

        Launch(Batch batch, History history, Maintenance maintenance, Instant started) {
            this.batch = batch;
            this.history = history;
            this.maintenance = maintenance;
            this.started = started;
        }

        /// Launches a job and waits for its end.
        ///
        /// @param found asked once it came to its end
        RunReport of(String name, Function<Long, JobParameters> parameters,
                Function<JobParts, Job> work, Found found) {
            long run = history.begin(name);
            log.info("{} {} of {} starts", name, run, home.root());
            try {
                JobExecution execution = batch.operator()
                        .start(work.apply(access.parts(batch.repository())),
                                parameters.apply(run));
                history.bind(run, execution.getId());
                RunReport report = report(name, execution, found);
                history.end(run, report.outcome().name().toLowerCase(Locale.ROOT),
                        ReportJson.write(report.brief()));
                log.info("{} {} of {} ended: {}", name, run, home.root(), report.outcome());
                return report;
            } catch (RuntimeException ex) {
                throw ex;
            } catch (Exception ex) {
                throw new IllegalStateException("the job could not be launched", ex);
            }
        }

        private RunReport report(String name, JobExecution execution, Found found) {
            Problem problem = execution.getAllFailureExceptions()
                    .stream()
                    .filter(fault -> !(fault instanceof JobInterruptedException))
                    .findFirst()
                    .map(Problems::of)
                    .orElse(null);
            boolean stopped = execution.getStatus() == BatchStatus.STOPPED;
            boolean cameToItsEnd = execution.getStatus() == BatchStatus.COMPLETED;
            Ended ended = cameToItsEnd ? found.now() : Ended.DONE;
            Status status = stopped ? Status.BUSY
                    : cameToItsEnd && ended.sound() ? Status.DONE : Status.FAILED;
            maintenance.record(name, status, problem != null ? problem.message()
                    : stopped ? "stopped before its end" : ended.note());
            Outcome outcome = stopped ? Outcome.STOPPED
                    : !cameToItsEnd ? Outcome.FAILED
                            : ended.failing() > 0 ? Outcome.COMPLETED_WITH_FAILURES
                                    : Outcome.COMPLETED;
            return RunReport.chore(execution.getId(), name, outcome, ended.seen(), ended.failing(),
                    ended.troubles(), Duration.between(started, clock.instant()).toMillis(),
                    access.tally().warnings(), problem).warning(ended.warnings());
        }
    }
}
