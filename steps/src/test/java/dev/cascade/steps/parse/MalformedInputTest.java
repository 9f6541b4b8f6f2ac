package dev.cascade.steps.parse;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryDocument;

import static dev.cascade.steps.parse.Files.entry;
import static dev.cascade.steps.parse.Files.episode;
import static dev.cascade.steps.parse.Files.episodes;
import static dev.cascade.steps.parse.Files.parse;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// Every case of malformed input that the description of the format lists, as far as it is a matter
/// of reading.
class MalformedInputTest {

    private static final String A = "ep_20260304_00000001";
    private static final String B = "ep_20260304_00000002";
    private static final String TIME = "**timestamp**: 2026-03-04T09:15:00Z";
    private static final String TEXT = "### Content\nSome text";

    private static ThrowableAssertAlternative<MalformedMemory> refused(String path, String text) {
        return refused(path, text.getBytes(UTF_8), Map.of());
    }

    private static ThrowableAssertAlternative<MalformedMemory> refused(String path, byte[] bytes,
            Map<String, byte[]> companions) {
        return assertThatExceptionOfType(MalformedMemory.class)
                .isThrownBy(() -> parse(path, bytes, companions));
    }

    private static List<String> ids(MemoryDocument document) {
        return document.entries().stream().map(Entry::id).toList();
    }

    private static List<String> warnings(MemoryDocument document) {
        return document.findings()
                .stream()
                .filter(finding -> !finding.entrySkipped())
                .map(Finding::what)
                .toList();
    }

    private static String skill(String... lines) {
        return "---\n" + String.join("\n", lines) + "\n---\nDo it.\n";
    }

    private static String topic(String... lines) {
        return "---\ntype: knowledge_topic\n" + String.join("\n", lines) + "\n---\nText\n";
    }

    @Test
    @Tag("format-10.1")
    void aByteThatIsNoUtf8RefusesTheFileAndIsNamed() {
        byte[] latin1 = "---\nuser_id: mira\n---\n\nGrüße".getBytes(ISO_8859_1);

        refused(Files.EPISODES, latin1, Map.of()).withMessage(Files.EPISODES
                + ":5: byte 0xFC at offset 25 is no UTF-8; save the file as UTF-8");
    }

    @Test
    @Tag("format-10.1")
    void aFileInUtf16IsRecognised() {
        refused(Files.EPISODES, "---".getBytes(UTF_16), Map.of())
                .withMessageContaining("it looks like UTF-16");
    }

    @Test
    @Tag("format-10.1")
    void aTruncatedLastCharacterIsNoUtf8() {
        refused(Files.EPISODES, new byte[]{'a', '\n', (byte) 0xE2, (byte) 0x82}, Map.of())
                .withMessageContaining(":2: byte 0xE2 at offset 2");
    }

    @Test
    void aNulByteIsRefusedWithItsLine() {
        refused(Files.EPISODES, episodes(episode(A)) + "x\0").withMessageContaining(":12: a NUL");
    }

    @ParameterizedTest
    @Tag("format-10.1")
    @ValueSource(strings = {"user_id: [mira", "user_id: a: b", "\tuser_id: mira", "? [a]\n: b",
            "user_id: @mira", "user_id: 'mira", "user_id: mira\n--- \nx: y", "a: \u0001"})
    void yamlThatCannotBeReadRefusesTheFileWithALine(String yaml) {
        refused(Files.EPISODES, "---\n" + yaml + "\n---\n" + episode(A))
                .withMessageMatching("(?s).*\\.md:[1-9][0-9]*: the frontmatter cannot be read: .*");
    }

    @Test
    @Tag("format-10.1")
    void yamlErrorsNameTheLineOfTheFile() {
        refused(Files.EPISODES, "---\nid: x\nuser_id: a: b\n---\n")
                .withMessageContaining(".md:3: ");
    }

