package dev.cascade.steps.embed;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cascade.steps.memory.Vector;

/// Reads an answer that calls itself a success and believes none of it unseen.
///
/// A vector that is missing, doubled, all zeros or not made of numbers would poison search without a
/// word, so any of these makes the whole answer an error.
final class Answer {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Answer() {}

    /// An answer that does not hold what was asked for.
    static final class Nonsense extends Exception {

        private static final long serialVersionUID = 1L;

        Nonsense(String message) {
            super(message);
        }
    }

    /// @param asked
    ///            how many vectors it must hold
    static List<Vector> vectors(byte[] body, int asked) throws Nonsense {
        JsonNode data;
        try {
            data = JSON.readTree(body).path("data");
        } catch (JacksonException ex) {
            throw new Nonsense("an answer that is no JSON");
        }
        if (!data.isArray() || data.size() != asked) {
            throw new Nonsense("%s vectors for %d texts".formatted(
                    data.isArray() ? Integer.toString(data.size()) : "no", asked));
        }
        List<@Nullable Vector> inOrder = new ArrayList<>();
        for (int i = 0; i < asked; i++) {
            inOrder.add(null);
        }
        int place = 0;
        for (JsonNode one : data) {
            JsonNode index = one.path("index");
            int at = index.isMissingNode() ? place : index.isInt() ? index.intValue() : -1;
            if (at < 0 || at >= asked || inOrder.get(at) != null) {
                throw new Nonsense("a vector with the index %s for %d texts".formatted(
                        index, asked));
            }
            inOrder.set(at, vector(one.path("embedding")));
            place++;
        }
        List<Vector> vectors = new ArrayList<>();
        for (Vector vector : inOrder) {
            if (vector == null) {
                throw new IllegalStateException("as many places as vectors, none taken twice");
            }
            if (!vectors.isEmpty() && vector.width() != vectors.getFirst().width()) {
                throw new Nonsense("vectors of different widths");
            }
            vectors.add(vector);
        }
        return vectors;
    }

    private static Vector vector(JsonNode embedding) throws Nonsense {
        if (!embedding.isArray() || embedding.isEmpty()) {
            throw new Nonsense("an empty vector");
        }
        try {
            float[] values = new float[embedding.size()];
            for (int i = 0; i < values.length; i++) {
                JsonNode value = embedding.get(i);
                values[i] = value.isNumber() ? (float) value.doubleValue() : Float.NaN;
            }
            return Vector.of(values);
        } catch (IllegalArgumentException | JacksonException ex) {
            throw new Nonsense(String.valueOf(ex.getMessage()));
        }
    }
}
