package dev.cascade.steps;

import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;

import dev.cascade.steps.memory.Observation;

/// Records differences in the ledger.
public final class ObserveWriter implements ItemWriter<Observation> {

    private final Reconciliation run;

    public ObserveWriter(Reconciliation run) {
        this.run = run;
    }

    @Override
    public void write(Chunk<? extends Observation> chunk) {
        run.ledger().observe(chunk.getItems(), run.run());
    }
}
