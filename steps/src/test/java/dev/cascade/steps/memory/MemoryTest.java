package dev.cascade.steps.memory;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/// The smaller words of the domain.
class MemoryTest {

    private static final Instant READ = Instant.parse("2026-03-04T10:00:00.500Z");

    private static Fingerprint touched(String time) {
        Instant instant = Instant.parse(time);
        long nanos = instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
        return new Fingerprint(1, 5, nanos, 1, "");
    }

    @ParameterizedTest
    @CsvSource({"2026-03-04T10:00:00.499Z, true", "2026-03-04T10:00:00.480Z, true",
            "2026-03-04T10:00:00.479999999Z, false", "2026-03-04T09:00:00.1Z, false",
            "2026-03-04T10:00:00Z, true", "2026-03-04T09:59:59Z, true",
            "2026-03-04T09:59:58Z, false", "2026-03-04T11:00:00.3Z, true"})
    void aFileTouchedWithinOneTickOfBeingReadIsUnsure(String touched, boolean unsure) {
        assertThat(touched(touched).isUnsure(READ)).isEqualTo(unsure);
    }

    @Test
    void withoutAChangeTimeTheModificationTimeDecides() {
        Fingerprint changed = touched("2026-03-04T10:00:00.499Z");
        Fingerprint modified = new Fingerprint(1, changed.changed(), 0, 0, "");
        assertThat(modified.isUnsure(READ)).isTrue();
        assertThat(new Fingerprint(1, 5, 0, 0, "").isUnsure(READ)).isFalse();
    }

    @Test
    @Tag("EV-10")
    void aFingerprintSurvivesBeingWritten() {
        Fingerprint print = new Fingerprint(12, 1_772_615_700_123_456_789L, 17, 99, "ab12");
        assertThat(Fingerprint.parse(print.toString())).isEqualTo(print);
        assertThat(Fingerprint.parse(Fingerprint.UNKNOWN.toString()))
                .isEqualTo(Fingerprint.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b@c+d-e_1", "con1", "com0", "lpt", "console", ".hidden"})
    void aFolderWithAValidNameIsAScope(String id) {
        assertThat(scope(id, "p")).isEqualTo(new Scope(id, "p", "user"));
        assertThat(scope("a", id)).isEqualTo(new Scope("a", id, "user"));
    }

    @Test
    void theDefaultFoldersAreTheDefaultIds() {
        assertThat(scope("default_app", "default_project"))
                .isEqualTo(new Scope("default", "default", "user"));
        assertThat(scope("default_project", "default_app"))
                .isEqualTo(new Scope("default_project", "default_app", "user"));
        assertThat(Scope.of(new MemoryPath("a/p/agents/x/skills/skill_y/SKILL.md")).ownerType())
                .isEqualTo("agent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "Upper", "a b", "ä", "a.", "con", "nul.txt", "aux.x.y",
            "com1", "lpt9"})
    void aFolderWithNoValidNameIsNoScope(String id) {
        assertThatExceptionOfType(MalformedMemory.class).isThrownBy(() -> scope("a", id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", ".index", ".lock", ".projection.lock", ".tmp",
            "everos.toml", "ome.toml"})
    void aReservedNameIsNoApp(String id) {
        assertThatExceptionOfType(MalformedMemory.class).isThrownBy(() -> scope(id, "p"));
    }

    @Test
    void anIdHasAtMost128Characters() {
        assertThat(scope("a".repeat(128), "p").app()).hasSize(128);
        assertThatExceptionOfType(MalformedMemory.class)
                .isThrownBy(() -> scope("a".repeat(129), "p"));
    }

    private static Scope scope(String app, String project) {
        return Scope.of(new MemoryPath(app + "/" + project + "/users/u/user.md"));
    }

    @Test
    void noTwoRowsShareAKey() {
        String[] parts = {"", "a", "1:a", "a1", ":", "1", "ä", "a:b"};
        Random random = new Random(7);
        Set<RowId> rows = new HashSet<>();
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 5000; i++) {
            String[] p = new String[7];
            for (int j = 0; j < p.length; j++) {
                p[j] = parts[random.nextInt(parts.length)];
            }
            RowId row = new RowId(p[0], new Scope(p[1], p[2], p[3]), p[4], p[5],
                    p[6]);
            rows.add(row);
            keys.add(row.key());
        }
        assertThat(keys).hasSameSizeAs(rows);
    }

    private static Entry entry(String id, String text, int line) {
        return new Entry(new RowId("note", Scope.NONE, "", "", id), line, "", List.of(), null, null,
                new TreeMap<>(Map.of("body", List.of(text))), text);
    }

    @Test
    @Tag("EV-13")
    void aDiffWritesWhatDiffersDeletesWhatWentAndKeepsTheRest() {
        Entry same = entry("same", "x", 1);
        Entry changed = entry("changed", "new", 2);
        Entry added = entry("added", "y", 3);
        EntryDiff diff = EntryDiff.between(
                Map.of("same", entry("same", "x", 99).digest(), "changed",
                        entry("changed", "old", 2).digest(), "gone", "whatever"),
                List.of(same, changed, added));
        assertThat(diff.upserts()).containsExactly(changed, added);
        assertThat(diff.deletes()).containsExactly("gone");
        assertThat(diff.kept()).isEqualTo(1);
        assertThat(diff.isEmpty()).isFalse();
        assertThat(EntryDiff.between(Map.of("same", same.digest()), List.of(same)).isEmpty())
                .isTrue();
    }

    @Test
    void valuesThatMoveFromOneFieldToTheNextChangeTheDigest() {
        Entry one = new Entry(new RowId("k", Scope.NONE, "", "", "i"), 1, "", List.of(), null, null,
                new TreeMap<>(Map.of("a", List.of("x", "y"), "b", List.of())), "h");
        Entry other = new Entry(new RowId("k", Scope.NONE, "", "", "i"), 1, "", List.of(), null,
                null,
                new TreeMap<>(Map.of("a", List.of("x"), "b", List.of("y"))), "h");
        assertThat(one.digest()).isNotEqualTo(other.digest());
    }

    @Test
    @Tag("EV-20")
    void neitherAllNorNoneIsAnEmptyList() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Selection.everything().below(List.of()));
        assertThat(Selection.everything().isEverything()).isTrue();
        assertThat(Selection.everything().ofKind("note").isEverything()).isFalse();
    }

    @Test
    @Tag("EV-20")
    void aSelectionHoldsItsPathsAndItsKindAndNothingElse() {
        Selection selection = Selection.everything()
                .below(List.of(new MemoryPath("a/b/c.md"), new MemoryPath("a/b"),
                        new MemoryPath("x.md")))
                .ofKind("note");
        assertThat(selection.paths().orElseThrow()).extracting(MemoryPath::value)
                .containsExactly("a/b", "x.md");
        assertThat(selection.contains(new MemoryPath("a/b/d.md"), "note")).isTrue();
        assertThat(selection.contains(new MemoryPath("a/b/d.md"), "episode")).isFalse();
        assertThat(selection.contains(new MemoryPath("a/bb.md"), "note")).isFalse();
        assertThat(selection.reaches(new MemoryPath("a"))).isTrue();
        assertThat(selection.reaches(new MemoryPath("a/b/deep"))).isTrue();
        assertThat(selection.reaches(new MemoryPath("b"))).isFalse();
    }
}
