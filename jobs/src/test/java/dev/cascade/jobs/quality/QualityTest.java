package dev.cascade.jobs.quality;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/// The measurement itself can be wrong, too.
class QualityTest {

    private static final Path NOTES = Path.of("../docs/examples/notes");

    @TempDir
    private Path state;

    private static Section section(String title, String body) {
        return new Section("a.md", title, title, List.of(title), body, List.of());
    }

    private static Corpus corpus(String language, Section... sections) {
        return new Corpus(language, Path.of(""), List.of(sections));
    }

    private static Query asking(Section wanted) {
        return Query.asking(Query.Type.HEADING, wanted.title(), wanted);
    }

    @Test
    void theFirstRightAnswerGivesTheScore() {
        Section right = section("right", "");
        Section wrong = section("wrong", "");
        assertThat(Score.of(asking(right), List.of(right, wrong))).isEqualTo(new Score(1));
        assertThat(Score.of(asking(right), List.of(wrong, wrong, right)).rank()).isEqualTo(3);
        assertThat(Score.of(asking(right), List.of(wrong))).isEqualTo(new Score(0));
        Section[] tenWrong = new Section[11];
        Arrays.fill(tenWrong, wrong);
        tenWrong[10] = right;
        assertThat(Score.of(asking(right), List.of(tenWrong)).recall()).isZero();
    }

    @Test
    void theMetricsAreThoseOfTheBooks() {
        assertThat(new Score(1).gain()).isEqualTo(1);
        assertThat(new Score(3).gain()).isCloseTo(0.5, within(1e-9));
        assertThat(new Score(4).reciprocalRank()).isEqualTo(0.25);
        assertThat(new Score(10).recall()).isEqualTo(1);
        assertThat(new Score(0).gain() + new Score(0).reciprocalRank()).isZero();
    }

    @Test
    void aCopyOfTheRightEntryIsRightToo() {
        Section here = new Section("a.md", "x", "Pump", List.of(), "the pump", List.of());
        Section there = new Section("b.md", "y", "Pump", List.of(), "the pump", List.of());
        assertThat(Score.of(asking(here), List.of(there)).rank()).isEqualTo(1);
    }

    @Test
    void everyLanguageCountsTheSameInTheMacroMean() {
        Section wanted = section("a", "");
        Engine finds = new Fixed("finds", List.of(wanted));
        Engine fails = new Fixed("fails", List.of());
        Figures figures = new Figures(List.of(
                Answered.by(List.of(finds), "en", asking(wanted)),
                Answered.by(List.of(finds), "en", asking(wanted)),
                Answered.by(List.of(new Fixed("finds", List.of())), "de", asking(wanted))),
                Set.of());
        assertThat(figures.macro("finds", Score::recall)).isEqualTo(0.5);
        assertThat(Answered.by(List.of(finds, fails), "en", asking(wanted)).score("fails"))
                .isEqualTo(new Score(0));
    }

    private record Fixed(String name, List<Section> found) implements Engine {

        @Override
        public List<Section> search(String query, int limit) {
            return found;
        }

        @Override
        public void close() {}
    }

    @Test
    void aHeadingThatSeveralSectionsHaveAsksForNone() {
        Corpus corpus = corpus("en", section("Usage", "of one"),
                new Section("b.md", "u", "usage", List.of("usage"), "of another", List.of()),
                section("Wiring the pump", "with care"));
        assertThat(new Headings(corpus).queries()).extracting(Query::text)
                .containsExactly("Wiring the pump");
    }

    @Test
    void anIdentifierStandsInOneEntryAlone() {
        Corpus corpus = corpus("en",
                section("a", "Set max_retries, or call readFile. See ERR_42 and plain words."),
                section("b", "max_retries again"), section("c", "pump.log and max_retries"));
        assertThat(new Identifiers(corpus, new Random(1)).queries(9)).extracting(Query::text)
                .hasSize(2)
                .contains("pump.log")
                .doesNotContain("max_retries", "plain");
    }

    @Test
    void wordsAreDroppedAndTheOthersStayInOrder() {
        Words words = Words.of("one two three four five six seven eight nine ten", Locale.ENGLISH);
        List<String> kept = List.of(words.withWordsDropped(new Random(3)).split(" ", -1));
        assertThat(kept).hasSize(6)
                .isSubsetOf("one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
                        "ten");
        assertThat(words.toString()).containsSubsequence(kept);
    }

    @Test
    void wordsOfChineseTouchWhereTheyDid() {
        Words words = Words.of("我们正在学习机器学习的基础知识。", Locale.CHINESE);
        assertThat(words.toString()).isEqualTo("我们正在学习机器学习的基础知识");
        assertThat(words.withWordsDropped(new Random(1))).contains(" ")
                .hasSizeLessThan(words.toString().length());
    }

    @Test
    void aTypoIsOneEdit() {
        Words words = Words.of("Wire the pump controller", Locale.ENGLISH);
        for (int seed = 0; seed < 200; seed++) {
            String typed = words.withTypo(new Random(seed));
            assertThat(typed).isNotEqualTo("Wire the pump controller")
                    .startsWith("Wire the pump ");
            assertThat(Math.abs(typed.length() - words.toString().length()))
                    .isLessThanOrEqualTo(1);
        }
        assertThat(Words.of("a pump", Locale.ENGLISH).canHaveTypo()).isFalse();
        assertThat(Words.of("机器学习", Locale.CHINESE).withTypo(new Random(1))).hasSize(3);
    }

    @Test
    void theSameTreeAndSeedAskTheSameAndEveryEngineFindsThings() {
        try (CascadeIndex cascade = new CascadeIndex("en", NOTES, state);
                Engine lucene = new BareLucene(cascade.corpus().sections());
                Engine fts = new SqliteFts(cascade.corpus().sections())) {
            List<Query> queries = new Queries(cascade.corpus(), 1, 20).all();
            assertThat(new Queries(cascade.corpus(), 1, 20).all()).isEqualTo(queries);
            Set<Query.Type> types = queries.stream()
                    .map(Query::type)
                    .collect(Collectors.toSet());
            assertThat(types).contains(Query.Type.HEADING, Query.Type.LINK,
                    Query.Type.DROPPED_WORDS, Query.Type.TYPO);
            for (Engine engine : List.of(cascade.text(), lucene, fts, cascade.hybrid())) {
                Figures figures = new Figures(queries.stream()
                        .map(query -> Answered.by(List.of(engine), "en", query))
                        .toList(), Set.of());
                assertThat(figures.macro(engine.name(), Score::recall)).as(engine.name())
                        .isGreaterThan(0.5);
                assertThat(figures.tables()).contains(engine.name()).contains("nowhere");
            }
        }
    }
}
