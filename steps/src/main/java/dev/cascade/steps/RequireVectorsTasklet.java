package dev.cascade.steps;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.steps.index.IndexView;

/// Ends a rebuild for now if the new generation lacks vectors that the live one has: budget and
/// embedder permitting, a later rebuild goes on where this one was.
///
/// After a change of the model no vector of the live generation counts, so all must be there.
public final class RequireVectorsTasklet implements Tasklet {

    private final Reconciliation run;
    private final Vectors vectors;
    private final boolean acceptFailures;

    /// @param acceptFailures whether the new generation may lack vectors
    public RequireVectorsTasklet(Reconciliation run, Vectors vectors, boolean acceptFailures) {
        this.run = run;
        this.vectors = vectors;
        this.acceptFailures = acceptFailures;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        long missing;
        try (IndexView built = IndexView.open(run.root().home().index(run.target().generation()))) {
            missing = vectors.missing(built);
        }
        if (missing > allowed(run.target().searchedNow().orElse(null))) {
            run.tally()
                    .insist("%d vectors of %s are still owed to generation %d; it is searched once it has them"
                            .formatted(missing, run.properties().embedding().shownModel(),
                                    run.target().generation()));
            if (!acceptFailures) {
                context.getStepContext().getStepExecution().setTerminateOnly();
            }
        }
        return RepeatStatus.FINISHED;
    }

    private long allowed(@Nullable IndexView live) {
        return live == null ? Long.MAX_VALUE
                : live.vectorsBeside(vectors.space()).isEmpty() ? vectors.missing(live) : 0;
    }
}
