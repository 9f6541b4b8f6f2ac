package dev.cascade.steps;

import java.util.List;
import java.util.Optional;

import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Watermark;
import dev.cascade.steps.tree.TreeWalk;

/// A walk that found nothing to do: no file opened, no row written, no job launched.
///
/// @param seen how many files the walk saw
/// @param warnings what the walk found odd
public record Quiet(long seen, List<String> warnings) {

    /// Looks whether a run would have anything to do.
    ///
    /// @return empty if it would
    public static Optional<Quiet> look(Root root, Ledger ledger, Selection selection) {
        if (!ledger.schemas().equals(root.schemaIds()) || !indexAgrees(root, ledger)
                || ledger.isAnythingOwed(selection)) {
            return Optional.empty();
        }
        TreeWalk walk = root.tree().walk(selection);
        Differences differences = new Differences(walk, Differences.knownTo(ledger, selection),
                root.schemaIds(), false);
        return differences.hasNext() ? Optional.empty()
                : Optional.of(new Quiet(differences.census().seen(), walk.warnings()));
    }

    private static boolean indexAgrees(Root root, Ledger ledger) {
        Standing standing = ledger.standing();
        try {
            CommitData commit = CommitData.read(root.home().index(standing.generation()));
            return standing.agreesWith(commit.watermark().orElse(Watermark.NONE));
        } catch (IndexProblem ex) {
            // Whatever is wrong with it, the run that opens it for writing says so, or mends it.
            return false;
        }
    }
}
