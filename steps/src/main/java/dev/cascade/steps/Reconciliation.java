package dev.cascade.steps;

import java.time.Clock;
import java.util.Optional;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.memory.Selection;

/// What the steps of one run share, whether it reconciles the live generation or builds the next one.
///
/// @param run the id of the run in the ledger
/// @param selection which files it concerns
/// @param forced whether every file seen is read again, changed or not
/// @param overBudget whether it goes on when its budget is used up
/// @param gates the removals, proposed and held
/// @param target the generation that it writes
/// @param tally what was done so far
/// @param complaints what the log is told about files in trouble
/// @param vectors empty without an embedder
public record Reconciliation(long run, Root root, CascadeProperties properties,
        Selection selection, boolean forced, boolean overBudget, Ledger ledger, Gates gates,
        Target target, Tally tally, Complaints complaints, Clock clock,
        Optional<Vectors> vectors) {

    /// Without an embedder.
    public Reconciliation(long run, Root root, CascadeProperties properties, Selection selection,
            boolean forced, boolean overBudget, Ledger ledger, Gates gates, Target target,
            Tally tally, Complaints complaints, Clock clock) {
        this(run, root, properties, selection, forced, overBudget, ledger, gates, target, tally,
                complaints, clock, Optional.empty());
    }

    /// Opened for writing.
    public MemoryIndex index() {
        return target.index();
    }

    /// The name of the job, as gates and history tell it.
    String job() {
        return target.isLive() ? "reconcile" : "rebuild";
    }
}
