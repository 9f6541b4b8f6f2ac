package dev.cascade.steps;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.History;

/// Keeps house: old history, tombstones, unused vectors and the folders of generations that are no more
/// go, and deletes are merged out of the index when there are many.
public final class TendTasklet implements Tasklet {

    private static final double DELETED_SHARE = 0.2;
    private static final Duration MERGE_DEADLINE = Duration.ofMinutes(3);

    private final Reconciliation run;
    private final History history;
    private final Generations generations;

    public TendTasklet(Reconciliation run, History history, Generations generations) {
        this.run = run;
        this.history = history;
        this.generations = generations;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context)
            throws IOException {
        CascadeProperties.History kept = run.properties().history();
        Instant now = run.clock().instant();
        int executions = history.purge(now.minus(kept.keep()));
        run.gates().purge(now.minus(kept.keep()));
        int tombstones = run.ledger().pruneTombstones(now.minus(kept.tombstones()));
        run.vectors().ifPresent(vectors -> {
            vectors.cache().evict(run.properties().embedding().cacheSize().toBytes());
            vectors.ledger().prune();
        });
        new GenerationFolders(run.root().home()).sweep(generations.numbers());
        run.index().mergeDeletes(DELETED_SHARE, MERGE_DEADLINE);
        contribution.incrementWriteCount((long) executions + tombstones);
        return RepeatStatus.FINISHED;
    }
}
