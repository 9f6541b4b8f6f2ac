package dev.cascade.steps.memory;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/// What must be done to the entries of one file in the index.
///
/// @param upserts
///            entries that are new or differ
/// @param deletes
///            ids that stand in the index and no longer in the file
/// @param kept
///            how many entries stand in the index just so
public record EntryDiff(List<Entry> upserts, Set<String> deletes, int kept) {

    public EntryDiff {
        upserts = List.copyOf(upserts);
        deletes = Set.copyOf(deletes);
    }

    /// The difference between the digests that stand in the index, by entry id, and `entries`.
    public static EntryDiff between(Map<String, String> indexed, List<Entry> entries) {
        List<Entry> upserts = entries.stream()
                .filter(entry -> !isIndexed(entry, indexed.get(entry.id())))
                .toList();
        Set<String> deletes = new TreeSet<>(indexed.keySet());
        deletes.removeAll(entries.stream().map(Entry::id).collect(Collectors.toSet()));
        return new EntryDiff(upserts, deletes, entries.size() - upserts.size());
    }

    /// An entry that is new has nothing to be compared with, so its digest, which reads all of it, is not reckoned.
    private static boolean isIndexed(Entry entry, @Nullable String digest) {
        return digest != null && digest.equals(entry.digest());
    }

    public boolean isEmpty() {
        return upserts.isEmpty() && deletes.isEmpty();
    }
}
