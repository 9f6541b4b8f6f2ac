package dev.cascade.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.cascade.steps.ledger.Settlement;
import dev.cascade.steps.ledger.VectorLedger.EntryKey;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;

/// What was written to the index and is not durable yet: all that has to be said of it afterwards, without
/// the texts themselves.
final class InHand {

    private final List<Settlement> settlements = new ArrayList<>();
    private final List<MemoryPath> paths = new ArrayList<>();
    private final List<EntryKey> changed = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private boolean touchesIndex;
    private long indexed;
    private long deleted;
    private long stillOwed;
    private long upserted;
    private long entriesDeleted;
    private long kept;
    private long vectors;

    void add(List<Outcome> outcomes, List<Settlement> settled) {
        outcomes.forEach(this::add);
        settlements.addAll(settled);
    }

    private void add(Outcome outcome) {
        paths.add(outcome.path());
        switch (outcome) {
            case Outcome.Indexed done -> {
                touchesIndex = true;
                indexed++;
                upserted += done.diff().upserts().size();
                entriesDeleted += done.diff().deletes().size();
                kept += done.diff().kept();
                vectors += done.vectors().size();
                Stream.concat(done.diff().upserts().stream().map(Entry::id),
                        done.diff().deletes().stream())
                        .forEach(id -> changed.add(new EntryKey(done.path(), id)));
                warnAbout(done.document());
            }
            case Outcome.Untouched same -> {
                indexed++;
                kept += same.document().entries().size();
                warnAbout(same.document());
            }
            case Outcome.Gone _ -> {
                touchesIndex = true;
                deleted++;
            }
            case Outcome.StillOwed owed -> {
                stillOwed++;
                warnings.add("%s: %s; it is read again by the next run".formatted(owed.path(),
                        owed.why()));
            }
            case Outcome.NotTried _ -> stillOwed++;
        }
    }

    private void warnAbout(MemoryDocument document) {
        for (Finding finding : document.findings()) {
            warnings.add(Tally.told(document.path(), finding));
        }
    }

    List<Settlement> settlements() {
        return settlements;
    }

    /// The files that it is of, but for those that were skipped.
    List<MemoryPath> paths() {
        return paths;
    }

    /// Entries that are other ones than before.
    List<EntryKey> changed() {
        return changed;
    }

    List<String> warnings() {
        return warnings;
    }

    boolean touchesIndex() {
        return touchesIndex;
    }

    int files() {
        return paths.size();
    }

    long indexed() {
        return indexed;
    }

    long deleted() {
        return deleted;
    }

    long stillOwed() {
        return stillOwed;
    }

    long upserted() {
        return upserted;
    }

    long entriesDeleted() {
        return entriesDeleted;
    }

    long kept() {
        return kept;
    }

    /// Vectors that were had without asking.
    long vectors() {
        return vectors;
    }
}
