package dev.cascade.steps.search;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.Vector;

/// A question to the index.
///
/// @param query
///            words, of which more are better; `"a phrase"` that must occur; `begin*`; `-without`;
///            `field:value` where the index has such a field
/// @param filter
///            what an answer must be beside that
/// @param limit
///            how many hits at most, 1 to 10,000
/// @param allSections
///            whether each section of a note is a hit of its own; else a note is found once, by the
///            best of them
/// @param meaning
///            null if it is not known; then nothing is found by it
public record SearchRequest(String query, Mode mode, Filter filter, int limit,
        boolean allSections, @Nullable Meaning meaning) {

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

    public SearchRequest {
        if (query.isBlank()) {
            throw new IllegalArgumentException("the query is empty; give at least one word");
        }
        if (limit < 1 || limit > MOST_HITS) {
            throw new IllegalArgumentException(
                    "the limit is %d, outside of 1 to %d".formatted(limit, MOST_HITS));
        }
    }

    /// Asks for `query` everywhere by its words, for each section of a note.
    public static SearchRequest of(String query) {
        return new SearchRequest(query, Mode.TEXT, Filter.NONE, USUAL_HITS, true, null);
    }

    /// The same question in other words.
    public SearchRequest query(String other) {
        return new SearchRequest(other, mode, filter, limit, allSections, meaning);
    }

    public SearchRequest filter(Filter other) {
        return new SearchRequest(query, mode, other, limit, allSections, meaning);
    }

    public SearchRequest limit(int other) {
        return new SearchRequest(query, mode, filter, other, allSections, meaning);
    }

    public SearchRequest allSections(boolean each) {
        return new SearchRequest(query, mode, filter, limit, each, meaning);
    }

    /// The same question, by its meaning too or alone.
    public SearchRequest meaning(Mode other, Meaning sought) {
        return new SearchRequest(query, other, filter, limit, allSections, sought);
    }
}
