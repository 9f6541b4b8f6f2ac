package dev.cascade.steps.parse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.cascade.config.Digests;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.Scope;

import static org.assertj.core.api.Assertions.assertThat;

class ExampleFilesTest {

    private static MemoryDocument example(String path) throws IOException {
        byte[] salt = path.equals(Files.SKILL) ? bytes("skills/references/salt.md") : new byte[0];
        String name = path.substring(path.lastIndexOf('/') + 1);
        return Files.parse(path, bytes(path.equals(Files.SKILL) ? "skills/SKILL.md" : name),
                path.equals(Files.SKILL) ? Map.of("salt.md", salt) : Map.of());
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                ExampleFilesTest.class.getResourceAsStream("/parse/examples/" + name), name)) {
            return in.readAllBytes();
        }
    }

    private static String sha256(String lines) {
        return Digests.sha256(lines.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Tag("EV-64")
    @Tag("EV-74")
    void anEpisodeKeepsItsFieldsItsParentAndWhatItReplaces() throws IOException {
        MemoryDocument document = example(Files.EPISODES);
        Entry entry = Files.only(document);

        assertThat(document.kind()).isEqualTo("episode");
        assertThat(document.owner()).isEqualTo("mira");
        assertThat(document.scope()).isEqualTo(new Scope("default", "default", "user"));
        assertThat(document.findings()).isEmpty();
        assertThat(document.deprecations())
                .isEqualTo(Map.of("ep_20260302_00000001", "ep_20260304_00000001"));
        assertThat(entry.row().key())
                .isEqualTo("7:episode4:user7:default7:default4:mira20:ep_20260304_00000001");
        assertThat(entry.line()).isEqualTo(9);
        assertThat(entry.title()).isEqualTo("Moving the greenhouse sensors");
        assertThat(entry.headings()).isEmpty();
        assertThat(entry.timestamp()).isEqualTo(Instant.parse("2026-03-04T09:15:00Z"));
        assertThat(entry.parentId()).isEqualTo("mc_0a1b");
        assertThat(entry.fields()).isEqualTo(Map.of("user_id", List.of("mira"), "session_id",
                List.of("s-17"), "timestamp", List.of("2026-03-04T09:15:00+00:00"), "parent_id",
                List.of("mc_0a1b"), "parent_type", List.of("memcell"), "sender_ids",
                List.of("mira", "bot"), "subject", List.of("Moving the greenhouse sensors"),
                "content",
                List.of("Mira decided to move both sensors to the north wall.\nThe old bracket is kept as a spare.")));
        assertThat(entry.contentSha256()).isEqualTo(sha256(
                "section:Content=Mira decided to move both sensors to the north wall.\nThe old bracket is kept as a spare.\n"
                        + "section:Subject=Moving the greenhouse sensors\nsection:Summary="));
    }

    @Test
    @Tag("EV-68")
    @Tag("EV-74")
    void anAtomicFactHasItsTextAsTitleAndNoColumnItDoesNotName() throws IOException {
        Entry entry = Files.only(
                example(Files.SCOPE + "users/mira/.atomic_facts/atomic_fact-2026-03-04.md"));

        assertThat(entry.title()).isEqualTo("Mira's greenhouse has two humidity sensors.");
        assertThat(entry.parentId()).isNull();
        assertThat(entry.fields()).containsOnlyKeys("user_id", "timestamp", "parent_type", "fact");
    }

    @Test
    void aForesightKeepsItsDurationAsANumber() throws IOException {
        Entry entry = Files.only(example(Files.FORESIGHTS));

        assertThat(entry.fields()).containsEntry("duration_days", List.of("14"))
                .containsEntry("evidence",
                        List.of("\"The north wall is four metres further away.\""))
                .doesNotContainKey("start_time");
    }

    @Test
    void anAgentCaseBelongsToItsAgentAndKeepsItsScore() throws IOException {
        MemoryDocument document = example(Files.CASES);
        Entry entry = Files.only(document);

        assertThat(document.scope().ownerType()).isEqualTo("agent");
        assertThat(document.owner()).isEqualTo("gardener");
        assertThat(entry.fields()).containsEntry("quality_score", List.of("0.8"));
        assertThat(entry.contentSha256()).isEqualTo(sha256("""
                inline:quality_score=0.8
                section:Approach=1. Salt test. 2. Compare readings. 3. Store the offset.
                section:KeyInsight=
                section:TaskIntent=Calibrate a humidity sensor"""));
    }

    @Test
    void aDecisionKeepsItsTags() throws IOException {
        Entry entry = Files.only(example(Files.DECISIONS));

        assertThat(entry.title()).isEqualTo("Shielded cable");
        assertThat(entry.fields()).containsEntry("tags", List.of("garden", "wiring"));
    }

    @Test
    @Tag("EV-75")
    void aSkillIsNamedByItsFrontmatterAndHoldsItsReferences() throws IOException {
        MemoryDocument document = example(Files.SKILL);
        Entry entry = Files.only(document);

        assertThat(document.title()).isEqualTo("calibrate_sensor");
        assertThat(entry.id()).isEqualTo("calibrate_sensor");
        assertThat(entry.fields()).containsEntry("confidence", List.of("0.9"))
                .containsEntry("source_case_ids", List.of("ac_20260304_00000001"))
                .containsEntry("references_content", List.of("Use table salt."));
        assertThat(entry.contentSha256()).isEqualTo(sha256("""
                body=Seal the probe with salt for eight hours, then note the reading.
                frontmatter:confidence=0.9
                frontmatter:description=Two-point check
                frontmatter:maturity_score=0.6
                frontmatter:name=calibrate_sensor
                references_content=Use table salt."""));
    }

    @Test
    void aProfileKeepsItsListsAsJson() throws IOException {
        Entry entry = Files.only(example(Files.PROFILE));

        assertThat(entry.id()).isEmpty();
        assertThat(entry.row().owner()).isEqualTo("mira");
        assertThat(entry.fields())
                .containsEntry("explicit_info",
                        List.of("[{\"field\": \"city\", \"value\": \"Graz\"}]"))
                .containsEntry("implicit_traits", List.of("[\"careful\"]"))
                .containsEntry("profile_timestamp_ms", List.of("1772615700000"))
                .doesNotContainKey("body");
    }

    @Test
    void aPrincipleIsAnItemOfItsList() throws IOException {
        Entry entry = Files.only(example(Files.PRINCIPLES));

        assertThat(entry.id()).isEqualTo("pr_00aa11bb22cc");
        assertThat(entry.line()).isEqualTo(2);
        assertThat(entry.title()).isEqualTo("Measure first");
        assertThat(entry.contentSha256()).isEqualTo(sha256("""
                item:source_entry_ids=["dc_20260304_00000001"]
                item:statement=Never move a probe unmeasured
                item:title=Measure first"""));
    }

    @Test
    void aKnowledgeDocumentHasNoOwnerAndKeepsItsBody() throws IOException {
        MemoryDocument document = example(Files.DOCUMENT);

        assertThat(document.owner()).isEmpty();
        assertThat(Files.only(document).id()).isEqualTo("d_0123456789ab");
        assertThat(Files.only(document).fields()).containsEntry("body",
                List.of("Short overview of the probe."));
    }

    @Test
    @Tag("EV-74")
    void aKnowledgeTopicWithoutAParentHasNone() throws IOException {
        Entry entry = Files.only(example(Files.TOPIC));

        assertThat(entry.parentId()).isNull();
        assertThat(entry.title()).isEqualTo("Wiring");
        assertThat(entry.fields()).containsEntry("depth", List.of("1"))
                .doesNotContainKeys("parent_node_id", "content_labels");
    }
}
