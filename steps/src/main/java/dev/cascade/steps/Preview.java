package dev.cascade.steps;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.tree.TreeWalk;

/// The differences that a run would observe, without observing them.
///
/// @param seen how many files the walk saw; to be asked at the end
/// @param warnings what the walk found odd; to be asked at the end
public record Preview(Iterator<Observation> differences, LongSupplier seen,
        Supplier<List<String>> warnings) {

    /// Against what the ledger remembers.
    public static Preview of(Root root, Ledger ledger, Selection selection, boolean forced) {
        TreeWalk walk = root.tree().walk(selection);
        Differences differences = new Differences(walk, Differences.knownTo(ledger, selection),
                root.schemaIds(), forced);
        return new Preview(differences, () -> differences.census().seen(), walk::warnings);
    }

    /// Of a root that has no state yet.
    public static Preview ofUnknown(Home home, CascadeProperties properties, Selection selection) {
        Root root = Root.unadopted(home, properties);
        TreeWalk walk = root.tree().walk(selection);
        Differences differences = new Differences(walk, Collections.emptyIterator(),
                root.schemaIds(), false);
        return new Preview(differences, () -> differences.census().seen(), walk::warnings);
    }
}
