package dev.cascade.steps;

import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.memory.Known;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Observation.Reason;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Sighting;

/// The differences between a walk and the ledger: a merge of two streams in path order.
///
/// Memory does not grow with the tree. The merge throws when a stream does not ascend, for then files
/// would be taken for missing that are not.
final class Differences implements Iterator<Observation> {

    private final Iterator<Sighting> walk;
    private final Iterator<Known> ledger;
    private final Map<String, String> schemaIds;
    private final boolean forced;
    private final Census census = new Census();

    private @Nullable Sighting seen;
    private @Nullable Known known;
    private @Nullable Observation next;

    /// @param schemaIds how files of each kind are indexed now
    /// @param forced whether every file seen is to be read again, changed or not
    Differences(Iterator<Sighting> walk, Iterator<Known> ledger, Map<String, String> schemaIds,
            boolean forced) {
        this.walk = walk;
        this.ledger = ledger;
        this.schemaIds = schemaIds;
        this.forced = forced;
        this.seen = nextSighting(null);
        this.known = nextKnown(null);
    }

    /// The ledger's side of the merge, read page by page.
    static Iterator<Known> knownTo(Ledger ledger, Selection selection) {
        return new Pages<>(after -> ledger.knownAfter(after, selection), Known::path);
    }

    @Override
    public boolean hasNext() {
        while (next == null && (seen != null || known != null)) {
            next = step().orElse(null);
        }
        if (next == null) {
            census.isWhole = true;
        }
        return next != null;
    }

    @Override
    public Observation next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        Observation observation = next;
        next = null;
        return observation;
    }

    /// What was counted so far.
    Census census() {
        return census;
    }

    private Optional<Observation> step() {
        Sighting sighting = seen;
        Known row = known;
        int order = sighting == null ? 1
                : row == null ? -1 : sighting.path().compareTo(row.path());
        if (order <= 0) {
            seen = nextSighting(sighting);
        }
        if (order >= 0) {
            known = nextKnown(row);
        }
        Optional<Observation> difference = compare(order >= 0 ? row : null,
                order <= 0 ? sighting : null, schemaIds, forced);
        census.count(order <= 0, order >= 0 ? row : null, difference);
        return difference;
    }

    /// What there is to say about one path.
    ///
    /// A removal is proposed anew by every walk that misses the file: the run that proposed it first
    /// may have died before its guard decided. Only one that is held is not proposed again.
    ///
    /// @param known what the ledger remembers; null if nothing
    /// @param seen what the walk saw; null if nothing
    static Optional<Observation> compare(@Nullable Known known, @Nullable Sighting seen,
            Map<String, String> schemaIds, boolean forced) {
        if (seen == null) {
            return known == null || known.wanted() == null || known.held() ? Optional.empty()
                    : Optional.of(new Observation.Missing(known.path()));
        }
        if (known == null || known.wanted() == null) {
            return Optional.of(new Observation.Differs(seen, Reason.ADDED));
        }
        if (!known.wanted().equals(seen.fingerprint()) || !known.kind().equals(seen.kind())) {
            return Optional.of(new Observation.Differs(seen, Reason.MODIFIED));
        }
        if (forced) {
            return Optional.of(new Observation.Differs(seen, Reason.FORCED));
        }
        if (known.schemaId() != null && !known.schemaId().equals(schemaIds.get(seen.kind()))) {
            return Optional.of(new Observation.Differs(seen, Reason.RESCHEMED));
        }
        if (known.unsure()) {
            return Optional.of(new Observation.Differs(seen, Reason.UNSURE));
        }
        return known.missing() ? Optional.of(new Observation.Back(seen.path())) : Optional.empty();
    }

    private @Nullable Sighting nextSighting(@Nullable Sighting previous) {
        if (!walk.hasNext()) {
            return null;
        }
        Sighting following = walk.next();
        if (previous != null) {
            requireAscending("the walk", previous.path(), following.path());
        }
        return following;
    }

    private @Nullable Known nextKnown(@Nullable Known previous) {
        if (!ledger.hasNext()) {
            return null;
        }
        Known following = ledger.next();
        if (previous != null) {
            requireAscending("the ledger", previous.path(), following.path());
        }
        return following;
    }

    private static void requireAscending(String stream, MemoryPath previous, MemoryPath next) {
        if (next.compareTo(previous) <= 0) {
            throw new IllegalStateException(
                    "%s is out of order: %s came after %s".formatted(stream, next, previous));
        }
    }

    /// How many files a walk saw and what they were compared with the ledger.
    static final class Census {

        private long seen;
        private final Map<Reason, Long> differing = new EnumMap<>(Reason.class);
        private long missing;
        private long lowestOpen = Long.MAX_VALUE;
        private boolean isWhole;

        private void count(boolean sighted, @Nullable Known known,
                Optional<Observation> difference) {
            seen += sighted ? 1 : 0;
            if (known != null && known.open()) {
                lowestOpen = Math.min(lowestOpen, known.lsn());
            }
            switch (difference.orElse(null)) {
                case Observation.Differs differs -> differing.merge(differs.reason(), 1L,
                        Long::sum);
                case Observation.Missing _ -> missing++;
                case Observation.Back _ -> {
                }
                case null -> {
                }
            }
        }

        long seen() {
            return seen;
        }

        long differing(Reason reason) {
            return differing.getOrDefault(reason, 0L);
        }

        long unchanged() {
            return seen - differing(Reason.ADDED) - differing(Reason.MODIFIED);
        }

        long missing() {
            return missing;
        }

        /// Whether the walk came to its end.
        boolean isWhole() {
            return isWhole;
        }

        /// The lowest lsn of a file that was owed before this walk; [Long#MAX_VALUE] if none was.
        long lowestOpen() {
            return lowestOpen;
        }
    }
}
