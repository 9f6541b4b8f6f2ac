package dev.cascade.steps.parse;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryDocument;

import static dev.cascade.steps.parse.Files.parseNote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.groups.Tuple.tuple;

class NoteTest {

    private static String body(Entry entry) {
        return String.join("", entry.fields().getOrDefault("body", List.of()));
    }

    private static String only(String text) {
        return body(Files.only(parseNote(text)));
    }

    @Test
    void eachHeadingBeginsAnEntryAndSoDoesTheTextAboveThem() {
        MemoryDocument note = parseNote("""
                ---
                tags: [a, b]
                ---
                Above.

                # Garden

                ## Set up

                Text of set up.

                Pump
                ----

                Text of pump.
                ## Set up
                Again.
                """);

        assertThat(note.title()).isEqualTo("Garden");
        assertThat(note.entries()).extracting(Entry::id, Entry::line, Entry::title,
                Entry::headings, NoteTest::body)
                .containsExactly(tuple("_", 4, "Garden", List.of(), "Above."),
                        tuple("garden", 6, "Garden", List.of("Garden"), ""),
                        tuple("garden/set-up", 8, "Set up", List.of("Garden", "Set up"),
                                "Text of set up."),
                        tuple("garden/pump", 12, "Pump", List.of("Garden", "Pump"),
                                "Text of pump."),
                        tuple("garden/set-up-2", 16, "Set up", List.of("Garden", "Set up"),
                                "Again."));
        assertThat(note.entries()).allSatisfy(
                entry -> assertThat(entry.fields()).containsEntry("tags", List.of("a", "b")));
    }

    @Test
    void aSectionPutInBetweenLeavesTheOtherIdsAlone() {
        List<String> before = parseNote("# A\nx\n# B\ny\n").entries()
                .stream()
                .map(Entry::digest)
                .toList();

        assertThat(parseNote("# A\nx\n# New\nz\n# B\ny\n").entries()).extracting(Entry::digest)
                .containsAll(before);
    }

    @Test
    void anOrdinalNeverTakesTheNameOfAnotherHeading() {
        assertThat(parseNote("# a\n# a\n# a 2\n# a-2\n# a\n# _\n# !\n# Über 日本\n").entries())
                .extracting(Entry::id)
                .containsExactly("a", "a-2", "a-2-2", "a-2-3", "a-3", "section", "section-2",
                        "über-日本");
    }

    @Test
    void aHashInsideOfCodeIsNoHeading() {
        assertThat(only("```\n# no\n```\n\n    # nor this\n\n~~~sh\n## x\n~~~\n"))
                .isEqualTo("# no\n\n# nor this\n\n## x");
    }

    @Test
    void headingsInsideOfQuotesAndListsAreText() {
        assertThat(only("> # quoted\n> text\n\n- # item\n")).isEqualTo("quoted\n\ntext\n\nitem");
    }

    @Test
    void markupDoesNotReachTheText() {
        assertThat(only("A *b* **c** `d*` [e](http://f 'g') ![h](i.png) <b>j</b> &amp; \\* k<br>l"
                + "\n<http://m.n>\n[o][p]\n\n[p]: http://q\n\n***\n\n<div class=\"r\">\ns\n</div>\n"
                + "\n<!-- t -->\n"))
                .isEqualTo("A b c d* e h j & * k\nl\nhttp://m.n\no\n\ns");
    }

    @Test
    void tablesAndListsAreReadRowByRow() {
        assertThat(only("| a | b |\n|---|---|\n| c | *d* |\n\n- e\n- f\n  1. g\n"))
                .isEqualTo("a b\nc d\n\ne\nf\ng");
    }

