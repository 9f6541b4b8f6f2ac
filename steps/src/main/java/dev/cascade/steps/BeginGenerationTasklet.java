package dev.cascade.steps;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.memory.Watermark;

/// Says how each kind is indexed now, and that this run may commit to the generation that is built.
public final class BeginGenerationTasklet implements Tasklet {

    private final Reconciliation run;
    private final Generations generations;

    public BeginGenerationTasklet(Reconciliation run, Generations generations) {
        this.run = run;
        this.generations = generations;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        run.ledger().recordSchemas(run.root().schemaIds());
        generations.openRun(run.target().generation(), run.run(),
                run.index().watermark().orElse(Watermark.NONE));
        return RepeatStatus.FINISHED;
    }
}
