package dev.cascade.steps.embed;

/// How the vectors of the tokens of a text become its one vector.
enum Pooling {

    MEAN {
        @Override
        float[] of(float[] tokens, int from, int count, int width) {
            float[] sum = new float[width];
            for (int i = 0; i < count * width; i++) {
                sum[i % width] += tokens[from + i];
            }
            return sum;
        }
    },
    MAX {
        @Override
        float[] of(float[] tokens, int from, int count, int width) {
            float[] most = FIRST.of(tokens, from, count, width);
            for (int i = width; i < count * width; i++) {
                most[i % width] = Math.max(most[i % width], tokens[from + i]);
            }
            return most;
        }
    },
    FIRST {
        @Override
        float[] of(float[] tokens, int from, int count, int width) {
            return java.util.Arrays.copyOfRange(tokens, from, from + width);
        }
    },
    LAST {
        @Override
        float[] of(float[] tokens, int from, int count, int width) {
            return FIRST.of(tokens, from + (count - 1) * width, 1, width);
        }
    };

    /// The vector of a text, of any length: vectors are scaled to one later.
    ///
    /// @param tokens
    ///            the vectors of its tokens, one behind the other
    /// @param from
    ///            where the first begins
    /// @param count
    ///            how many there are, without those that only fill up the row
    abstract float[] of(float[] tokens, int from, int count, int width);
}