    @ParameterizedTest
    @Tag("format-10.1")
    @ValueSource(strings = {"user_id: &me mira\nother: *me", "base: &b {user_id: mira}\n<<: *b"})
    void anAliasIsRefusedRatherThanMisread(String yaml) {
        refused(Files.EPISODES, "---\n" + yaml + "\n---\n").withMessageContaining("is an alias");
    }

    @Test
    @Tag("format-10.1")
    void yamlThatIsNestedTooDeeplyIsRefused() {
        refused(Files.EPISODES, "---\nuser_id: mira\nx: " + "[".repeat(5000) + "\n---\n")
                .withMessageContaining("nesting depth");
    }

    @Test
    @Tag("format-10.1")
    void frontmatterOverItsLimitIsRefusedUnread() {
        refused(Files.EPISODES, "---\nuser_id: mira\nx: " + "a ".repeat(40_000) + "\n---\n")
                .withMessageContaining("longer than 64 KiB");
    }

    @Test
    @Tag("format-10.2")
    void aByteOrderMarkIsStripped() {
        assertThat(ids(parse(Files.EPISODES, '\uFEFF' + episodes(episode(A))))).containsExactly(A);
    }

    @ParameterizedTest
    @Tag("format-10.2")
    @ValueSource(strings = {"\n---\nuser_id: mira\n---\n", "---\nuser_id: mira\n",
            "--- \nuser_id: mira\n---\n", "---\nuser_id: mira\n...\n", "---\nuser_id: mira\n--- \n",
            "---\n- mira\n---\n", "---\nmira\n---\n", "", "---", "---\n---\n", "text"})
    void withoutFrontmatterNoFileIsIndexedForNobody(String head) {
        for (String path : List.of(Files.EPISODES, Files.CASES, Files.SKILL, Files.PROFILE,
                Files.PRINCIPLES)) {
            refused(path, head + episode(A));
        }
    }

    @Test
    @Tag("format-10.2")
    void aMissingKeySaysWhatToAdd() {
        refused(Files.EPISODES, "---\nid: x\n---\n").withMessage(Files.EPISODES
                + ":1: the frontmatter has no user_id; add 'user_id: …' between the lines ---");
    }

    @Test
    @Tag("format-10.3")
    void aFenceLineInsideABlockScalarClosesTheFrontmatter() {
        refused(Files.SKILL, "---\nagent_id: g\ndescription: |\n  a\n---\n  b\nname: x\n---\n")
                .withMessageContaining("the frontmatter has no name");
    }

    @ParameterizedTest
    @Tag("format-10.4")
    @ValueSource(strings = {"null", "~", "", "''", "Null"})
    void anOwnerOfNullIsMissing(String owner) {
        refused(Files.EPISODES, "---\nuser_id: " + owner + "\n---\n")
                .withMessageContaining("has no user_id");
    }

    @ParameterizedTest
    @Tag("format-10.4")
    @ValueSource(strings = {"123", "007", "1.10", "1e3", "true", "2026-03-04", "no"})
    void anOwnerThatLooksLikeSomethingElseIsKeptAsWritten(String owner) {
        assertThat(parse(Files.EPISODES, "---\nuser_id: " + owner + "\n---\n").owner())
                .isEqualTo(owner);
    }

    @ParameterizedTest
    @Tag("format-10.4")
    @ValueSource(strings = {"a/b", ".", "..", "mi ra", "mirä", "[a]", "{a: b}"})
    void anOwnerThatIsNoIdIsRefused(String owner) {
        refused(Files.EPISODES, "---\nuser_id: " + owner + "\n---\n")
                .withMessageContaining(":2: user_id is ");
    }

    @Test
    @Tag("format-10.5")
    void aKeyThatOccursTwiceIsRefusedWithItsLine() {
        refused(Files.EPISODES, "---\nuser_id: mira\nuser_id: noa\n---\n")
                .withMessageContaining(".md:3: ")
                .withMessageContaining("Duplicate");
    }

