package dev.cascade.steps.embed;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cascade.steps.embed.Embedder.Purpose;
import dev.cascade.steps.memory.Vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/// What every embedder promises; the fake one as well as the one that asks a server.
interface EmbedderContract {

    Embedder embedder();

    /// Makes the next request fail.
    void breakDown();

    @Test
    default void eachTextGetsItsVectorInOrder() {
        List<Vector> all = embedder().embed(Purpose.DOCUMENT, List.of("one", "two", "three"));
        assertThat(all).hasSize(3).doesNotHaveDuplicates();
        assertThat(embedder().embed(Purpose.DOCUMENT, List.of("two"))).containsExactly(all.get(1));
    }

    @Test
    default void equalTextsHaveEqualVectors() {
        assertThat(embedder().embed(Purpose.DOCUMENT, List.of("same", "same")).stream().distinct())
                .hasSize(1);
    }

    @Test
    default void vectorsHaveLengthOneAndOneWidth() {
        List<Vector> vectors = embedder().embed(Purpose.QUERY, List.of("short", "a longer text"));
        assertThat(vectors.stream().map(Vector::width).distinct()).hasSize(1);
        for (Vector vector : vectors) {
            double squares = 0;
            for (float value : vector.values()) {
                squares += value * value;
            }
            assertThat(squares).isBetween(0.999, 1.001);
        }
    }

    @Test
    default void aBlankTextIsNotSent() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> embedder().embed(Purpose.DOCUMENT, List.of("one", " \n")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> embedder().embed(Purpose.DOCUMENT, List.of()));
        assertThat(embedder().requests()).isZero();
    }

    @Test
    default void failedRequestsCountToo() {
        breakDown();
        assertThatExceptionOfType(EmbedderTrouble.class)
                .isThrownBy(() -> embedder().embed(Purpose.DOCUMENT, List.of("one")));
        assertThat(embedder().requests()).isEqualTo(1);
    }
}
