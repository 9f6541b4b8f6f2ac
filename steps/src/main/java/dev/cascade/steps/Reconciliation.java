package dev.cascade.steps;

import java.time.Clock;

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
/// @param complaints what the log is told about files in trouble
public record Reconciliation(long run, Root root, CascadeProperties properties,
        Selection selection, boolean forced, Ledger ledger, MemoryIndex index, Tally tally,
        Complaints complaints, Clock clock) {}
