package dev.cascade.steps.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.icu.ICUFoldingFilter;
import org.apache.lucene.analysis.icu.segmentation.DefaultICUTokenizerConfig;
import org.apache.lucene.analysis.icu.segmentation.ICUTokenizer;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.TruncateTokenFilter;

/// Turns text into terms, alike when it is indexed, searched and highlighted.
public final class MemoryAnalyzer extends Analyzer {

    /*
     * Words are divided by Unicode's rules. Case, accents and widths are folded. Chinese, Japanese
     * and Korean give every character and every pair of neighbours, so that a word is found inside
     * a sentence without a dictionary that would have to divide both alike. Words that are joined
     * by an apostrophe, dot, colon or underscore give their parts besides. English words give
     * their stem besides, behind a mark, so that the word as written always scores higher than an
     * inflected one. There are no stop words: BM25 makes little of them, and phrases need them.
     */

    /// Changes whenever the same text would give other terms.
    public static final String ID = "icu-bigram-kstem-1";

    /// Stands before a term that is a stem and not the word as written.
    public static final char STEM_MARK = '\u0001';

    private static final int LONGEST_TOKEN = 255;
    /// A phrase never runs over from one value of a field to the next.
    private static final int GAP_BETWEEN_VALUES = 100;

    /// Begins to read the stemmer's dictionary and Unicode's tables on the side, if none has before. The first word
    /// that is analysed has to wait for them otherwise, which takes longer than to open an index.
    public static void warmUp() {
        Objects.requireNonNull(Tables.READING);
    }

    private static final class Tables {

        static final Thread READING = Thread.ofPlatform()
                .daemon()
                .name("tables")
                .start(Tables::read);

        private static void read() {
            try (Analyzer analyzer = new MemoryAnalyzer();
                    TokenStream words = analyzer.tokenStream("", "warming up")) {
                words.reset();
                while (words.incrementToken()) {
                    words.clearAttributes();
                }
            } catch (IOException ex) {
                throw new UncheckedIOException(ex); // a text in memory gives none
            }
        }
    }

    @Override
    protected TokenStreamComponents createComponents(String fieldName) {
        Tokenizer words = new ICUTokenizer(new DefaultICUTokenizerConfig(false, true));
        TokenStream folded = new EnglishPossessiveFilter(new ICUFoldingFilter(words));
        TokenStream bounded = new LengthFilter(
                TruncateTokenFilter.truncateAfterCodePoints(folded, LONGEST_TOKEN), 1,
                Integer.MAX_VALUE);
        int all = CJKBigramFilter.HAN | CJKBigramFilter.HIRAGANA | CJKBigramFilter.KATAKANA
                | CJKBigramFilter.HANGUL;
        return new TokenStreamComponents(words,
                new StemFilter(new PartsFilter(new CJKBigramFilter(bounded, all, true))));
    }

    @Override
    protected TokenStream normalize(String fieldName, TokenStream in) {
        return new ICUFoldingFilter(in);
    }

    @Override
    public int getPositionIncrementGap(String fieldName) {
        return GAP_BETWEEN_VALUES;
    }
}
