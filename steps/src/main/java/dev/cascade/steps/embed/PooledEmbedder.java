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
            vectors.addAll(together(purpose,
                    pieces.subList(from, Math.min(pieces.size(), from + batchSize))));
        }
        return vectors;
    }

    /// One request. If one of the texts is too long for the model, the request is halved until that
    /// text stands alone, and then the text until it fits.
    private List<Vector> together(Purpose purpose, List<String> texts) {
        try {
            return inner.embed(purpose, texts);
        } catch (EmbedderTrouble ex) {
            String first = texts.getFirst();
            if (!(ex.fault() instanceof Fault.TooLong)
                    || (texts.size() == 1 && first.length() < 2 * SHORTEST)) {
                throw ex;
            }
            if (texts.size() == 1) {
                List<String> halves = Pieces.of(first, (first.length() + 1) / 2);
                return List.of(mean(halves, together(purpose, halves)));
            }
            List<Vector> vectors = new ArrayList<>(
                    together(purpose, texts.subList(0, texts.size() / 2)));
            vectors.addAll(together(purpose, texts.subList(texts.size() / 2, texts.size())));
            return vectors;
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
