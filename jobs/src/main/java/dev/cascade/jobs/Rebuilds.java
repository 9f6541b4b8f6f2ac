package dev.cascade.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.job.JobExecution;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.steps.Complaints;
import dev.cascade.steps.GenerationFolders;
import dev.cascade.steps.LiveView;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.Target;
import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.index.IndexSchema;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.index.MissingIndex;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Watermark;
import dev.cascade.steps.tree.Reason;

/// Builds generations of the index, and returns to earlier ones.
///
/// A rebuild holds the root's lock while it looks at the tree and when it publishes. While it fills the
/// next generation, which it alone writes, it holds only a lock of its own.
final class Rebuilds {

    private static final Logger log = LoggerFactory.getLogger(Rebuilds.class);

    private final Home home;
    private final Clock clock;
    private final RootAccess access;
    private final Complaints complaints;

    Rebuilds(Home home, Clock clock, RootAccess access, Complaints complaints) {
        this.home = home;
        this.clock = clock;
        this.access = access;
        this.complaints = complaints;
    }

    /// Builds the next generation of the index beside the live one, and makes it the live one. One that
    /// an earlier rebuild left unfinished is taken up.
    ///
    /// @param patience how long to wait for another run, or another rebuild, to let go of the root
    RunReport rebuild(RebuildRequest request, Duration patience) throws Held {
        access.prepareHome();
        Instant started = clock.instant();
        return rebuilding(patience, (session, turn) -> {
            long run = session.history().begin(RebuildJob.NAME);
            return build(session, turn, run, request, started, job -> session.batch()
                    .operator()
                    .start(job, request.parameters(run)));
        });
    }

    /// Continues a rebuild that failed or was stopped.
    RunReport restart(long executionId, Duration patience) throws Held {
        Instant started = clock.instant();
        return rebuilding(patience, (session, turn) -> {
            JobExecution execution = session.restartable(executionId);
            return build(session, turn, session.history().begin(RebuildJob.NAME),
                    RebuildRequest.of(execution.getJobParameters()), started,
                    job -> session.restart(job, execution));
        });
    }

    private interface Rebuilding {
        RunReport in(Session session, Turn turn);
    }

    private RunReport rebuilding(Duration patience, Rebuilding work) throws Held {
        try (RunLock _ = access.lockOf(RebuildJob.NAME, patience);
                Turn turn = access.turn(patience)) {
            return access.sound(() -> access.writing(session -> {
                session.recover(job -> job.equals(RebuildJob.NAME) || access.isDead(job))
                        .forEach(access.tally()::warn);
                return work.in(session, turn);
            }));
        }
    }

    private RunReport build(Session session, Turn turn, long run, RebuildRequest request,
            Instant started, Session.Launch launch) {
        session.drift()
                .ifPresent(drift -> access.tally()
                        .warn(drift.told() + "; so a new generation is built"));
        Generations generations = session.generations();
        long generation = generation(session);
        try (LiveView live = new LiveView(
                home.index(session.ledger().standing().generation()), access.tally());
                MemoryIndex index = access.open(session, generation)) {
            Reconciliation reconciliation = session.reconciliation(run,
                    ReconcileRequest.everything(), Target.building(generation, index, live),
                    complaints, session.vectors().vectors());
            return session.launch(RebuildJob.NAME, reconciliation, started,
                    steps -> new RebuildJob(reconciliation, generations, steps, turn, live,
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
            if (isSound(unfinished.get(), session.root().kinds())) {
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

    private boolean isSound(Standing unfinished, Kinds kinds) {
        try {
            CommitData last = CommitData.read(home.index(unfinished.generation()));
            return unfinished.agreesWith(last.watermark().orElse(Watermark.NONE))
                    && IndexSchema.of(kinds).from(last.header().schema()).isOfKindsAlone();
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
    long rollback(Duration patience) throws Held {
        access.requireInitialised();
        try (RunLock _ = access.lockOf(RebuildJob.NAME, patience);
                RunLock _ = access.lock(patience);
                StateDatabase database = access.openForWriting()) {
            Generations generations = new Generations(database.dataSource(), clock);
            Standing earlier = generations.kept()
                    .stream()
                    .findFirst()
                    .orElseThrow(() -> new ConfigurationProblem("no earlier generation is kept",
                            "cascade.index.keep-generations says how many are; `cascade rebuild` builds a new one."));
            try (IndexView view = IndexView.open(home.index(earlier.generation()))) {
                new Ledger(database.dataSource(), clock).rememberIndexed(view.kinds());
            }
            generations.publish(earlier.generation());
            return earlier.generation();
        }
    }
}
