package dev.cascade.steps.parse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import dev.cascade.config.Home;
import dev.cascade.config.KindSpec;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;

/// Files of a root that need not stand on disk.
final class Files {

    static final String SCOPE = "default_app/default_project/";
    static final String EPISODES = SCOPE + "users/mira/episodes/episode-2026-03-04.md";
    static final String FORESIGHTS = SCOPE + "users/mira/.foresights/foresight-2026-03-04.md";
    static final String CASES = SCOPE + "agents/gardener/.cases/agent_case-2026-03-04.md";
    static final String DECISIONS = SCOPE + "users/mira/decisions/decision-2026-03-04.md";
    static final String SKILL = SCOPE + "agents/gardener/skills/skill_calibrate_sensor/SKILL.md";
    static final String PROFILE = SCOPE + "users/mira/user.md";
    static final String PRINCIPLES = SCOPE + "users/mira/principles.md";
    static final String DOCUMENT = SCOPE
            + "knowledge/Manuals/probe_guide_d_0123456789ab/index.md";
    static final String TOPIC = SCOPE
            + "knowledge/Manuals/probe_guide_d_0123456789ab/1_wiring.md";

    private static final Home NOWHERE = Home.of(Path.of("no-such-root"), null);
    private static final Kinds EVEROS = Kinds.of(NOWHERE, Layout.EVEROS);
    private static final Kinds NOTES = Kinds.of(NOWHERE, Layout.NOTES);

    private Files() {}

    static KindSpec kind(String path) {
        return EVEROS.claiming(Path.of(path)).orElseThrow();
    }

    static KindSpec note() {
        return NOTES.named("note").orElseThrow();
    }

    static MemoryDocument parse(String path, String text) {
        return parse(path, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static MemoryDocument parse(String path, byte[] bytes, Map<String, byte[]> companions) {
        return parse(path, bytes, companions, kind(path));
    }

    static MemoryDocument parse(String path, byte[] bytes, Map<String, byte[]> companions,
            KindSpec kind) {
        return new MemoryParser().parse(
                new SourceFile(new MemoryPath(path), bytes, new TreeMap<>(companions)), kind);
    }

    static MemoryDocument parseNote(String text) {
        return parse("garden/sensors.md", text.getBytes(StandardCharsets.UTF_8), Map.of(),
                note());
    }

    static Entry only(MemoryDocument document) {
        if (document.entries().size() != 1) {
            throw new AssertionError("not one entry: " + document);
        }
        return document.entries().getFirst();
    }

    /// A file of episodes with the frontmatter that belongs to it.
    static String episodes(String... entries) {
        return """
                ---
                id: episode_log_mira_2026-03-04
                type: episode_daily
                user_id: mira
                date: '2026-03-04'
                ---
                """ + String.join("\n", entries);
    }

    /// One episode; `head` and `sections` are put between its markers.
    static String entry(String id, String head, String sections) {
        return "<!-- entry:%s -->\n%s\n%s\n<!-- /entry:%s -->\n".formatted(id, head, sections, id);
    }

    static String episode(String id) {
        return entry(id, "**timestamp**: 2026-03-04T09:15:00Z", "### Content\nText of " + id);
    }
}
