package dev.cascade.steps.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StemFilterTest {

    private final MemoryAnalyzer analyzer = new MemoryAnalyzer();

    /// Each word, with `+` before what stands in the same place as the word before it.
    private List<String> words(String text) throws IOException {
        List<String> words = new ArrayList<>();
        try (TokenStream tokens = analyzer.tokenStream(Columns.BODY, text)) {
            CharTermAttribute term = tokens.getAttribute(CharTermAttribute.class);
            PositionIncrementAttribute step = tokens.getAttribute(PositionIncrementAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                words.add((step.getPositionIncrement() == 0 ? "+" : "")
                        + term.toString().replace(MemoryAnalyzer.STEM_MARK, '~'));
            }
            tokens.end();
        }
        return words;
    }

    @Test
    void aStemStandsBesideItsWordWhereTheyDiffer() throws IOException {
        assertThat(words("leaked pumps, leaked water"))
                .containsExactly("leaked", "+~leak", "pumps", "+~pump", "leaked", "+~leak",
                        "water");
    }

    @Test
    void aWordHasTheSameStemWhateverWasReadBefore() throws IOException {
        List<String> before = words("leaked water");
        String many = IntStream.range(0, 25_000)
                .mapToObj(number -> "word" + letters(number) + "ings")
                .collect(Collectors.joining(" "));
        assertThat(words(many)).hasSizeGreaterThan(25_000);
        assertThat(words("leaked water")).isEqualTo(before);
        assertThat(words(many)).isEqualTo(words(many));
    }

    private static String letters(int number) {
        return Integer.toString(number, 26)
                .chars()
                .mapToObj(digit -> Character.toString('a' + Character.digit(digit, 26)))
                .collect(Collectors.joining());
    }
}
