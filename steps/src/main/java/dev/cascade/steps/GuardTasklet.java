package dev.cascade.steps;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/// Decides which proposed removals may become wanted. It is reached only after a walk that was read
/// to its end.
public final class GuardTasklet implements Tasklet {

    private final Reconciliation run;

    public GuardTasklet(Reconciliation run) {
        this.run = run;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        long proposed = run.ledger().proposedRemovals(run.run());
        if (run.selection().isEverything() && run.tally().seen() == 0 && proposed > 0) {
            throw new GuardStop(
                    "the root %s holds no Markdown any more, but %d files are indexed".formatted(
                            run.root().home().root(), proposed),
                    "If a disk is missing, mount it and run again; if the files were really deleted, remove %s."
                            .formatted(run.root().home().state()));
        }
        run.ledger().passRemovals(run.run());
        contribution.incrementReadCount();
        contribution.incrementWriteCount(proposed);
        return RepeatStatus.FINISHED;
    }
}
