package dev.cascade.steps.search;

import java.util.ArrayList;
import java.util.List;

/// One part of a query as it was typed. Reading a query never fails: what is no syntax is text.
///
/// @param text
///            what to look for, without quotes, minus and star
/// @param isPhrase
///            whether the words must stand together
/// @param isPrefix
///            whether the last word may go on
/// @param isExcluded
///            whether entries with it are left out
record Clause(String text, boolean isPhrase, boolean isPrefix, boolean isExcluded) {

    private static final String OPENING_QUOTES = "\"\u201C\u201E\u201D\u00AB";
    private static final String CLOSING_QUOTES = "\"\u201C\u201D\u00BB";

    /// The clauses of `query`. If every one is excluded they are taken as text, for nothing could
    /// be found otherwise, and `-Xmx` is worth looking for.
    static List<Clause> read(String query) {
        List<Clause> clauses = new Reader(query).clauses();
        return clauses.stream().allMatch(Clause::isExcluded)
                ? clauses.stream()
                        .map(clause -> new Clause(clause.text, clause.isPhrase, clause.isPrefix,
                                false))
                        .toList()
                : clauses;
    }

    private static final class Reader {

        private final String query;
        private int at;

        Reader(String query) {
            this.query = query;
        }

        List<Clause> clauses() {
            List<Clause> clauses = new ArrayList<>();
            for (skipBlanks(); at < query.length(); skipBlanks()) {
                boolean isExcluded = query.charAt(at) == '-' && isBegun(at + 1);
                at += isExcluded ? 1 : 0;
                int quote = closingQuote();
                if (quote > at) {
                    clauses.add(new Clause(query.substring(at + 1, quote), true, false,
                            isExcluded));
                    at = quote + 1;
                } else {
                    clauses.add(word(isExcluded));
                }
            }
            return clauses;
        }

        /// A minus excludes only what begins right behind it; `--option` and `- item` are text.
        private boolean isBegun(int index) {
            return index < query.length() && (Character.isLetterOrDigit(query.codePointAt(index))
                    || OPENING_QUOTES.indexOf(query.charAt(index)) >= 0);
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

        private Clause word(boolean isExcluded) {
            int begin = at;
            while (at < query.length() && !isBlank(query.charAt(at))) {
                at++;
            }
            String word = query.substring(begin, at);
            boolean isPrefix = word.length() > 1 && word.endsWith("*");
            return new Clause(isPrefix ? word.substring(0, word.length() - 1) : word, false,
                    isPrefix, isExcluded);
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
