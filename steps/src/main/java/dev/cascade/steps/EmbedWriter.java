package dev.cascade.steps;

import java.util.List;

import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;

/// Hands vectors to the one place that makes anything durable.
public final class EmbedWriter implements ItemWriter<Embedded> {

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
}