    @Test
    @Tag("format-10.6")
    void anEntryThatIsNeverClosedRefusesTheFileAndSaysWhatToAdd() {
        refused(Files.EPISODES, episodes(episode(A), "<!-- entry:" + B + " -->\ntext\n"))
                .withMessage(
                        "%s:13: entry %s is never closed; add <!-- /entry:%s --> or remove line 13"
                                .formatted(Files.EPISODES, B, B));
    }

    @Test
    @Tag("format-10.6")
    void aCloseMarkerThatIsMisspelledIsShown() {
        refused(Files.EPISODES,
                episodes("<!-- entry:" + A + " -->\ntext\n<!--/entry:" + A + "-->\n"))
                .withMessageContaining("(line 9 has '<!--/entry:" + A + "-->')");
    }

    @Test
    @Tag("format-10.7")
    void textOutsideOfEntriesIsIgnoredAndStrayCloseMarkersTooWithAWarning() {
        MemoryDocument document = parse(Files.EPISODES,
                episodes("prose", "<!-- /entry:" + B + " -->", episode(A), "more"));

        assertThat(ids(document)).containsExactly(A);
        assertThat(warnings(document)).singleElement().asString().contains("closes nothing");
    }

    @Test
    @Tag("format-10.7")
    void aNestedEntryIsTextOfTheOuterOneAndWarnedAbout() {
        MemoryDocument document = parse(Files.EPISODES,
                episodes(entry(A, TIME, TEXT + "\n" + episode(B))));

        assertThat(ids(document)).containsExactly(A);
        assertThat(warnings(document)).anyMatch(what -> what.contains(B + " opens inside"));
    }

    @Test
    @Tag("format-10.7")
    void markersCountAnywhereInALineAndInsideOfCode() {
        MemoryDocument document = parse(Files.EPISODES, episodes(
                "```\nx <!-- entry:%s -->%s\n%s<!-- /entry:%s --> y\n```".formatted(A, "\n" + TIME,
                        TEXT, A)));

        assertThat(ids(document)).containsExactly(A);
        assertThat(document.entries().getFirst().fields()).containsEntry("content",
                List.of("Some text"));
        assertThat(document.entries().getFirst().line()).isEqualTo(8);
    }

