package dev.cascade.steps;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.cascade.steps.ledger.Settlement;
import dev.cascade.steps.ledger.VectorLedger.EntryKey;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;

/// What was written to the index and is not durable yet: all that has to be said of it afterwards, without
/// the texts themselves.
final class InHand {

    private final List<Settlement> settlements = new ArrayList<>();
    private final Set<MemoryPath> paths = new HashSet<>();
    private final List<EntryKey> changed = new ArrayList<>();
    private final List<Consumer<Tally>> counts = new ArrayList<>();
    private boolean touchesIndex;

    /// @param settled
    ///            what the ledger is to hold of these outcomes, and of files that were skipped beside them
    void add(List<Outcome> outcomes, List<Settlement> settled) {
        outcomes.forEach(this::add);
        settlements.addAll(settled);
        settled.forEach(settlement -> paths.add(settlement.path()));
    }

    private void add(Outcome outcome) {
        paths.add(outcome.path());
        switch (outcome) {
            case Outcome.Indexed done -> {
                touchesIndex = true;
                Stream.concat(done.diff().upserts().stream().map(Entry::id),
                        done.diff().deletes().stream())
                        .forEach(id -> changed.add(new EntryKey(done.path(), id)));
                int upserted = done.diff().upserts().size();
                int deleted = done.diff().deletes().size();
                int kept = done.diff().kept();
                int vectors = done.vectors().size();
                counts.add(tally -> {
                    tally.addIndexed(upserted, deleted, kept);
                    tally.addVectors(0, vectors);
                });
                warnAbout(done.document());
            }
            case Outcome.Untouched same -> {
                int kept = same.document().entries().size();
                counts.add(tally -> tally.addIndexed(0, 0, kept));
                warnAbout(same.document());
            }
            case Outcome.Gone _ -> {
                touchesIndex = true;
                counts.add(Tally::addDeleted);
            }
            case Outcome.StillOwed owed -> {
                String warning = "%s: %s; it is read again by the next run".formatted(owed.path(),
                        owed.why());
                counts.add(tally -> {
                    tally.addStillOwed();
                    tally.warn(warning);
                });
            }
            case Outcome.NotTried _ -> counts.add(Tally::addStillOwed);
        }
    }

    private void warnAbout(MemoryDocument document) {
        document.findings()
                .stream()
                .map(finding -> Tally.told(document.path(), finding))
                .forEach(warning -> counts.add(tally -> tally.warn(warning)));
    }

    List<Settlement> settlements() {
        return settlements;
    }

    /// The files that it is of, with those that were skipped.
    Set<MemoryPath> paths() {
        return paths;
    }

    /// Entries that are other ones than before.
    List<EntryKey> changed() {
        return changed;
    }

    boolean touchesIndex() {
        return touchesIndex;
    }

    /// Counts it, once it is durable.
    void count(Tally tally) {
        counts.forEach(count -> count.accept(tally));
    }
}
