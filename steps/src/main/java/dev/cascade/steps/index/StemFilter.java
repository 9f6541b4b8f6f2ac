package dev.cascade.steps.index;

import java.io.IOException;

import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.miscellaneous.KeywordRepeatFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.KeywordAttribute;

/// Puts the marked stem of an English word beside the word, where the two differ.
final class StemFilter extends TokenFilter {

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final KeywordAttribute asWritten = addAttribute(KeywordAttribute.class);
    private String word = "";

    private StemFilter(TokenStream wordsAndStems) {
        super(wordsAndStems);
    }

    static TokenStream over(TokenStream words) {
        return new StemFilter(new KStemFilter(new KeywordRepeatFilter(words)));
    }

    @Override
    public boolean incrementToken() throws IOException {
        while (input.incrementToken()) {
            if (asWritten.isKeyword()) {
                word = term.toString();
                return true;
            }
            String stem = term.toString();
            if (!stem.equals(word)) {
                term.setEmpty().append(MemoryAnalyzer.STEM_MARK).append(stem);
                return true;
            }
        }
        return false;
    }
}
