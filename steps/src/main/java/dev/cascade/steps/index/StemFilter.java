package dev.cascade.steps.index;

import java.io.IOException;

import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/// Puts the marked stem of an English word beside the word, where the two differ.
final class StemFilter extends TokenFilter {

    private static final int SHORTEST_INFLECTED = 4;

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
    private final OneWord word = new OneWord();
    private final TokenStream stemmer = new KStemFilter(word);
    private boolean isStemmed;

    StemFilter(TokenStream words) {
        super(words);
    }

    /// The stemmer is a filter over tokens, so it is lent a stream of one.
    private static final class OneWord extends TokenStream {

        private final CharTermAttribute term = addAttribute(CharTermAttribute.class);

        @Override
        public boolean incrementToken() {
            return true;
        }
    }

    @Override
    public boolean incrementToken() throws IOException {
        if (isStemmed) {
            isStemmed = false;
            term.setEmpty().append(MemoryAnalyzer.STEM_MARK).append(word.term);
            step.setPositionIncrement(0);
            return true;
        }
        if (!input.incrementToken()) {
            return false;
        }
        isStemmed = mayBeEnglish() && stem();
        return true;
    }

    private boolean mayBeEnglish() {
        char last = term.charAt(term.length() - 1);
        return term.length() >= SHORTEST_INFLECTED && last >= 'a' && last <= 'z';
    }

    /// Leaves the stem in [#word]; tells whether it is another word.
    private boolean stem() throws IOException {
        word.term.copyBuffer(term.buffer(), 0, term.length());
        stemmer.incrementToken();
        return word.term.length() != term.length() || !term.toString().contentEquals(word.term);
    }

    @Override
    public void reset() throws IOException {
        super.reset();
        isStemmed = false;
    }
}
