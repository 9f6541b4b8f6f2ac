package dev.cascade.steps;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Watermark;
import dev.cascade.steps.tree.TreeWalk;

/// A walk that found nothing to do: no file opened, no row written, no job launched.
///
/// @param seen how many files the walk saw
/// @param unsettled how many files are left to a later run because they changed just now
/// @param warnings what the walk found odd
public record Quiet(long seen, long unsettled, List<String> warnings) {

    /// Looks whether a run would have anything to do.
    ///
    /// @param tally hears how the walk gets on
    /// @return empty if it would
    public static Optional<Quiet> look(Root root, CascadeProperties properties, Ledger ledger,
            Selection selection, Tally tally, Clock clock) {
        Settling settling = Settling.of(properties, clock);
        Set<MemoryPath> unsettled = settling.unsettled(ledger, selection);
        if (!ledger.schemas().equals(root.schemaIds()) || !indexAgrees(root, ledger)
                || isAnythingElseOwed(ledger, selection, unsettled)) {
            return Optional.empty();
        }
        TreeWalk walk = root.tree().walk(selection);
        Differences differences = new Differences(walk, Differences.knownTo(ledger, selection),
                root.schemaIds(), false);
        tally.watch(differences.census());
        while (differences.hasNext()) {
            boolean isLeft = differences.next() instanceof Observation.Differs differs
                    && unsettled.contains(differs.path())
                    && settling.isFresh(differs.sighting().fingerprint());
            if (!isLeft) {
                return Optional.empty();
            }
        }
        return Optional.of(
                new Quiet(differences.census().seen(), unsettled.size(), walk.warnings()));
    }

    private static boolean isAnythingElseOwed(Ledger ledger, Selection selection,
            Set<MemoryPath> unsettled) {
        return unsettled.isEmpty() ? ledger.isAnythingOwed(selection)
                : ledger.countOwed(selection) > unsettled.size();
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
