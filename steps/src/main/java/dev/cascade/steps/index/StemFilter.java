package dev.cascade.steps.index;

import java.io.IOException;
import java.nio.CharBuffer;
import java.util.Arrays;

import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/// Puts the marked stem of an English word beside the word, where the two differ.
final class StemFilter extends TokenFilter {

    private static final int SHORTEST_INFLECTED = 4;
    /// So many words at most are known by their stems, about two megabytes. A power of two.
    private static final int PLACES = 1 << 14;
    private static final char[] NONE = {};

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
    private final OneWord word = new OneWord();
    private final TokenStream stemmer = new KStemFilter(word);
    /// The stemmer tries one ending after the other, and text is made of few words. Each word has one place,
    /// and is forgotten when another wants it.
    private final char[][] known = new char[PLACES][];
    private final char[][] stems = new char[PLACES][];
    private char[] stem = NONE;

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
        if (stem.length > 0) {
            term.setEmpty().append(MemoryAnalyzer.STEM_MARK);
            term.append(CharBuffer.wrap(stem));
            stem = NONE;
            step.setPositionIncrement(0);
            return true;
        }
        if (!input.incrementToken()) {
            return false;
        }
        stem = mayBeEnglish() ? stem() : NONE;
        return true;
    }

    private boolean mayBeEnglish() {
        char last = term.charAt(term.length() - 1);
        return term.length() >= SHORTEST_INFLECTED && last >= 'a' && last <= 'z';
    }

    private char[] stem() throws IOException {
        char[] letters = term.buffer();
        int length = term.length();
        int place = place(letters, length);
        char[] before = known[place];
        if (before == null || !Arrays.equals(before, 0, before.length, letters, 0, length)) {
            stems[place] = lookUp();
            known[place] = Arrays.copyOf(letters, length);
        }
        return stems[place];
    }

    private static int place(char[] letters, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + letters[i];
        }
        return (hash ^ (hash >>> 16)) & (PLACES - 1);
    }

    /// The stem, if it is another word; else [#NONE].
    private char[] lookUp() throws IOException {
        word.term.copyBuffer(term.buffer(), 0, term.length());
        stemmer.incrementToken();
        return term.toString().contentEquals(word.term)
                ? NONE
                : Arrays.copyOf(word.term.buffer(), word.term.length());
    }

    @Override
    public void reset() throws IOException {
        super.reset();
        stem = NONE;
    }
}
