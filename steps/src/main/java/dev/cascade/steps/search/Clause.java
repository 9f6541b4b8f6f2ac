package dev.cascade.steps.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// One part of a query as it was typed. Reading a query never fails: what is no syntax is text.
///
/// @param field
///            the field that it is looked for in; empty for the usual ones
/// @param text
///            what to look for, without field, quotes, minus and star
/// @param isPhrase
///            whether the words must stand together
/// @param isPrefix
///            whether the last word may go on
/// @param isExcluded
///            whether entries with it are left out
/// @param start
///            where the text begins in the query
record Clause(String field, String text, boolean isPhrase, boolean isPrefix, boolean isExcluded,
        int start) {

    private static final String OPENING_QUOTES = "\"\u201C\u201E\u201D\u00AB";
    private static final String CLOSING_QUOTES = "\"\u201C\u201D\u00BB";

    /// The clauses of `query`. If every one is excluded, words are taken as text, for nothing could
    /// be found otherwise, and `-Xmx` is worth looking for.
    ///
    /// @param isField
    ///            whether there is a field of that name; a colon behind any other name is text
    static List<Clause> read(String query, Predicate<String> isField) {
        List<Clause> clauses = new Reader(query, isField).clauses();
        return clauses.stream().allMatch(clause -> clause.isExcluded && !clause.isInField())
                ? clauses.stream()
                        .map(clause -> new Clause("", clause.text, clause.isPhrase,
                                clause.isPrefix, false, clause.start))
                        .toList()
                : clauses;
    }

    boolean isInField() {
        return !field.isEmpty();
    }

    /// Whether it is better matched than not, rather than that it must match, or must not.
    boolean isWords() {
        return !isPhrase && !isExcluded && !isInField();
    }

    /// The same as it was typed, taken for text.
    Clause asText() {
        return new Clause("", field + ":" + text, isPhrase, isPrefix, isExcluded,
                start);
    }

    private static final class Reader {

        private final String query;
        private final Predicate<String> isField;
        private int at;

        Reader(String query, Predicate<String> isField) {
            this.query = query;
            this.isField = isField;
        }

        List<Clause> clauses() {
            List<Clause> clauses = new ArrayList<>();
            for (skipBlanks(); at < query.length(); skipBlanks()) {
                boolean isExcluded = query.charAt(at) == '-' && isBegun(at + 1);
                at += isExcluded ? 1 : 0;
                String field = field();
                at += field.isEmpty() ? 0 : field.length() + 1;
                int quote = closingQuote();
                if (quote > at) {
                    clauses.add(new Clause(field, query.substring(at + 1, quote), true, false,
                            isExcluded, at + 1));
                    at = quote + 1;
                } else {
                    clauses.add(word(field, isExcluded));
                }
            }
            return clauses;
        }

        /// A minus excludes only what begins right behind it; `--option` and `- item` are text.
        private boolean isBegun(int index) {
            return index < query.length() && (Character.isLetterOrDigit(query.codePointAt(index))
                    || OPENING_QUOTES.indexOf(query.charAt(index)) >= 0);
        }

        /// The name of a field, if one begins here and something follows its colon; else empty.
        private String field() {
            int colon = at;
            while (colon < query.length() && (query.charAt(colon) == '_'
                    || Character.isLetterOrDigit(query.charAt(colon)))) {
                colon++;
            }
            boolean isFollowed = colon + 1 < query.length() && query.charAt(colon) == ':'
                    && !isBlank(query.charAt(colon + 1));
            String name = isFollowed ? query.substring(at, colon) : "";
            return !name.isEmpty() && isField.test(name) ? name : "";
        }

        /// Where the phrase that begins here ends; -1 if none begins, or it never ends.
        private int closingQuote() {
            if (OPENING_QUOTES.indexOf(query.charAt(at)) < 0) {
                return -1;
            }
            for (int i = at + 1; i < query.length(); i++) {
                if (CLOSING_QUOTES.indexOf(query.charAt(i)) >= 0) {
                    return i;
                }
            }
            return -1;
        }

        private Clause word(String field, boolean isExcluded) {
            int begin = at;
            while (at < query.length() && !isBlank(query.charAt(at))) {
                at++;
            }
            String word = query.substring(begin, at);
            boolean isPrefix = word.length() > 1 && word.endsWith("*");
            return new Clause(field, isPrefix ? word.substring(0, word.length() - 1) : word, false,
                    isPrefix, isExcluded, begin);
        }

        private void skipBlanks() {
            while (at < query.length() && isBlank(query.charAt(at))) {
                at++;
            }
        }

        private static boolean isBlank(char c) {
            return Character.isWhitespace(c) || Character.isSpaceChar(c);
        }
    }
}
