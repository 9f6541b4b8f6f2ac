package dev.cascade.steps.search;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Vector;

/// A question to the index.
///
/// @param query
///            words, of which more are better; `"a phrase"` that must occur; `begin*`; `-without`
/// @param kinds
///            only these kinds; empty for all
/// @param below
///            only this file or folder
/// @param since
///            only entries that are dated, and not before this
/// @param limit
///            how many hits at most, 1 to 10,000
/// @param meaning
///            null if it is not known; then nothing is found by it
public record SearchRequest(String query, Mode mode, Set<String> kinds, @Nullable String app,
        @Nullable String project, @Nullable String owner, @Nullable MemoryPath below,
        @Nullable Instant since, int limit, @Nullable Meaning meaning) {

    private static final int MOST_HITS = 10_000;
    private static final int USUAL_HITS = 10;

    /// How entries are compared with the query: by its words, by its meaning, or by both.
    public enum Mode {
        TEXT, VECTOR, HYBRID
    }

    /// What the query means, as a vector among others.
    ///
    /// @param space
    ///            the vectors that it can be compared with
    public record Meaning(String space, Vector vector) {}

    /// By words alone.
    public SearchRequest(String query, Mode mode, Set<String> kinds, @Nullable String app,
            @Nullable String project, @Nullable String owner, @Nullable MemoryPath below,
            @Nullable Instant since, int limit) {
        this(query, mode, kinds, app, project, owner, below, since, limit, null);
    }

    /// The same question, by its meaning too or alone.
    public SearchRequest meaning(Mode other, Meaning sought) {
        return new SearchRequest(query, other, kinds, app, project, owner, below, since, limit,
                sought);
    }

    public SearchRequest {
        kinds = Set.copyOf(kinds);
        if (query.isBlank()) {
            throw new IllegalArgumentException("the query is empty; give at least one word");
        }
        if (limit < 1 || limit > MOST_HITS) {
            throw new IllegalArgumentException(
                    "the limit is %d, outside of 1 to %d".formatted(limit, MOST_HITS));
        }
    }

    /// Asks for `query` everywhere.
    public static SearchRequest of(String query) {
        return new SearchRequest(query, Mode.TEXT, Set.of(), null, null, null, null, null,
                USUAL_HITS);
    }
}
