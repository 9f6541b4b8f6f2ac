package dev.cascade.steps;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/// Keeps house at the end of a run: the tasks whose time has come.
public final class TendTasklet implements Tasklet {

    private final Tending tending;

    public TendTasklet(Tending tending) {
        this.tending = tending;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        tending.attemptDue();
        return RepeatStatus.FINISHED;
    }
}
