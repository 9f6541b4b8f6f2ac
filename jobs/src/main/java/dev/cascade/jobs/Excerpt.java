package dev.cascade.jobs;

import java.util.List;
import java.util.Optional;

import dev.cascade.steps.search.Hit;
import dev.cascade.steps.search.Snippet.Mark;

/// How much of an entry is told beside its snippet, as the index holds it.
public sealed interface Excerpt {

    /// Nothing more.
    record None() implements Excerpt {}

    /// All of the entry.
    record Whole() implements Excerpt {}

    /// The lines of the passage, and some around it within the entry.
    ///
    /// @param lines
    ///            before and after the passage, 0 to 1,000
    record Around(int lines) implements Excerpt {

        private static final int MOST = 1000;

        public Around {
            if (lines < 0 || lines > MOST) {
                throw new IllegalArgumentException(
                        "%d lines of context are outside of 0 to %d".formatted(lines, MOST));
            }
        }

        private String of(String text, Mark passage) {
            List<String> all = List.of(text.split("\n", -1));
            int first = lineAt(text, passage.start());
            int last = lineAt(text, Math.max(passage.start(), passage.end() - 1));
            return String.join("\n", all.subList(Math.max(0, first - lines),
                    Math.min(all.size(), last + lines + 1)));
        }

        private static int lineAt(String text, int index) {
            return (int) text.chars().limit(index).filter(c -> c == '\n').count();
        }
    }

    /// Empty if nothing more is told.
    default Optional<String> of(Hit hit) {
        return switch (this) {
            case None _ -> Optional.empty();
            case Whole _ -> Optional.of(hit.text());
            case Around around -> Optional.of(around.of(hit.text(), hit.snippet().place()));
        };
    }
}
