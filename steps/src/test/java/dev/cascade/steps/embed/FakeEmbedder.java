package dev.cascade.steps.embed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.cascade.steps.memory.Vector;

/// An embedder without a model: each word points somewhere by its hash, and a text points between its
/// words. Texts that share words are near each other, and the same text always gives the same vector.
public final class FakeEmbedder implements Embedder {

    public static final int WIDTH = 32;

    private final AtomicLong requests = new AtomicLong();
    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    /// From the request after `count` more on, it is down.
    public FakeEmbedder failingAfter(int count) {
        left.set(count);
        return this;
    }

    /// Every text that it was ever asked for.
    public Set<String> asked() {
        return asked;
    }

    @Override
    public List<Vector> embed(Purpose purpose, List<String> texts) {
        if (texts.isEmpty() || texts.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("there is nothing to embed in a blank text");
        }
        requests.incrementAndGet();
        if (left.getAndDecrement() <= 0) {
            throw new EmbedderTrouble("the fake embedder is down",
                    new Fault.Busy(java.util.Optional.empty()));
        }
        List<Vector> vectors = new ArrayList<>();
        for (String text : texts) {
            asked.add(text);
            vectors.add(Vector.of(values(text, WIDTH)));
        }
        return vectors;
    }

    /// Where `text` points.
    static float[] values(String text, int width) {
        float[] sum = new float[width];
        String[] words = text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1);
        for (String word : Arrays.stream(words).filter(one -> !one.isEmpty()).toList()) {
            int state = word.hashCode();
            for (int i = 0; i < width; i++) {
                state = state * 1_103_515_245 + 12_345;
                sum[i] += (state >> 16) / 32_768f;
            }
        }
        sum[0] += 0.001f; // a text without a word points somewhere too
        return sum;
    }

    @Override
    public long requests() {
        return requests.get();
    }

    @Override
    public void close() {}
}
