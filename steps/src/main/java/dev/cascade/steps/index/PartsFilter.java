package dev.cascade.steps.index;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.util.AttributeSource;

/// Puts the parts of a word such as `l'été`, `max_retries` or `example.com` beside the whole.
final class PartsFilter extends TokenFilter {

    private static final Pattern CONNECTOR = Pattern.compile("[\\p{Punct}\\u2018\\u2019\\u00B7]+");
    private static final int SHORTEST_PART = 2;

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
    private final Deque<String> parts = new ArrayDeque<>();
    private AttributeSource.State whole = captureState();

    PartsFilter(TokenStream words) {
        super(words);
    }

    @Override
    public boolean incrementToken() throws IOException {
        if (!parts.isEmpty()) {
            restoreState(whole);
            term.setEmpty().append(parts.removeFirst());
            step.setPositionIncrement(0);
            return true;
        }
        if (!input.incrementToken()) {
            return false;
        }
        if (isJoined()) {
            divide(term.toString());
            whole = captureState();
        }
        return true;
    }

    private boolean isJoined() {
        for (int i = 0; i < term.length(); i++) {
            char c = term.charAt(i);
            if (!isUsual(c) && !Character.isLetterOrDigit(c) && !Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }

    /// Spares most letters a look into the tables of Unicode.
    private static boolean isUsual(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private void divide(String joined) {
        List<String> pieces = List.of(CONNECTOR.split(joined));
        new LinkedHashSet<>(pieces).stream()
                .filter(piece -> piece.length() >= SHORTEST_PART && !piece.equals(joined))
                .forEach(parts::add);
    }

    @Override
    public void reset() throws IOException {
        super.reset();
        parts.clear();
    }
}