    @ParameterizedTest
    @Tag("format-10.8")
    @ValueSource(strings = {"<!--entry:e1-->", "<!--  entry:e1 -->", "<!-- entry: e1 -->",
            "<!-- entry:a.b -->", "<!-- entry:a:b -->", "<!-- entry:a b -->", "<!-- Entry:e1 -->",
            "<!-- entry:e1 --->", "<!-- entry:\u00e9 -->"})
    void aMarkerThatIsNearlyOneIsInvisibleAndWarnedAbout(String marker) {
        MemoryDocument document = parse(Files.EPISODES, episodes(marker, "text", episode(A)));

        assertThat(ids(document)).containsExactly(A);
        assertThat(document.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.line()).isEqualTo(7);
            assertThat(finding.what()).contains("is no marker");
        });
    }

    @Test
    @Tag("format-10.9")
    void ofTwoEntriesWithOneIdTheLastCounts() {
        MemoryDocument document = parse(Files.EPISODES, episodes(entry(A, TIME, "### Content\nold"),
                episode(B), entry(A, TIME, "### Content\nnew")));

        assertThat(ids(document)).containsExactly(B, A);
        assertThat(document.entries().getLast().fields()).containsEntry("content", List.of("new"));
        assertThat(warnings(document)).singleElement().asString().contains("stands in line 7 too");
    }

    @Test
    @Tag("format-10.10")
    void aLogWithoutEntriesIsADocumentWithoutEntries() {
        MemoryDocument document = parse(Files.EPISODES, episodes());

        assertThat(document.entries()).isEmpty();
        assertThat(document.findings()).isEmpty();
    }

    @ParameterizedTest
    @Tag("format-10.11")
    @ValueSource(strings = {"", "**timestamp**:", "**timestamp**: yesterday",
            "**timestamp**: 2026-03-04T09:15:00", "**timestamp**: 2026-02-30T09:15:00Z",
            "**timestamp**: 2026-03-04", "**timestamp**: 1772615700000",
            "**timestamp**: 99999-03-04T09:15:00Z"})
    void anEntryWithoutAGoodTimestampIsLeftOutAndItsSiblingsAreNot(String head) {
        MemoryDocument document = parse(Files.EPISODES,
                episodes(entry(A, head, TEXT), episode(B)));

        assertThat(ids(document)).containsExactly(B);
        assertThat(document.skippedEntries()).isEqualTo(1);
        assertThat(document.findings()).singleElement()
                .extracting(Finding::what)
                .asString()
                .startsWith("entry " + A + " was left out: timestamp is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-03-04T09:15:00Z", "2026-03-04T10:15:00+01:00",
            "2026-03-04 09:15:00+00:00", "2026-03-04T09:15Z", "2026-03-04T09:15:00.000000+00:00",
            "2026-03-04T09:15:00+0000", "2026-03-04t09:15:00z"})
    void aTimestampIsKeptAsWrittenAndUnderstood(String written) {
        Entry entry = Files.only(parse(Files.EPISODES,
                episodes(entry(A, "**timestamp**: " + written, TEXT))));

        assertThat(entry.timestamp()).isEqualTo(Instant.parse("2026-03-04T09:15:00Z"));
        assertThat(entry.fields()).containsEntry("timestamp", List.of(written));
    }

    @ParameterizedTest
    @Tag("format-10.11")
    @ValueSource(strings = {"", "**quality_score**: high", "**quality_score**: nan",
            "**quality_score**: inf", "**quality_score**: 0x1p3", "**quality_score**: 1f",
            "**quality_score**: 1e999"})
    void aCaseWithoutAGoodScoreIsLeftOut(String line) {
        MemoryDocument document = parse(Files.CASES,
                "---\nagent_id: gardener\n---\n" + entry("ac_1", TIME + "\n" + line,
                        "### TaskIntent\nx\n### Approach\ny")
                        + entry("ac_2", TIME + "\n**quality_score**: 1",
                                "### TaskIntent\nx\n### Approach\ny"));

        assertThat(ids(document)).containsExactly("ac_2");
        assertThat(Files.only(document).fields()).containsEntry("quality_score", List.of("1.0"));
    }

    @ParameterizedTest
    @Tag("format-10.11")
    @ValueSource(strings = {"**start_time**: soon", "**end_time**: 2026-13-01T00:00:00Z",
            "**duration_days**: 14.5", "**duration_days**: two",
            "**duration_days**: 99999999999999999999"})
    void aForesightWithABadTimeOrDurationIsLeftOut(String line) {
        MemoryDocument document = parse(Files.FORESIGHTS,
                "---\nuser_id: mira\n---\n"
                        + entry("fs_1", TIME + "\n" + line, "### Foresight\nx")
                        + entry("fs_2", TIME, "### Foresight\ny"));

        assertThat(ids(document)).containsExactly("fs_2");
        assertThat(document.skippedEntries()).isEqualTo(1);
    }

    @Test
    @Tag("format-10.12")
    void anEmptyInlineValueDoesNotSwallowTheNextLine() {
        Entry entry = Files.only(parse(Files.EPISODES,
                episodes(entry(A, "**session_id**:\n" + TIME, TEXT))));

        assertThat(entry.timestamp()).isEqualTo(Instant.parse("2026-03-04T09:15:00Z"));
        assertThat(entry.fields()).doesNotContainKey("session_id");
    }

    @Test
    @Tag("format-10.13")
    void aListWithoutBracketsIsEmptyAndWarnedAbout() {
        MemoryDocument document = parse(Files.EPISODES,
                episodes(entry(A, TIME + "\n**sender_ids**: mira, bot", TEXT)));

        assertThat(Files.only(document).fields()).doesNotContainKey("sender_ids");
        assertThat(document.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.line()).isEqualTo(9);
            assertThat(finding.what()).contains("without brackets");
        });
    }

    @Test
    @Tag("format-10.14")
    void onlyWholeFieldLinesAboveTheFirstSectionAreFields() {
        Entry entry = Files.only(parse(Files.EPISODES,
                episodes(entry(A, TIME + """

                        goes on here
                        **session_id** : s-1
                         **parent_id**: p-1
                        """, TEXT + "\n**parent_type**: cluster"))));

        assertThat(entry.fields()).doesNotContainKeys("session_id", "parent_id")
                .containsEntry("parent_type", List.of("memcell"))
                .containsEntry("content", List.of("Some text\n**parent_type**: cluster"));
    }

    @ParameterizedTest
    @Tag("format-10.15")
    @ValueSource(strings = {"", "### content\nx", "### Contents\nx", "#### Content\nx",
            "###Content\nx", " ### Content\nx", "### Content\n\n", "### Content"})
    void anEntryWithoutItsPrimarySectionIsLeftOutWithTheReason(String sections) {
        MemoryDocument document = parse(Files.EPISODES,
                episodes(entry(A, TIME, sections), episode(B)));

        assertThat(ids(document)).containsExactly(B);
        assertThat(document.findings()).filteredOn(Finding::entrySkipped)
                .singleElement()
                .extracting(Finding::what)
                .asString()
                .contains("the section 'Content' is missing or empty");
    }

    @Test
    @Tag("format-10.16")
    void aSectionLineInsideOfContentEndsItAndIsWarnedAbout() {
        MemoryDocument document = parse(Files.EPISODES,
                episodes(entry(A, TIME, "### Content\nabove\n### Steps\nbelow")));

        assertThat(Files.only(document).fields()).containsEntry("content", List.of("above"));
        assertThat(document.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.line()).isEqualTo(11);
            assertThat(finding.what()).contains("the section 'Steps', which is unknown");
        });
    }

    @Test
    @Tag("format-10.16")
    void ofRepeatedTitlesAndKeysTheLastCounts() {
        Entry entry = Files.only(parse(Files.EPISODES,
                episodes(entry(A, "**session_id**: s-1\n" + TIME + "\n**session_id**: s-2",
                        "### Content\nold\n### Content\nnew"))));

        assertThat(entry.fields()).containsEntry("content", List.of("new"))
                .containsEntry("session_id", List.of("s-2"));
    }

    @ParameterizedTest
    @Tag("format-10.17")
    @Tag("EV-64")
    @ValueSource(strings = {"[a, b]", "text", "1", "[]"})
    void deprecationsThatAreNoMappingRefuseTheFile(String value) {
        refused(Files.EPISODES, "---\nuser_id: mira\ndeprecated_entries: " + value + "\n---\n")
                .withMessageContaining(".md:3: deprecated_entries is ");
    }

    @Test
    @Tag("EV-64")
    void deprecationsGoWhenTheirLineGoes() {
        String with = "---\nuser_id: mira\ndeprecated_entries: {a: b}\n---\n" + episode(A);
        String without = "---\nuser_id: mira\n---\n" + episode(A);

        assertThat(parse(Files.EPISODES, with).deprecations()).isEqualTo(Map.of("a", "b"));
        assertThat(parse(Files.EPISODES, without).deprecations()).isEmpty();
        assertThat(parse(Files.EPISODES, "---\nuser_id: mira\ndeprecated_entries:\n---\n")
                .deprecations()).isEmpty();
    }

    @Test
    @Tag("EV-64")
    @Tag("EV-68")
    void aKindWithoutDeprecationsOnlyWarns() {
        MemoryDocument document = parse(Files.CASES,
                "---\nagent_id: gardener\ndeprecated_entries: [a]\n---\n");

        assertThat(document.deprecations()).isEmpty();
        assertThat(warnings(document)).singleElement().asString().contains("has no meaning");
    }

    @ParameterizedTest
    @Tag("format-10.18")
    @ValueSource(strings = {"default/default_project", ".tmp/p", "Upper/p", "con/p", "nul.txt/p",
            "a./p", "default_app/default", ".lock/p"})
    void aScopeFolderWithoutAValidNameRefusesTheFile(String scope) {
        String path = scope + "/users/mira/episodes/episode-2026-03-04.md";
        refused(path, episodes()).withMessageContaining("folder");
    }

    @Test
    @Tag("format-10.19")
    void contradictionsAreWarnedAboutAndChangeNothing() {
        MemoryDocument document = parse(
                Files.SCOPE + "users/noa/episodes/episode-2026-03-05.md", """
                        ---
                        user_id: mira
                        date: '2026-03-04'
                        entry_count: 7
                        ---
                        """ + entry("af_20260306_00000001", "## other\n" + TIME, TEXT));

        assertThat(document.owner()).isEqualTo("mira");
        assertThat(ids(document)).containsExactly("af_20260306_00000001");
        assertThat(warnings(document)).satisfiesExactlyInAnyOrder(
                warning -> assertThat(warning).contains("the folder says 'noa'"),
                warning -> assertThat(warning).contains("the file is named for 2026-03-05"),
                warning -> assertThat(warning).contains("entry_count is '7', but 1"),
                warning -> assertThat(warning).contains("does not begin with ep_"),
                warning -> assertThat(warning).contains("is not of the file's date"),
                warning -> assertThat(warning).contains("has the header 'other'"));
    }

    @ParameterizedTest
    @Tag("format-10.20")
    @ValueSource(strings = {"name: x", "agent_id: g", "agent_id: g\nname: ''",
            "agent_id: g\nname: x\nconfidence: high", "agent_id: g\nname: x\nmaturity_score: [1]",
            "agent_id: g\nname: x\nmaturity_score: .inf",
            "agent_id: g\nname: x\nsource_case_ids: null",
            "agent_id: g\nname: x\nsource_case_ids: ac_1",
            "agent_id: g\nname: x\nsource_case_ids: [{a: b}]", "agent_id: g\nname: [x]"})
    void aSkillWithABadFieldIsRefused(String frontmatter) {
        refused(Files.SKILL, skill(frontmatter));
    }

    @Test
    @Tag("format-10.20")
    void aReferenceFileThatIsNoUtf8IsNamed() {
        refused(Files.SKILL, skill("agent_id: g", "name: x").getBytes(UTF_8),
                Map.of("salt.md", "a\nü".getBytes(ISO_8859_1)))
                .withMessageContaining(
                        "companion salt.md: byte 0xFC at offset 2 (line 2) is no UTF-8");
    }

    @Test
    void numbersOfASkillAreKeptInOneForm() {
        Entry entry = Files.only(parse(Files.SKILL,
                skill("agent_id: g", "name: x", "confidence: 1", "maturity_score: 0.00001")));

        assertThat(entry.fields()).containsEntry("confidence", List.of("1.0"))
                .containsEntry("maturity_score", List.of("1e-05"));
    }

    @Test
    @Tag("format-10.21")
    @Tag("EV-65")
    void aRenamedSkillIsAnotherRowOfTheSameFile() {
        Entry before = Files.only(parse(Files.SKILL, skill("agent_id: g", "name: x")));
        Entry after = Files.only(parse(Files.SKILL, skill("agent_id: g", "name: y")));

        assertThat(before.row().key()).isNotEqualTo(after.row().key());
        assertThat(List.of(before.id(), after.id())).containsExactly("x", "y");
    }

    @Test
    @Tag("format-10.22")
    void anUnquotedDateInAProfileStaysItsText() {
        Entry entry = Files.only(parse(Files.PROFILE, """
                ---
                user_id: mira
                explicit_info: [{since: 2026-03-04, b: é, a: null, n: 1.50, t: true, q: '1'}]
                ---
                """));

        assertThat(entry.fields()).containsEntry("explicit_info", List.of(
                "[{\"a\": null, \"b\": \"é\", \"n\": 1.5, \"q\": \"1\", \"since\": \"2026-03-04\", \"t\": true}]"));
    }

    @ParameterizedTest
    @Tag("format-10.23")
    @ValueSource(strings = {"", "principles:", "principles: null", "principles: []"})
    void aMissingListOfPrinciplesIsAnEmptyOne(String line) {
        assertThat(parse(Files.PRINCIPLES, "---\nuser_id: mira\n" + line + "\n---\n").entries())
                .isEmpty();
    }

    @ParameterizedTest
    @Tag("format-10.23")
    @ValueSource(strings = {"principles: text", "principles: {id: a}", "principles: [a]",
            "principles: [null]", "principles: [{title: t}]", "principles: [{id: ''}]",
            "principles: [{id: [a]}]",
            "principles: [{id: a, title: t, statement: s}, {id: a, title: t, statement: s}]"})
    void aBadPrincipleRefusesTheFile(String line) {
        refused(Files.PRINCIPLES, "---\nuser_id: mira\n" + line + "\n---\n")
                .withMessageContaining(".md:3: ");
    }

    @Test
    @Tag("format-10.23")
    void eachPrincipleKnowsItsLineAndOneWithoutAStatementIsLeftOut() {
        MemoryDocument document = parse(Files.PRINCIPLES, """
                ---
                user_id: mira
                principles:
                  - id: p1
                    title: One
                    statement: First
                  - id: p2
                    title: Two
                  - {id: p3, title: Three, statement: Third}
                ---
                """);

        assertThat(document.entries()).extracting(Entry::id, Entry::line)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("p1", 4),
                        org.assertj.core.groups.Tuple.tuple("p3", 9));
        assertThat(document.skippedEntries()).isEqualTo(1);
    }

    @ParameterizedTest
    @Tag("format-10.24")
    @ValueSource(strings = {"type: knowledge_document", "type: null", "id: x", "type: [a]"})
    void aTopicOfAnotherTypeHasNoEntriesAndSaysSo(String line) {
        MemoryDocument document = parse(Files.TOPIC, "---\n" + line + "\n---\nText\n");

        assertThat(document.entries()).isEmpty();
        assertThat(warnings(document)).singleElement().asString().contains("'knowledge_topic'");
    }

    @ParameterizedTest
    @Tag("format-10.25")
    @ValueSource(strings = {"doc_id: d", "id: t", "id: t\ndoc_id: d\ndepth: deep",
            "id: t\ndoc_id: d\ntopic_index: 1.5", "id: t\ndoc_id: d\ndepth: true"})
    void aTopicWithABadFieldIsRefused(String lines) {
        refused(Files.TOPIC, topic(lines));
    }

    @Test
    @Tag("format-10.25")
    void aNullListOfATopicIsEmpty() {
        Entry entry = Files.only(parse(Files.TOPIC, topic("id: t", "doc_id: d",
                "content_labels: null", "children_node_ids: [a, b]")));

        assertThat(entry.fields()).doesNotContainKey("content_labels")
                .containsEntry("children_node_ids", List.of("a", "b"));
    }

    @Test
    @Tag("format-10.31")
    void aCopiedLogClaimsTheSameRows() {
        MemoryDocument one = parse(Files.EPISODES, episodes(episode(A)));
        MemoryDocument copy = parse(Files.EPISODES.replace("03-04", "03-05"),
                episodes(episode(A)));

        assertThat(Files.only(one).row()).isEqualTo(Files.only(copy).row());
        assertThat(one.path()).isNotEqualTo(copy.path());
    }

    @Test
    @Tag("format-10.31")
    void twoProfilesClaimOneRowUnlessTheirSubjectsDiffer() {
        String mira = Files.SCOPE + "users/mira/user.mira.md";
        Entry plain = Files.only(parse(Files.PROFILE, "---\nuser_id: mira\n---\n"));
        Entry other = Files.only(parse(mira, "---\nuser_id: mira\n---\n"));
        Entry noa = Files.only(parse(mira, "---\nuser_id: mira\nsubject: noa\n---\n"));

        assertThat(plain.row()).isEqualTo(other.row()).isNotEqualTo(noa.row());
    }

    @Test
    @Tag("format-10.32")
    @Tag("EV-65")
    void aMovedFileKeepsItsRowsAndDigestsAndHasItsNewPath() {
        MemoryDocument before = parse(Files.TOPIC, topic("id: t", "doc_id: d"));
        MemoryDocument after = parse(Files.TOPIC.replace("Manuals", "Books"),
                topic("id: t", "doc_id: d"));

        assertThat(Files.only(before).digest()).isEqualTo(Files.only(after).digest());
        assertThat(after.path().value()).contains("Books");
    }

    @Test
    @Tag("EV-75")
    void anEditedOrRenamedReferenceIsAnotherContent() {
        byte[] bytes = skill("agent_id: g", "name: x").getBytes(UTF_8);
        MemoryDocument salt = parse(Files.SKILL, bytes, Map.of("b.md", "salt".getBytes(UTF_8)));
        MemoryDocument sugar = parse(Files.SKILL, bytes, Map.of("b.md", "sugar".getBytes(UTF_8)));
        MemoryDocument named = parse(Files.SKILL, bytes, Map.of("c.md", "salt".getBytes(UTF_8)));
        MemoryDocument two = parse(Files.SKILL, bytes,
                Map.of("b.md", "salt \n".getBytes(UTF_8), "a.md", "first\n\n".getBytes(UTF_8)));

        assertThat(Files.only(salt).contentSha256())
                .isNotEqualTo(Files.only(sugar).contentSha256())
                .isEqualTo(Files.only(named).contentSha256());
        assertThat(salt.contentSha256()).isNotEqualTo(sugar.contentSha256())
                .isNotEqualTo(named.contentSha256());
        assertThat(Files.only(two).fields()).containsEntry("references_content",
                List.of("first\n\nsalt"));
    }

    @Test
    void lineEndsOfAnyPlatformMeanTheSame() {
        String text = episodes(episode(A), episode(B));
        MemoryDocument unix = parse(Files.EPISODES, text);

        assertThat(parse(Files.EPISODES, text.replace("\n", "\r\n")).entries())
                .isEqualTo(unix.entries());
        assertThat(parse(Files.EPISODES, text.replace("\n", "\r")).entries())
                .isEqualTo(unix.entries());
    }

    @Test
    void editingWhatIsNotHashedLeavesTheContentTheSame() {
        Entry before = Files.only(parse(Files.EPISODES, episodes(episode(A))));
        Entry after = Files.only(parse(Files.EPISODES,
                episodes(entry(A, TIME.replace("09", "10") + "\n**session_id**: s",
                        "### Content\nText of " + A))));

        assertThat(after.contentSha256()).isEqualTo(before.contentSha256());
        assertThat(after.digest()).isNotEqualTo(before.digest());
    }

    @Test
    void blanksOfUnicodeAreTrimmedAndUnicodeLineEndsAreText() {
        Entry entry = Files.only(parse(Files.EPISODES,
                episodes(entry(A, TIME + "\u00a0",
                        "### Content\u00a0\none\u2028two\u0085three\u00a0"))));

        assertThat(entry.fields()).containsEntry("content", List.of("one\u2028two\u0085three"));
    }
}
