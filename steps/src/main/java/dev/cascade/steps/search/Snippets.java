package dev.cascade.steps.search;

import java.io.IOException;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.uhighlight.FieldHighlighter;
import org.apache.lucene.search.uhighlight.Passage;
import org.apache.lucene.search.uhighlight.PassageFormatter;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;

import dev.cascade.steps.index.Columns;
import dev.cascade.steps.search.Snippet.Mark;

/// Finds the passage of a text that answers a query best.
final class Snippets {

    private static final int LONGEST = 240;
    private static final int SHORTEST = 160;
    private static final String ELLIPSIS = "\u2026";

    private final FieldHighlighter passages;

    Snippets(Query query, Analyzer analyzer) {
        this.passages = new Highlighter(analyzer).passages(query);
    }

    /// What there is to know of a query is reckoned once for all texts of an answer, which takes as long as to look
    /// through one of them.
    private static final class Highlighter extends UnifiedHighlighter {

        Highlighter(Analyzer analyzer) {
            super(builderWithoutSearcher(analyzer)
                    .withBreakIterator(() -> BreakIterator.getSentenceInstance(Locale.ROOT))
                    .withFormatter(new BestPassage())
                    .withWeightMatches(false));
        }

        FieldHighlighter passages(Query query) {
            return getFieldHighlighter(Columns.BODY, query, extractTerms(query), 1);
        }
    }

    Snippet of(String text) throws IOException {
        if (text.isBlank()) {
            return Snippet.EMPTY;
        }
        Object found = passages.highlightFieldForDoc(null, -1, text);
        Best best = found instanceof Best passage ? passage : new Best(0, text.length(), List.of());
        return cut(text, best);
    }

    /// A passage and what was found in it, by indexes of the whole text.
    private record Best(int start, int end, List<Mark> marks) {}

    private static final class BestPassage extends PassageFormatter {

        @Override
        public Object format(Passage[] passages, String content) {
            Passage passage = passages[0];
            List<Mark> marks = new ArrayList<>();
            for (int i = 0; i < passage.getNumMatches(); i++) {
                marks.add(new Mark(passage.getMatchStarts()[i], passage.getMatchEnds()[i]));
            }
            return new Best(passage.getStartOffset(), passage.getEndOffset(), joined(marks));
        }
    }

    /// Overlapping and touching marks become one; pairs of characters overlap.
    private static List<Mark> joined(List<Mark> marks) {
        List<Mark> joined = new ArrayList<>();
        for (Mark mark : marks.stream().sorted(Comparator.comparingInt(Mark::start)).toList()) {
            if (!joined.isEmpty() && mark.start() <= joined.getLast().end()) {
                Mark last = joined.removeLast();
                joined.add(new Mark(last.start(), Math.max(last.end(), mark.end())));
            } else {
                joined.add(mark);
            }
        }
        return joined;
    }

    /// The part of the text that is shown: the passage, made longer if it is short, or the stretch
    /// of it that holds most marks if it is long.
    private static Snippet cut(String text, Best best) {
        int start = best.start();
        int end = best.end();
        if (end - start > LONGEST) {
            start = densest(best);
            end = Math.min(best.end(), start + LONGEST);
        } else if (end - start < SHORTEST) {
            end = Math.min(text.length(), start + SHORTEST);
            start = Math.max(0, end - SHORTEST);
        }
        start = start == 0 ? 0 : wordAfter(text, start, firstMark(best, start, end));
        end = end == text.length() ? end : wordBefore(text, end, lastMark(best, start, end));
        return oneLine(text, start, end, best.marks());
    }

    private static int densest(Best best) {
        int start = best.start();
        int most = 0;
        for (Mark first : best.marks()) {
            int from = Math.max(best.start(), first.start() - LONGEST / 4);
            int count = (int) best.marks()
                    .stream()
                    .filter(mark -> mark.start() >= from && mark.end() <= from + LONGEST)
                    .count();
            if (count > most) {
                most = count;
                start = from;
            }
        }
        return start;
    }

    private static int firstMark(Best best, int start, int end) {
        return best.marks()
                .stream()
                .mapToInt(Mark::start)
                .filter(at -> at >= start)
                .findFirst()
                .orElse(end);
    }

    private static int lastMark(Best best, int start, int end) {
        return best.marks()
                .stream()
                .mapToInt(Mark::end)
                .filter(at -> at <= end)
                .max()
                .orElse(start);
    }

    /// The beginning of the next word, if there is one soon and before `limit`.
    private static int wordAfter(String text, int from, int limit) {
        int soon = Math.min(limit, from + SHORTEST / 8);
        for (int i = from; i < soon; i++) {
            if (Character.isWhitespace(text.charAt(i - 1))) {
                return i;
            }
        }
        return Character.isLowSurrogate(text.charAt(from)) ? from - 1 : from;
    }

    /// The end of the last whole word, if there is one near and behind `limit`.
    private static int wordBefore(String text, int to, int limit) {
        int near = Math.max(limit, to - SHORTEST / 8);
        for (int i = to; i > near; i--) {
            if (Character.isWhitespace(text.charAt(i))) {
                return i;
            }
        }
        return Character.isLowSurrogate(text.charAt(to)) ? to + 1 : to;
    }

    private static Snippet oneLine(String text, int start, int end, List<Mark> marks) {
        StringBuilder line = new StringBuilder(start == 0 ? "" : ELLIPSIS);
        int[] moved = new int[end - start + 1];
        boolean isBlank = true;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            boolean blank = Character.isWhitespace(c) || Character.isISOControl(c)
                    || Character.isSpaceChar(c);
            moved[i - start] = line.length();
            if (!blank) {
                line.append(c);
            } else if (!isBlank) {
                line.append(' ');
            }
            isBlank = blank;
        }
        moved[end - start] = line.length();
        List<Mark> within = marks.stream()
                .filter(mark -> mark.start() >= start && mark.end() <= end)
                .toList();
        List<Mark> kept = within.stream()
                .map(mark -> new Mark(moved[mark.start() - start], moved[mark.end() - start]))
                .toList();
        String shown = line.toString().stripTrailing();
        return new Snippet(end == text.length() ? shown : shown + ELLIPSIS, kept,
                within.isEmpty() ? new Mark(start, start)
                        : new Mark(within.getFirst().start(), within.getLast().end()));
    }
}
