package dev.cascade.jobs.quality;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import com.ibm.icu.text.BreakIterator;

/// Sentences of prose that stand in one entry alone.
final class Sentences {

    private static final int FEWEST_WORDS = 6;
    private static final int MOST_WORDS = 30;

    private final Corpus corpus;
    private final Random random;

    Sentences(Corpus corpus, Random random) {
        this.corpus = corpus;
        this.random = random;
    }

    /// A sentence and the entry that holds it.
    record Sentence(Words words, Section home) {}

    /// At most `most`, no two of the same entry.
    List<Sentence> some(int most) {
        List<Section> sections = new ArrayList<>(corpus.sections());
        Collections.shuffle(sections, random);
        List<Sentence> some = new ArrayList<>();
        for (Section section : sections) {
            List<String> candidates = sentences(section.body());
            if (some.size() < most && !candidates.isEmpty()) {
                String sentence = candidates.get(random.nextInt(candidates.size()));
                Words words = Words.of(sentence, corpus.locale());
                if (words.count() >= FEWEST_WORDS && words.count() <= MOST_WORDS
                        && corpus.standsOnlyIn(sentence, section)) {
                    some.add(new Sentence(words, section));
                }
            }
        }
        return some;
    }

    private List<String> sentences(String body) {
        List<String> sentences = new ArrayList<>();
        for (String line : body.split("\n", -1)) {
            BreakIterator ends = BreakIterator.getSentenceInstance(corpus.locale());
            ends.setText(line);
            for (int begin = ends.first(), end = ends
                    .next(); end != BreakIterator.DONE; begin = end, end = ends.next()) {
                String sentence = line.substring(begin, end).strip();
                if (isProse(sentence)) {
                    sentences.add(sentence);
                }
            }
        }
        return sentences;
    }

    private static boolean isProse(String sentence) {
        return sentence.matches(".*\\p{L}.*[.!?\u3002\uFF01\uFF1F]")
                && !sentence.matches(".*[{}<>=;|\\\\].*|.*\\(\\).*");
    }
}