    @Test
    void wikiLinksReadAsTheirTextButNotInCode() {
        assertThat(only("See [[salt test]] and [[a/b|the b]]. `[[ -f x ]]`\n"))
                .isEqualTo("See salt test and the b. [[ -f x ]]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "---\ntags: x\n---\n", "\n\n", "---\n---\n"})
    void anEmptyNoteIsOneEntryWithATitleOnly(String text) {
        Entry entry = Files.only(parseNote(text));

        assertThat(entry.id()).isEqualTo("_");
        assertThat(entry.title()).isEqualTo("sensors");
        assertThat(entry.fields()).doesNotContainKey("body");
    }

    @Test
    void theTitleIsThatOfTheFrontmatterThenOfTheFirstHeadingThenOfTheFile() {
        assertThat(parseNote("---\ntitle: T\n---\n# H\n").title()).isEqualTo("T");
        assertThat(parseNote("## G\n# H *x*\n").title()).isEqualTo("H x");
        assertThat(parseNote("## G\n").title()).isEqualTo("sensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tags: [a b, c]", "tags: a b, c", "tags:\n- a b\n- c",
            "tags: '[a b, c]'", "tags: [a b, null, c]"})
    void tagsMayBeAListOrText(String line) {
        assertThat(Files.only(parseNote("---\n" + line + "\n---\nx")).fields())
                .containsEntry("tags", List.of("a b", "c"));
    }

    @Test
    void aBadOptionalFieldOfANoteIsLeftOutWithAWarning() {
        MemoryDocument note = parseNote("---\ntags: {a: b}\ndate: 2026-03-04\n---\nx");

        assertThat(Files.only(note).fields()).containsOnlyKeys("date", "body");
        assertThat(note.findings()).singleElement()
                .extracting("line", "entrySkipped")
                .containsExactly(2, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"---\na: b: c\n---\n\ntext", "---\nno end\n\ntext",
            "---\n- a\n---\n\ntext", "---\na: 1\na: 2\n---\n\ntext"})
    void brokenFrontmatterOfANoteIsIndexedAsTextWithAWarning(String text) {
        MemoryDocument note = parseNote(text);

        assertThat(note.entries()).anySatisfy(entry -> assertThat(body(entry)).endsWith("text"));
        assertThat(note.findings()).singleElement()
                .extracting("what")
                .asString()
                .contains("indexed as text");
    }

    @Test
    void rowsOfTwoNotesNeverConflict() {
        byte[] bytes = "# A\n".getBytes(StandardCharsets.UTF_8);
        Entry one = Files.only(Files.parse("a.md", bytes, Map.of(), Files.note()));
        Entry two = Files.only(Files.parse("b.md", bytes, Map.of(), Files.note()));

        assertThat(one.row()).isNotEqualTo(two.row());
        assertThat(one.id()).isEqualTo(two.id());
    }

    @Test
    void aLongSectionIsDividedBetweenParagraphsAndEachPartKnowsItsLine() {
        String paragraph = "word ".repeat(300).strip();
        MemoryDocument note = parseNote(
                "# A\n\n" + (paragraph + "\n\n").repeat(5) + "# B\n\nend\n");

        assertThat(note.entries()).extracting(Entry::id, Entry::line)
                .containsExactly(tuple("a", 1), tuple("a#2", 7), tuple("a#3", 11), tuple("b", 13));
        assertThat(body(note.entries().getFirst())).isEqualTo(paragraph + "\n\n" + paragraph);
        assertThat(note.entries().get(2).headings()).containsExactly("A");
    }

    @Test
    void aLongListIsDividedBetweenItsItems() {
        MemoryDocument note = parseNote("- item with some text\n".repeat(500));

        assertThat(note.entries()).hasSizeGreaterThan(2).allSatisfy(entry -> {
            assertThat(body(entry)).hasSizeLessThanOrEqualTo(SectionParts.MAX_CHARS)
                    .startsWith("item with")
                    .endsWith("text");
            assertThat(entry.line()).isPositive();
        });
    }

    @Test
    void noPartIsLongerThanItsLimitAndNothingIsLost() {
        String text = "\uD83C\uDF31".repeat(9000);
        MemoryDocument note = parseNote(text);

        assertThat(note.entries()).allSatisfy(entry -> assertThat(body(entry))
                .hasSizeLessThanOrEqualTo(SectionParts.MAX_CHARS));
        assertThat(note.entries().stream().map(NoteTest::body).reduce("", String::concat))
                .isEqualTo(text);
    }

    static List<String> hostile() {
        int kilo = 1000;
        return List.of(">".repeat(10 * kilo) + " x", "[".repeat(10 * kilo),
                "[a](".repeat(100 * kilo), "![".repeat(20 * kilo) + "x" + "](u)".repeat(20 * kilo),
                "**a ".repeat(50 * kilo) + "b" + " a**".repeat(50 * kilo),
                "*a ".repeat(400) + "b" + " a*".repeat(400), "<a ".repeat(200 * kilo),
                "a <!-- ".repeat(100 * kilo), "a <? ".repeat(100 * kilo),
                ("<a ".repeat(600) + "\n\n").repeat(2 * kilo), "&".repeat(kilo * kilo),
                "[a\n".repeat(100 * kilo), "<a\n".repeat(200 * kilo),
                "[a]: u \"x\n".repeat(80 * kilo), "|a|b|\n".repeat(200 * kilo),
                "1x\n".repeat(200 * kilo), "#x\n".repeat(200 * kilo),
                "|a".repeat(5 * kilo) + "|\n" + "|-".repeat(5 * kilo) + "|\n"
                        + "|b\n".repeat(5 * kilo),
                "# h\n\nx\n".repeat(20 * kilo), "x ".repeat(8 << 20), "x".repeat(16 << 20),
                "- ".repeat(5 * kilo), "`".repeat(kilo * kilo), "<div>".repeat(200 * kilo),
                "<!--".repeat(200 * kilo), "\\".repeat(kilo * kilo), "[[".repeat(200 * kilo),
                ("[[" + "a".repeat(600)).repeat(kilo), "\t".repeat(kilo * kilo) + "x",
                "###### a\n".repeat(20 * kilo), "---\n".repeat(100 * kilo), "- a\n".repeat(4 << 20),
                "# h\n".repeat(4 << 20),
                "- a\n".repeat(190 * kilo), "# h\n".repeat(190 * kilo),
                "|a".repeat(99) + "|\n" + "|-".repeat(99) + "|\n" + "|b|\n".repeat(190 * kilo));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void noTextTakesLongOrOverflowsTheStack(String text) {
        MemoryDocument note = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20),
                () -> parseNote(text));

        assertThat(note.entries()).isNotEmpty();
    }

    @Test
    void markupThatIsTooCostlyIsIndexedAsTextWithAWarning() {
        MemoryDocument note = parseNote("**a ".repeat(5000) + "\n\n*fine*\n");

        assertThat(body(note.entries().getLast())).endsWith("fine");
        assertThat(note.findings()).singleElement()
                .extracting("what")
                .asString()
                .contains("taken as text");
    }

    @Test
    void aNoteOfVeryManyLinesIsIndexedAsTextInPartsThatKnowTheirLines() {
        MemoryDocument note = parseNote("---\ntags: a\n---\n" + "# some words\n".repeat(250_000));

        assertThat(note.findings()).hasSize(1);
        assertThat(note.entries()).hasSizeGreaterThan(500);
        assertThat(note.entries().getFirst().line()).isEqualTo(4);
        assertThat(note.entries().get(1).line()).isEqualTo(4 + 4000 / 13);
    }

    @Test
    void aHeadingEndsAVeryLongParagraph() {
        MemoryDocument note = parseNote("1x\n".repeat(3000) + "# H\ny\n");

        assertThat(note.entries().getLast().id()).isEqualTo("h");
        assertThat(note.entries().getLast().line()).isEqualTo(3001);
    }

    @Test
    void aNoteThatIsNoTextIsRefused() {
        assertThatExceptionOfType(MalformedMemory.class)
                .isThrownBy(() -> parseNote("a\n\0"))
                .withMessage(
                        "garden/sensors.md:2: a NUL byte was seen; take it out, or keep files that are no text elsewhere");
    }
}
