package dev.cascade.steps;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.Known;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Observation.Back;
import dev.cascade.steps.memory.Observation.Differs;
import dev.cascade.steps.memory.Observation.Missing;
import dev.cascade.steps.memory.Observation.Reason;
import dev.cascade.steps.memory.Sighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

@Tag("EV-08")
class DifferencesTest {

    private static final MemoryPath PATH = new MemoryPath("a.md");
    private static final Fingerprint NOW = new Fingerprint(1, 20, 20, 7, "");
    private static final Fingerprint OLDER = new Fingerprint(1, 10, 10, 7, "");
    private static final Fingerprint NEWER = new Fingerprint(1, 30, 30, 7, "");
    private static final Fingerprint LONGER = new Fingerprint(2, 20, 20, 7, "");
    private static final Fingerprint REPLACED = new Fingerprint(1, 20, 20, 8, "");
    private static final Fingerprint COMPANIED = new Fingerprint(1, 20, 20, 7, "ab");
    private static final Map<String, String> SCHEMAS = Map.of("note", "s2", "ticket", "t1");

    private static Known known(@Nullable Fingerprint wanted) {
        return new Known(PATH, "note", wanted, "s2", 1, 0);
    }

    private static Sighting seen(Fingerprint fingerprint) {
        return new Sighting(PATH, "note", fingerprint);
    }

    private static Observation differs(Fingerprint seen, Reason reason) {
        return new Differs(seen(seen), reason);
    }

