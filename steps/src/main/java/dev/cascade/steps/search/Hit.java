package dev.cascade.steps.search;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.index.IndexedEntry;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.RowId;

/// An entry that answers a request.
///
/// @param rank
///            its place among the hits, from 1
/// @param score
///            how well it answers; comparable within one list of hits only
/// @param line
///            where the entry begins in its file, from 1
/// @param text
///            all of the entry that words are looked up in
/// @param snippet
///            the passage of the text that answers best
public record Hit(int rank, float score, MemoryPath path, int line, RowId row,
        @Nullable String parentId, String title, String text, Snippet snippet,
        @Nullable Instant timestamp) {

    static Hit of(int rank, float score, IndexedEntry found, String text, Snippet snippet) {
        return new Hit(rank, score, found.path(), found.entry().line(), found.entry().row(),
                found.entry().parentId(), found.entry().title(), text, snippet,
                found.entry().timestamp());
    }

    public String kind() {
        return row.kind();
    }

    /// The id that people know, as `get` takes it.
    public String rowId() {
        return row.shown();
    }

    public String entryId() {
        return row.entryId();
    }

    public String app() {
        return row.scope().app();
    }

    public String project() {
        return row.scope().project();
    }

    /// Empty if the kind has no owner.
    public String ownerId() {
        return row.owner();
    }
}
