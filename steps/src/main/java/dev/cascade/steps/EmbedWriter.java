package dev.cascade.steps;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;

/// Hands vectors to the one place that makes anything durable.
public final class EmbedWriter implements ItemWriter<Embedded>, StepExecutionListener {

    private final Reconciliation run;
    private final Vectors vectors;
    private final Asking asking;
    private final OutcomeWriter outcomes;

    public EmbedWriter(Reconciliation run, Vectors vectors, Asking asking,
            OutcomeWriter outcomes) {
        this.run = run;
        this.vectors = vectors;
        this.asking = asking;
        this.outcomes = outcomes;
    }

    @Override
    public void write(Chunk<? extends Embedded> chunk) {
        List<Embedded> items = List.copyOf(chunk.getItems());
        outcomes.write(items, asking.refused(items), vectors);
        for (Embedded item : items) {
            run.tally()
                    .addVectors(item.batch().isKept() ? 0 : item.vectors().size(),
                            item.batch().isKept() ? item.vectors().size() : 0);
        }
    }

    @Override
    public @Nullable ExitStatus afterStep(StepExecution step) {
        return outcomes.end(step, vectors);
    }
}
