package dev.cascade.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.ItemReadListener;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;

import dev.cascade.steps.index.IndexHeader;
import dev.cascade.steps.ledger.Settlement;
import dev.cascade.steps.ledger.VectorFailure;
import dev.cascade.steps.ledger.VectorLedger.EntryKey;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.EntryVector;
import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.Watermark;

/// Writes portions of files to the index, and makes a chunk of them durable: index before ledger.
///
/// A ledger that says done before the index is durable is the one lie that no restart repairs. A chunk
/// that fails rolls the index back, or the next commit would publish half of it. It is larger than the
/// portions that are read and parsed together, for a commit waits for the disk and memory holds a portion.
public final class OutcomeWriter
        implements
            ItemWriter<Outcome>,
            ItemReadListener<Change>,
            StepExecutionListener {

    /// So many skipped files are recorded at once.
    static final int BATCH = 1000;

    /// So many entries get their vectors with one commit.
    private static final int VECTORS = 5000;

    private static final long NO_GATE = 0;
    private static final Executor GIVING = task -> Thread.ofVirtual().name("giving").start(task);

    private final Reconciliation run;
    private final Trouble trouble;
    private final Account account;
    private final RemovalLimit limit;
    private long chunks;
    private long emptiedGate = NO_GATE;
    private long heldEmptied;
    private long carried;
    private InHand inHand = new InHand();
    private final List<EntryKey> vectored = new ArrayList<>();
    private final List<VectorFailure> refused = new ArrayList<>();
    /// Vectors that the index takes while the next ones are asked for.
    private CompletableFuture<Void> giving = CompletableFuture.completedFuture(null);

    public OutcomeWriter(Reconciliation run, Trouble trouble, Account account,
            RemovalLimit limit) {
        this.run = run;
        this.limit = limit;
        this.trouble = trouble;
        this.account = account;
    }

    @Override
    public void write(Chunk<? extends Outcome> chunk) {
        List<Settlement> settlements = new ArrayList<>(trouble.drain());
        List<Outcome> outcomes = new ArrayList<>(chunk.getItems());
        settlements.addAll(hold(outcomes));
        outcomes.forEach(outcome -> settlement(outcome).ifPresent(settlements::add));
        orNothing(() -> {
            List<Outcome> complete = run.vectors()
                    .map(vectors -> vectors.withKept(run.target(), outcomes))
                    .orElse(outcomes);
            run.index().apply(complete);
            inHand.add(complete, settlements);
            if (inHand.paths().size() >= run.properties().reconcile().chunkSize()) {
                commit();
            }
        });
    }

    /// Makes durable what is in hand.
    private void commit() {
        settle(inHand.settlements(), inHand.touchesIndex() ? commitIndex() : null);
        if (run.target().isLive()) {
            run.vectors().ifPresent(vectors -> vectors.changed(inHand.changed()));
        }
        inHand.count(run.tally());
        inHand.paths().forEach(account::settled);
        inHand = new InHand();
    }

    private Watermark commitIndex() {
        Watermark next = new Watermark(run.run(), chunks + 1);
        run.index().commit(next);
        chunks++;
        return next;
    }

    /// Does `work`; if that fails, the index is as it was after the last commit, and what was in hand stays
    /// owed.
    private void orNothing(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException ex) {
            inHand = new InHand();
            vectored.clear();
            refused.clear();
            run.index().rollback();
            throw ex;
        }
    }

    /// Keeps vectors, for they cost something, and gives them to the index, which takes them while the next ones
    /// are asked for. They are durable there, and what became of them is recorded, once there are many. A run
    /// that is killed before finds them where they are kept.
    void write(List<Embedded> chunk, List<VectorFailure> failed, Vectors vectors) {
        List<EntryVector> given = chunk.stream()
                .flatMap(embedded -> embedded.vectors(vectors).stream())
                .toList();
        vectors.keep(chunk);
        orNothing(() -> {
            awaitGiven();
            giving = CompletableFuture.runAsync(() -> run.index().applyVectors(given), GIVING);
            given.forEach(one -> vectored.add(new EntryKey(one.path(), one.entry().id())));
            refused.addAll(failed);
            if (vectored.size() >= VECTORS) {
                commit(vectors);
            }
        });
    }

    /// @throws RuntimeException why the index could not take them
    private void awaitGiven() {
        try {
            giving.join();
        } catch (CompletionException ex) {
            throw ex.getCause() instanceof RuntimeException cause ? cause : ex;
        } finally {
            giving = CompletableFuture.completedFuture(null);
        }
    }

    private void commit(Vectors vectors) {
        awaitGiven();
        if (!vectored.isEmpty()) {
            settle(List.of(), commitIndex());
        }
        vectors.settle(vectored, refused);
        vectored.clear();
        refused.clear();
    }

    /// Makes durable what is left of the vectors, at the end of their step.
    @Nullable
    ExitStatus end(StepExecution step, Vectors vectors) {
        return ending(step, () -> orNothing(() -> commit(vectors)));
    }

    /// Takes over what the generation that is searched holds of files that the generation in hand lacks. They stay owed.
    ///
    /// @return of how many files anything was there
    long carry(List<Change> files) {
        long before = carried;
        orNothing(() -> {
            carried += run.index()
                    .carry(files,
                            run.target().searchedNow().orElse(null),
                            run.vectors().map(Vectors::space).orElse(null));
            settle(List.of(), commitIndex());
        });
        return carried - before;
    }

    /// Of how many files anything was taken over.
    long carried() {
        return carried;
    }

    /// Takes the files that lost all of their entries out of `outcomes` if they are more than may
    /// vanish: a disk that goes away in the middle of a run truncates files before it loses them.
    private List<Settlement> hold(List<Outcome> outcomes) {
        List<Outcome.Indexed> emptied = outcomes.stream()
                .filter(this::isEmptied)
                .map(Outcome.Indexed.class::cast)
                .toList();
        if (limit.allows(emptied.size())) {
            limit.take(emptied.size());
            return List.of();
        }
        limit.exceed();
        if (emptiedGate == NO_GATE) {
            emptiedGate = run.gates().openForEmptied(run.run(), run.job());
        }
        heldEmptied += emptied.size();
        run.gates()
                .nameEmptied(emptiedGate, emptied.stream().map(Outcome::path).toList(),
                        "%d files lost all of their entries; with what else is gone, more than %d"
                                .formatted(heldEmptied, limit.files()));
        outcomes.removeAll(emptied);
        return emptied.stream()
                .<Settlement>map(
                        file -> new Settlement.Held(file.path(), file.seen(), emptiedGate))
                .toList();
    }

    private boolean isEmptied(Outcome outcome) {
        if (!(outcome instanceof Outcome.Indexed indexed) || indexed.change().approved()) {
            return false;
        }
        boolean holdsNothing = indexed.document().entries().isEmpty()
                || indexed.seen().size() == 0;
        return holdsNothing && run.target().searched().test(indexed.path());
    }

    /// Records what was skipped in chunks of which nothing was left to write, for those are never given
    /// to a writer: a tree in which every file is bad must fit in memory too.
    @Override
    public void beforeRead() {
        if (trouble.queued() >= BATCH) {
            recordSkipped();
        }
    }

    /// Whatever ended the step, what it read is good.
    @Override
    public @Nullable ExitStatus afterStep(StepExecution step) {
        return ending(step, () -> {
            if (!inHand.paths().isEmpty()) {
                orNothing(this::commit);
            }
            recordSkipped();
            if (run.tally().counts().indexed() > 0) {
                run.ledger().countAttempts(run.run());
            }
        });
    }

    /// Does the last work of a step. A failure that a listener throws would only be logged.
    private static @Nullable ExitStatus ending(StepExecution step, Runnable work) {
        try {
            work.run();
            return null;
        } catch (RuntimeException ex) {
            step.addFailureException(ex);
            step.setStatus(BatchStatus.FAILED);
            return ExitStatus.FAILED.addExitDescription(ex);
        }
    }

    private void recordSkipped() {
        List<Settlement> rest = trouble.drain();
        if (!rest.isEmpty()) {
            settle(rest, null);
            rest.forEach(settlement -> account.settled(settlement.path()));
        }
    }

    private void settle(List<Settlement> settlements, @Nullable Watermark committed) {
        run.ledger().settle(run.target().generation(), settlements, committed, run.run());
    }

    private Optional<Settlement> settlement(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Indexed done -> Optional
                    .of(done(done.seen(), done.unsure(), done.document()));
            case Outcome.Untouched same -> Optional
                    .of(done(same.seen(), same.unsure(), same.document()));
            case Outcome.Gone gone -> Optional.of(new Settlement.Removed(gone.path()));
            case Outcome.StillOwed _,Outcome.NotTried _ -> Optional.empty();
        };
    }

    private Settlement done(Fingerprint seen, boolean unsure, MemoryDocument document) {
        Optional<Finding> skipped = document.findings()
                .stream()
                .filter(Finding::entrySkipped)
                .findFirst();
        String schemaId = run.root()
                .kinds()
                .named(document.kind())
                .map(IndexHeader::schemaId)
                .orElseThrow();
        return new Settlement.Done(document.path(), seen, unsure, schemaId,
                document.contentSha256(), document.entries().size(), document.skippedEntries(),
                skipped.map(Finding::line).orElse(0), skipped.map(Finding::what).orElse(null));
    }
}
