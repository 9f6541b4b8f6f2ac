package dev.cascade.steps.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// The meaning of a text as a direction among those of other texts; its length is always 1.
public final class Vector {

    private final float[] values;

    private Vector(float[] values) {
        this.values = values;
    }

    /// The direction in which `raw` points.
    ///
    /// @throws IllegalArgumentException
    ///             if a value is not finite, or all are zero: that points nowhere
    public static Vector of(float[] raw) {
        double squares = 0;
        for (float value : raw) {
            squares += (double) value * value;
        }
        double length = Math.sqrt(squares);
        if (!Double.isFinite(length) || length < Float.MIN_NORMAL) {
            throw new IllegalArgumentException(
                    length == 0 ? "a vector of zeros" : "a vector with values that are no numbers");
        }
        float[] scaled = new float[raw.length];
        for (int i = 0; i < raw.length; i++) {
            scaled[i] = (float) (raw[i] / length);
        }
        return new Vector(scaled);
    }

    /// The direction between several, each of which counts by its weight.
    ///
    /// @throws IllegalArgumentException
    ///             if they are of different widths, or lead nowhere together
    public static Vector mean(List<Vector> vectors, List<Integer> weights) {
        if (vectors.size() == 1) {
            return vectors.getFirst();
        }
        float[] sum = new float[vectors.getFirst().width()];
        for (int i = 0; i < vectors.size(); i++) {
            float[] each = vectors.get(i).values;
            if (each.length != sum.length) {
                throw new IllegalArgumentException("vectors of widths %d and %d".formatted(
                        sum.length, each.length));
            }
            for (int at = 0; at < sum.length; at++) {
                sum[at] += weights.get(i) * each[at];
            }
        }
        return of(sum);
    }

    /// Reads the form that [#bytes] writes.
    public static Vector ofBytes(byte[] bytes) {
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return new Vector(values);
    }

    /// Values that came out of a vector already.
    public static Vector ofUnit(float[] values) {
        return new Vector(values.clone());
    }

    /// Little-endian floats.
    public byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    public int width() {
        return values.length;
    }

    /// A copy of the values.
    public float[] values() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vector vector && Arrays.equals(values, vector.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Vector of width " + values.length;
    }
}