    static List<Arguments> matrix() {
        Known missing = new Known(PATH, "note", NOW, "s2", 1, Known.MISSING);
        Known unsure = new Known(PATH, "note", NOW, "s2", 1, Known.UNSURE);
        Known oldSchema = new Known(PATH, "note", NOW, "s1", 1, 0);
        Known notIndexed = new Known(PATH, "note", NOW, null, 1, 0);
        Known ticket = new Known(PATH, "ticket", NOW, "t1", 1, 0);
        return List.of(
                arguments("unknown and there", null, seen(NOW), differs(NOW, Reason.ADDED)),
                arguments("unknown and not there", null, null, null),
                arguments("as it was", known(NOW), seen(NOW), null),
                arguments("as it was, pending or failed", notIndexed, seen(NOW), null),
                arguments("newer", known(NOW), seen(NEWER), differs(NEWER, Reason.MODIFIED)),
                arguments("older", known(NOW), seen(OLDER), differs(OLDER, Reason.MODIFIED)),
                arguments("longer", known(NOW), seen(LONGER), differs(LONGER, Reason.MODIFIED)),
                arguments("replaced", known(NOW), seen(REPLACED),
                        differs(REPLACED, Reason.MODIFIED)),
                arguments("a companion changed", known(NOW), seen(COMPANIED),
                        differs(COMPANIED, Reason.MODIFIED)),
                arguments("only its existence is known", known(Fingerprint.UNKNOWN), seen(NOW),
                        differs(NOW, Reason.MODIFIED)),
                arguments("another kind claims it now", ticket, seen(NOW),
                        differs(NOW, Reason.MODIFIED)),
                arguments("indexed under an old schema", oldSchema, seen(NOW),
                        differs(NOW, Reason.RESCHEMED)),
                arguments("read when it was too fresh", unsure, seen(NOW),
                        differs(NOW, Reason.UNSURE)),
                arguments("gone", known(NOW), null, new Missing(PATH)),
                arguments("gone, as an earlier walk proposed", missing, null, new Missing(PATH)),
                arguments("gone, and only its existence was known", known(Fingerprint.UNKNOWN),
                        null, new Missing(PATH)),
                arguments("a tombstone", known(null), null, null),
                arguments("a tombstone that is there again", known(null), seen(NOW),
                        differs(NOW, Reason.ADDED)),
                arguments("back, unchanged", missing, seen(NOW), new Back(PATH)),
                arguments("back, changed", missing, seen(NEWER),
                        differs(NEWER, Reason.MODIFIED)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("matrix")
    void onePathIsComparedAsTheMatrixSays(String name, @Nullable Known known,
            @Nullable Sighting seen, @Nullable Observation expected) {
        assertThat(Differences.compare(known, seen, SCHEMAS, false)).as(name)
                .isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void aForcedComparisonReadsWhatIsThereAndNothingElse() {
        assertThat(Differences.compare(known(NOW), seen(NOW), SCHEMAS, true))
                .contains(differs(NOW, Reason.FORCED));
        assertThat(Differences.compare(known(NOW), seen(NEWER), SCHEMAS, true))
                .contains(differs(NEWER, Reason.MODIFIED));
        assertThat(Differences.compare(known(null), null, SCHEMAS, true)).isEmpty();
    }

    @Test
    void theMergeOfTwoStreamsEqualsAComparisonPathByPath() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            TreeMap<MemoryPath, Sighting> tree = new TreeMap<>();
            TreeMap<MemoryPath, Known> ledger = new TreeMap<>();
            for (int i = 0; i < random.nextInt(60); i++) {
                MemoryPath path = new MemoryPath("%c/%c%d.md".formatted(
                        'a' + random.nextInt(3), 'a' + random.nextInt(3), random.nextInt(4)));
                Fingerprint print = random.nextBoolean() ? NOW : NEWER;
                if (random.nextBoolean()) {
                    tree.put(path, new Sighting(path, "note", print));
                }
                if (random.nextBoolean()) {
                    ledger.put(path, new Known(path, "note",
                            random.nextInt(4) == 0 ? null : NOW,
                            random.nextInt(4) == 0 ? "s1" : "s2", 1,
                            (random.nextInt(4) == 0 ? Known.MISSING : 0)
                                    + (random.nextInt(4) == 0 ? Known.UNSURE : 0)));
                }
            }
            Map<MemoryPath, Observation> expected = new HashMap<>();
            List<MemoryPath> all = new ArrayList<>(tree.keySet());
            all.addAll(ledger.keySet());
            for (MemoryPath path : all) {
                Differences.compare(ledger.get(path), tree.get(path), SCHEMAS, false)
                        .ifPresent(observation -> expected.put(path, observation));
            }
            Differences merged = new Differences(tree.values().iterator(),
                    ledger.values().iterator(), SCHEMAS, false);
            List<Observation> observed = new ArrayList<>();
            merged.forEachRemaining(observed::add);
            assertThat(observed).as("seed %d", seed)
                    .isSortedAccordingTo(
                            (a, b) -> a.path().compareTo(b.path()))
                    .containsExactlyInAnyOrderElementsOf(
                            expected.values());
            assertThat(merged.census().seen()).isEqualTo(tree.size());
            assertThat(merged.census().missing()).isEqualTo(
                    observed.stream().filter(Missing.class::isInstance).count());
        }
    }

    @Test
    void aWalkOutOfOrderThrowsInsteadOfTakingFilesForMissing() {
        Iterator<Sighting> walk = sightings("a.md", "c.md", "b.md");
        assertThatIllegalStateException()
                .isThrownBy(() -> new Differences(walk, knowns(), SCHEMAS, false)
                        .forEachRemaining(_ -> {}))
                .withMessage("the walk is out of order: b.md came after c.md");
    }

    @Test
    void aPathSeenTwiceThrows() {
        Iterator<Sighting> walk = sightings("a.md", "a.md");
        assertThatIllegalStateException()
                .isThrownBy(() -> new Differences(walk, knowns(), SCHEMAS, false)
                        .forEachRemaining(_ -> {}))
                .withMessageContaining("out of order");
    }

    @Test
    void aLedgerOutOfOrderThrows() {
        Iterator<Known> ledger = knowns("b.md", "a.md");
        assertThatIllegalStateException()
                .isThrownBy(() -> new Differences(sightings(), ledger, SCHEMAS, false)
                        .forEachRemaining(_ -> {}))
                .withMessage("the ledger is out of order: a.md came after b.md");
    }

    private static Iterator<Sighting> sightings(String... paths) {
        return List.of(paths)
                .stream()
                .map(path -> new Sighting(new MemoryPath(path), "note", NOW))
                .iterator();
    }

    private static Iterator<Known> knowns(String... paths) {
        return List.of(paths)
                .stream()
                .map(path -> new Known(new MemoryPath(path), "note", NOW, "s2", 1, 0))
                .iterator();
    }
}
