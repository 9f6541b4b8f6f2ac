package dev.cascade.steps.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.TypeAttribute;

import dev.cascade.steps.index.Columns;
import dev.cascade.steps.index.MemoryAnalyzer;

/// A term of the query.
///
/// @param others
///            other terms that stand for it: its stem, words of that stem, parts of a joined word
/// @param position
///            its place in the text it came from
/// @param isIdeographic
///            whether it is a character, or two, of a script without spaces between words
record Word(String term, List<String> others, int position, boolean isIdeographic) {

    private static final int MOST_OTHERS = 8;

    Word {
        others = List.copyOf(others);
    }

    /// The words of `text`. Where the index holds both a pair of characters and each of the two,
    /// only the pair is looked up.
    static List<Word> of(String text, Analyzer analyzer) {
        List<Word> all = new ArrayList<>();
        Set<Integer> pairs = new HashSet<>();
        try (TokenStream tokens = analyzer.tokenStream(Columns.BODY, text)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            TypeAttribute type = tokens.addAttribute(TypeAttribute.class);
            PositionIncrementAttribute step = tokens
                    .addAttribute(PositionIncrementAttribute.class);
            int position = -1;
            tokens.reset();
            while (tokens.incrementToken()) {
                position += step.getPositionIncrement();
                String token = term.toString();
                boolean isPair = type.type().equals(CJKBigramFilter.DOUBLE_TYPE);
                boolean isIdeographic = isPair || type.type().equals(CJKBigramFilter.SINGLE_TYPE);
                if (isPair) {
                    pairs.add(position);
                }
                if (isIdeographic) {
                    all.add(new Word(token, List.of(), position, true));
                } else if (step.getPositionIncrement() > 0) {
                    all.add(new Word(token, List.of(stem(token)), position, false));
                } else {
                    all.add(all.removeLast().or(token));
                }
            }
            tokens.end();
        } catch (IOException ex) {
            throw new UncheckedIOException("a text in memory cannot be read", ex);
        }
        all.removeIf(word -> word.isIdeographic && !word.isPair()
                && (pairs.contains(word.position) || pairs.contains(word.position - 1)));
        return all;
    }

    private static String stem(String word) {
        return MemoryAnalyzer.STEM_MARK + word;
    }

    /// This word, which `token`, a marked stem, a part of it or a likely word, stands for too.
    Word or(String token) {
        List<String> more = new ArrayList<>(others);
        if (token.charAt(0) == MemoryAnalyzer.STEM_MARK) {
            more.add(token);
            more.add(token.substring(1));
        } else {
            more.add(token);
            more.add(stem(token));
        }
        return new Word(term, more.subList(0, Math.min(more.size(), MOST_OTHERS)), position,
                false);
    }

    /// Whether its parts make one name, such as `max_retries` or `example.com`. What an apostrophe
    /// joins are words of a sentence.
    boolean isJoined() {
        return term.codePoints().anyMatch(c -> !Character.isLetterOrDigit(c) && c != '\'');
    }

    private boolean isPair() {
        return isIdeographic && term.codePointCount(0, term.length()) > 1;
    }
}
