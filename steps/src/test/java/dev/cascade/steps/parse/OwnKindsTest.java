package dev.cascade.steps.parse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cascade.config.Home;
import dev.cascade.config.KindSpec;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// Kinds that only a root's own `kinds.yaml` knows are read by the same readers.
class OwnKindsTest {

    @TempDir
    Path root;

    private MemoryDocument parse(String kind, String path, String text) throws IOException {
        java.nio.file.Files.writeString(root.resolve("kinds.yaml"), """
                kinds:
                  journal:
                    glob: "journal/*.md"
                    shape: daily-log
                    timestamp: inline:at
                    deprecations: true
                    fields:
                      inline:at: {type: timestamp}
                      inline:mood: {type: decimal, default: "0"}
                      inline:links: {type: list, default: "[home, away]"}
                      section:WhatHappened: {required: true}
                    hashed: ["section:WhatHappened", "inline:mood", "inline:links"]
                    tokenised: ["section:WhatHappened"]
                  ticket:
                    glob: "tickets/*.md"
                    shape: single-entity
                    owner: frontmatter:assignee
                    entry-id: frontmatter:key
                    title: frontmatter:headline
                    timestamp: frontmatter:opened_ms
                    fields:
                      frontmatter:assignee: {type: keyword}
                      frontmatter:key: {type: keyword, required: true}
                      frontmatter:headline: {}
                      frontmatter:opened_ms: {type: integer}
                    hashed: [body]
                    tokenised: [body]
                  glossary:
                    glob: "glossary.md"
                    shape: frontmatter-list
                    list-field: terms
                    entry-id: item:term
                    fields:
                      item:term: {type: keyword, required: true}
                      item:meaning: {required: true}
                      item:extra: {type: json}
                    hashed: ["item:meaning"]
                    tokenised: ["item:meaning"]
                  page:
                    glob: "pages/**/*.md"
                    shape: note
                    fields:
                      frontmatter:status: {type: keyword, required: true}
                    hashed: [body, "frontmatter:status"]
                    tokenised: [body]
                """);
        KindSpec spec = Kinds.of(Home.of(root, null), Layout.NOTES)
                .claiming(Path.of(path))
                .orElseThrow();
        assertThat(spec.name()).isEqualTo(kind);
        return Files.parse(path, text.getBytes(StandardCharsets.UTF_8), Map.of(), spec);
    }

    @Test
    void aLogThatNeedsNothingFromItsFrontmatterNeedsNone() throws IOException {
        MemoryDocument document = parse("journal", "journal/1.md",
                Files.entry("a", "**at**: 2026-03-04T09:15:00+01:00", "### WhatHappened\nRain")
                        + Files.entry("b", "**mood**: -1.50\n**links**: []",
                                "### WhatHappened\n" + "Sun and wind ".repeat(10)));

        assertThat(document.scope()).isEqualTo(Scope.NONE);
        assertThat(document.owner()).isEmpty();
        Entry rain = document.entries().getFirst();
        assertThat(rain.row().file()).isEqualTo("journal/1.md");
        assertThat(rain.timestamp()).isEqualTo(Instant.parse("2026-03-04T08:15:00Z"));
        assertThat(rain.fields()).containsEntry("mood", List.of("0.0"))
                .containsEntry("links", List.of("home", "away"))
                .containsEntry("what_happened", List.of("Rain"));
        Entry sun = document.entries().getLast();
        assertThat(sun.fields()).containsEntry("mood", List.of("-1.5")).doesNotContainKey("links");
        assertThat(sun.title()).hasSizeLessThanOrEqualTo(81).endsWith("Sun and wind…");
    }

    @Test
    void brokenFrontmatterOfSuchALogIsAWarning() throws IOException {
        MemoryDocument document = parse("journal", "journal/1.md",
                "---\na: b: c\n---\n" + Files.entry("a", "", "### WhatHappened\nRain"));

        assertThat(document.entries()).hasSize(1);
        assertThat(document.findings()).hasSize(1);
    }

    @Test
    void anEntityIsNamedAndDatedByTheFieldsOfItsKind() throws IOException {
        MemoryDocument document = parse("ticket", "tickets/1.md", """
                ---
                assignee: mira
                key: T-1
                headline: Pump leaks
                opened_ms: 1772615700000
                ---
                Text
                """);
        Entry ticket = Files.only(document);

        assertThat(document.title()).isEqualTo("Pump leaks");
        assertThat(ticket.row().shown()).isEqualTo("mira_T-1");
        assertThat(ticket.timestamp()).isEqualTo(Instant.ofEpochMilli(1772615700000L));
        assertThat(ticket.title()).isEqualTo("Pump leaks");
    }

    @Test
    void aKindWithAnOwnerNeverIndexesForNobody() {
        assertThatExceptionOfType(MalformedMemory.class)
                .isThrownBy(() -> parse("ticket", "tickets/1.md", "---\nkey: T-1\n---\n"))
                .withMessageContaining("assignee is missing");
    }

    @Test
    void theItemsOfAnyListAreEntries() throws IOException {
        MemoryDocument document = parse("glossary", "glossary.md", """
                ---
                terms:
                  - {term: pump, meaning: Moves water, extra: [1, {b: 2.0, a: x}]}
                  - {term: probe, meaning: Measures it}
                ---
                """);

        assertThat(document.entries()).extracting(Entry::id).containsExactly("pump", "probe");
        assertThat(document.entries().getFirst().fields()).containsEntry("extra",
                List.of("[1, {\"a\": \"x\", \"b\": 2.0}]"));
    }

    @Test
    void aNoteOfAKindThatRequiresAFieldIsRefusedWithoutIt() throws IOException {
        assertThat(parse("page", "pages/a/b.md", "---\nstatus: draft\n---\n# H\n").entries())
                .hasSize(1);
        assertThatExceptionOfType(MalformedMemory.class)
                .isThrownBy(() -> parse("page", "pages/b.md", "# H\n"))
                .withMessageContaining("pages/b.md:1: the frontmatter cannot be read");
        assertThatExceptionOfType(MalformedMemory.class)
                .isThrownBy(() -> parse("page", "pages/b.md", "---\nstatus: [a]\n---\n"))
                .withMessageContaining("pages/b.md:2: status is a list");
    }
}
