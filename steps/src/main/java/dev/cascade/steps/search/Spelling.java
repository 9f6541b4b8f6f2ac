package dev.cascade.steps.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.spell.DirectSpellChecker;
import org.apache.lucene.search.spell.SuggestMode;
import org.apache.lucene.search.spell.SuggestWord;

import dev.cascade.steps.index.Columns;

/// Finds what was meant by words that stand nowhere in the index.
final class Spelling {

    private static final List<String> FIELDS = List.of(Columns.TITLE, Columns.BODY);
    private static final int SHORTEST = 4;
    /// Two letters of a short word could be changed into nearly any other.
    private static final int SHORTEST_FOR_TWO_EDITS = 6;
    private static final int CANDIDATES = 5;
    /// A page that was pasted into the query has more unknown words than mistyped ones.
    private static final int MOST_LOOKED_UP = 16;

    private final IndexReader reader;
    private final Analyzer analyzer;

    Spelling(IndexReader reader, Analyzer analyzer) {
        this.reader = reader;
        this.analyzer = analyzer;
    }

    /// The query with each unknown word replaced by the known one that is most like it; empty if
    /// there is no such word. Excluded words and those in fields stay as they are.
    Optional<String> corrected(String query, List<Clause> clauses) throws IOException {
        StringBuilder corrected = new StringBuilder(query);
        int grown = 0;
        boolean isChanged = false;
        for (Unknown unknown : unknown(clauses.stream().filter(Spelling::isWords).toList())) {
            Optional<String> known = nearest(unknown.term());
            if (known.isPresent()) {
                corrected.replace(unknown.start() + grown, unknown.end() + grown, known.get());
                grown += known.get().length() - (unknown.end() - unknown.start());
                isChanged = true;
            }
        }
        return isChanged ? Optional.of(corrected.toString()) : Optional.empty();
    }

    /// What each word that no entry holds was probably meant to be. Empty if the query holds no
    /// other: then nothing is found, and [#corrected] is for whoever asks to offer.
    Map<String, String> meant(List<Clause> clauses) throws IOException {
        List<Clause> words = clauses.stream().filter(Spelling::isWords).toList();
        if (!holdKnown(words)) {
            return Map.of();
        }
        Map<String, String> meant = new HashMap<>();
        for (Unknown word : unknown(
                words.stream().filter(clause -> !clause.isPhrase()).toList())) {
            nearest(word.term()).ifPresent(known -> meant.put(word.term(), known));
        }
        return meant;
    }

    private static boolean isWords(Clause clause) {
        return !clause.isExcluded() && !clause.isInField() && !clause.isPrefix();
    }

    private boolean holdKnown(List<Clause> clauses) throws IOException {
        for (Clause clause : clauses) {
            for (Word word : Word.of(clause.text(), analyzer)) {
                if (!isUnknown(word.term())) {
                    return true;
                }
            }
        }
        return false;
    }

    /// A word that no entry holds, and where it stands in the query.
    private record Unknown(String term, int start, int end) {}

    /// The first of them.
    private List<Unknown> unknown(List<Clause> clauses) throws IOException {
        List<Unknown> unknown = new ArrayList<>();
        for (Clause clause : clauses) {
            add(clause, unknown);
        }
        return unknown;
    }

    private void add(Clause clause, List<Unknown> unknown) throws IOException {
        try (TokenStream tokens = analyzer.tokenStream(Columns.BODY, clause.text())) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            OffsetAttribute place = tokens.addAttribute(OffsetAttribute.class);
            PositionIncrementAttribute step = tokens
                    .addAttribute(PositionIncrementAttribute.class);
            tokens.reset();
            while (tokens.incrementToken() && unknown.size() < MOST_LOOKED_UP) {
                String word = term.toString();
                if (step.getPositionIncrement() > 0 && word.length() >= SHORTEST
                        && word.codePoints().allMatch(Character::isLetter) && isUnknown(word)) {
                    unknown.add(new Unknown(word, clause.start() + place.startOffset(),
                            clause.start() + place.endOffset()));
                }
            }
            tokens.end();
        }
    }

    private boolean isUnknown(String word) throws IOException {
        for (String field : FIELDS) {
            if (reader.docFreq(new Term(field, word)) > 0) {
                return false;
            }
        }
        return true;
    }

    private Optional<String> nearest(String word) throws IOException {
        DirectSpellChecker checker = new DirectSpellChecker();
        checker.setMaxEdits(word.length() < SHORTEST_FOR_TWO_EDITS ? 1 : 2);
        Stream.Builder<SuggestWord> found = Stream.builder();
        for (String field : FIELDS) {
            Stream.of(checker.suggestSimilar(new Term(field, word), CANDIDATES, reader,
                    SuggestMode.SUGGEST_WHEN_NOT_IN_INDEX)).forEach(found);
        }
        return found.build()
                .max(Comparator.comparingDouble((SuggestWord candidate) -> candidate.score)
                        .thenComparingInt(candidate -> candidate.freq)
                        .thenComparing(candidate -> candidate.string))
                .map(candidate -> candidate.string);
    }
}
