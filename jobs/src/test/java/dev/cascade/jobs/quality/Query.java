package dev.cascade.jobs.quality;

import java.util.Set;

/// A question whose right answers are known from where it was taken.
///
/// @param answers
///            what the right entries say, see [Section#saying]; finding one of them is enough
record Query(Type type, String text, Set<String> answers) {

    /// Where a question comes from.
    enum Type {
        HEADING, LINK, IDENTIFIER, DROPPED_WORDS, TYPO
    }

    Query {
        answers = Set.copyOf(answers);
    }

    static Query asking(Type type, String text, Section wanted) {
        return new Query(type, text, Set.of(wanted.saying()));
    }
}
