package dev.cascade.steps;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.steps.index.IndexSchema;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.SchemaDifference;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.memory.Watermark;

/// Looks whether ledger and index speak of the same commit, before anything is built on them.
///
/// The lock is held, the root is known and the database is migrated when this step begins: without
/// them there would be no execution to record it in.
public final class PreflightTasklet implements Tasklet {

    private static final Logger log = LoggerFactory.getLogger(PreflightTasklet.class);

    private final Reconciliation run;

    public PreflightTasklet(Reconciliation run) {
        this.run = run;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        Ledger ledger = run.ledger();
        tellOfKinds(ledger.recordSchemas(run.root().schemaIds()));
        Standing standing = ledger.standing();
        Watermark seen = run.index().watermark().orElse(Watermark.NONE);
        if (!standing.agreesWith(seen)) {
            forget(ledger, standing, seen);
        }
        ledger.openRun(run.run(), seen);
        return RepeatStatus.FINISHED;
    }

    private void tellOfKinds(List<String> changed) {
        if (changed.isEmpty()) {
            return;
        }
        SchemaDifference fields = IndexSchema.of(run.root().kinds())
                .from(run.index().header().schema());
        run.tally()
                .warn("kinds that were changed, added or taken away: %s; their files alone are read again%s"
                        .formatted(String.join(", ", SchemaDifference.named(changed)),
                                fields.isOfKindsAlone() && !fields.isNone()
                                        ? " (missing=%s, extra=%s)".formatted(
                                                SchemaDifference.named(fields.missing()),
                                                SchemaDifference.named(fields.extra()))
                                        : ""));
    }

    /// A restored database, an older index put back, an index deleted: nothing that the ledger
    /// believes of this generation can be trusted, and the index may hold files that it never heard of.
    private void forget(Ledger ledger, Standing standing, Watermark seen) {
        String sentence = ("the index stands at run %d, commit %d and the ledger at run %d, commit %d; "
                + "every file is compared again").formatted(seen.run(), seen.chunk(),
                        standing.settled().run(), standing.settled().chunk());
        log.warn(sentence);
        run.tally().warn(sentence);
        try (IndexView view = IndexView.open(run.root().home().index(standing.generation()))) {
            ledger.forgetEverything(view.kinds());
        }
    }
}
