package dev.cascade.steps.ledger;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cascade.config.Digests;
import dev.cascade.steps.memory.Vector;

import static org.assertj.core.api.Assertions.assertThat;

class VectorCacheTest {

    private static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");

    @TempDir
    private Path folder;

    private StateDatabase database;

    @BeforeEach
    void open() {
        database = StateDatabase.openForWriting(folder.resolve("state.db"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private VectorCache cache(String model, int dimensions, Instant now) {
        return new VectorCache(database.dataSource(), Clock.fixed(now, ZoneOffset.UTC), model,
                dimensions);
    }

    private static String sha(String text) {
        return Digests.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Vector vector(float... values) {
        return Vector.of(values);
    }

    @Test
    void whatWasKeptIsFoundBitByBit() {
        VectorCache cache = cache("m", 0, NOON);
        Vector one = vector(0.1f, -3e-7f, 12_345.678f);
        cache.keep(Map.of(sha("one"), one), List.of());
        assertThat(cache.find(List.of(sha("one"), sha("two")))).isEqualTo(Map.of(sha("one"), one));
    }

    @Test
    void anotherModelOrWidthHasVectorsOfItsOwn() {
        cache("m", 0, NOON).keep(Map.of(sha("one"), vector(1, 2)), List.of());
        assertThat(cache("n", 0, NOON).find(List.of(sha("one")))).isEmpty();
        assertThat(cache("m", 256, NOON).find(List.of(sha("one")))).isEmpty();
    }

    @Test
    void aThousandTextsAreFoundAtOnce() {
        VectorCache cache = cache("m", 0, NOON);
        Map<String, Vector> many = new HashMap<>();
        for (int i = 0; i < 1234; i++) {
            many.put(sha("text " + i), vector(i, 1));
        }
        cache.keep(many, List.of());
        assertThat(cache.find(many.keySet())).isEqualTo(many);
        assertThat(cache.size()).isEqualTo(new VectorCache.Size(1234, 1234 * 8));
    }

    @Test
    void whatWasUnusedLongestGoesFirst() {
        cache("m", 0, NOON).keep(Map.of(sha("old"), vector(1, 1)), List.of());
        cache("m", 0, NOON.plusSeconds(1)).keep(Map.of(sha("middle"), vector(2, 1)), List.of());
        cache("m", 0, NOON.plusSeconds(2)).keep(Map.of(sha("young"), vector(3, 1)), List.of());
        VectorCache later = cache("m", 0, NOON.plus(Duration.ofDays(2)));
        later.keep(Map.of(), List.of(sha("old")));
        assertThat(later.evict(16)).isEqualTo(1);
        assertThat(later.find(List.of(sha("old"), sha("middle"), sha("young"))))
                .containsOnlyKeys(sha("old"), sha("young"));
        assertThat(later.evict(16)).isZero();
        assertThat(later.evict(0)).isEqualTo(2);
    }
}
