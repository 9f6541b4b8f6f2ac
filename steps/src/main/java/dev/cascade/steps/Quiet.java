package dev.cascade.steps;

import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.memory.Known;
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
        if (!ledger.schemas().equals(root.schemaIds()) || !indexAgrees(root, ledger)) {
            return Optional.empty();
        }
        TreeWalk walk = root.tree().walk(selection);
        UntilOwed known = new UntilOwed(Differences.knownTo(ledger, selection), unsettled);
        Differences differences = new Differences(walk, known, root.schemaIds(), false);
        tally.watch(differences.census());
        while (differences.hasNext()) {
            boolean isLeft = differences.next() instanceof Observation.Differs differs
                    && unsettled.contains(differs.path())
                    && settling.isFresh(differs.sighting().fingerprint());
            if (!isLeft) {
                return Optional.empty();
            }
        }
        return known.met() ? Optional.empty()
                : Optional.of(new Quiet(differences.census().seen(), unsettled.size(),
                        walk.warnings()));
    }

    /// The ledger's side of the merge up to the first file that is owed. There it ends, so that the walk
    /// differs at the next file and nobody reads on.
    private static final class UntilOwed implements Iterator<Known> {

        private final Iterator<Known> all;
        private final Set<MemoryPath> left;
        private @Nullable Known next;
        private boolean met;

        UntilOwed(Iterator<Known> all, Set<MemoryPath> left) {
            this.all = all;
            this.left = left;
        }

        boolean met() {
            return met;
        }

        @Override
        public boolean hasNext() {
            if (next == null && !met && all.hasNext()) {
                Known following = all.next();
                met = following.owed() && !left.contains(following.path());
                next = met ? null : following;
            }
            return next != null;
        }

        @Override
        public Known next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException();
            }
            Known following = next;
            next = null;
            return following;
        }
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
