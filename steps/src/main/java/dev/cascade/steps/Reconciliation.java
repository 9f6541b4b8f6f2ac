package dev.cascade.steps;

import java.time.Clock;
import java.util.Optional;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.memory.Selection;

/// What the steps of one reconcile run share.
///
/// @param run the id of the run in the ledger
/// @param selection which files it concerns
/// @param forced whether every file seen is read again, changed or not
/// @param index opened for writing
/// @param tally what was done so far
/// @param vectors empty without an embedder
public record Reconciliation(long run, Root root, CascadeProperties properties,
        Selection selection, boolean forced, Ledger ledger, MemoryIndex index, Tally tally,
        Clock clock, Optional<Vectors> vectors) {

    /// Without an embedder.
    public Reconciliation(long run, Root root, CascadeProperties properties, Selection selection,
            boolean forced, Ledger ledger, MemoryIndex index, Tally tally, Clock clock) {
        this(run, root, properties, selection, forced, ledger, index, tally, clock,
                Optional.empty());
    }
}
