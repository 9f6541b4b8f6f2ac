package dev.cascade.steps.index;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Scope;

/// What the index knows of a file beyond its entries.
///
/// @param title
///            what the file calls itself
/// @param contentSha256
///            the digest of the bytes that were indexed
/// @param schemaId
///            how its kind was indexed then, as [IndexHeader#schemaId] tells it
/// @param lines
///            where each entry begins, by entry id
/// @param deprecations
///            old entry id to the id that takes its place, as the file declares
public record IndexedFile(MemoryPath path, String kind, Scope scope, String owner, String title,
        String contentSha256, String schemaId, SortedMap<String, Integer> lines,
        SortedMap<String, String> deprecations) {

    public IndexedFile {
        lines = Collections.unmodifiableSortedMap(new TreeMap<>(lines));
        deprecations = Collections.unmodifiableSortedMap(new TreeMap<>(deprecations));
    }

    /// What the index is to know of `document`.
    public static IndexedFile of(MemoryDocument document, String schemaId) {
        SortedMap<String, Integer> lines = new TreeMap<>();
        for (Entry entry : document.entries()) {
            lines.put(entry.id(), entry.line());
        }
        return new IndexedFile(document.path(), document.kind(), document.scope(),
                document.owner(), document.title(), document.contentSha256(), schemaId, lines,
                document.deprecations());
    }

    /// The line of an entry; 0 if the file knows none of that id.
    int line(String entryId) {
        return lines.getOrDefault(entryId, 0);
    }
}
