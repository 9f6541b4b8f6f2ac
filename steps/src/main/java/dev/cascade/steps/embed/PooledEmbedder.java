package dev.cascade.steps.embed;

import java.util.ArrayList;
import java.util.List;

import dev.cascade.steps.memory.Vector;

/// Takes texts of any length and number: long ones are divided, many are asked for in turn, and the
/// vectors of the pieces of one text are averaged, each weighted by its length.
final class PooledEmbedder implements Embedder {

    /// A text that is refused for its length is not divided into less than this.
    private static final int SHORTEST = 50;

    private final Embedder inner;
    private final int batchSize;
    private final int longest;

    PooledEmbedder(Embedder inner, int batchSize, int longest) {
        this.inner = inner;
        this.batchSize = batchSize;
        this.longest = longest;
    }

    @Override
    public List<Vector> embed(Purpose purpose, List<String> texts) {
        List<List<String>> divided = texts.stream().map(text -> Pieces.of(text, longest)).toList();
        if (divided.isEmpty() || divided.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("there is nothing to embed in a blank text");
        }
        List<Vector> all = inTurn(purpose, divided.stream().flatMap(List::stream).toList());
        List<Vector> pooled = new ArrayList<>();
        int from = 0;
        for (List<String> pieces : divided) {
            pooled.add(mean(pieces, all.subList(from, from + pieces.size())));
            from += pieces.size();
        }
        return pooled;
    }

    private List<Vector> inTurn(Purpose purpose, List<String> pieces) {
        List<Vector> vectors = new ArrayList<>();
        for (int from = 0; from < pieces.size(); from += batchSize) {
            List<String> batch = pieces.subList(from, Math.min(pieces.size(), from + batchSize));
            vectors.addAll(batch.size() == 1 ? List.of(alone(purpose, batch.getFirst()))
                    : inner.embed(purpose, batch));
        }
        return vectors;
    }

    /// One text by itself: if the model finds it too long it is halved until it fits.
    private Vector alone(Purpose purpose, String text) {
        try {
            return inner.embed(purpose, List.of(text)).getFirst();
        } catch (EmbedderTrouble ex) {
            if (!(ex.fault() instanceof Fault.TooLong) || text.length() < 2 * SHORTEST) {
                throw ex;
            }
            List<String> halves = Pieces.of(text, (text.length() + 1) / 2);
            return mean(halves, halves.stream().map(half -> alone(purpose, half)).toList());
        }
    }

    /// Pieces that point in opposite directions cancel out; then the first one stands for all.
    private static Vector mean(List<String> pieces, List<Vector> vectors) {
        try {
            return Vector.mean(vectors, pieces.stream().map(String::length).toList());
        } catch (IllegalArgumentException ex) {
            return vectors.getFirst();
        }
    }

    @Override
    public long requests() {
        return inner.requests();
    }

    @Override
    public void close() {
        inner.close();
    }
}
