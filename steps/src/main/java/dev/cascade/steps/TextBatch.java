package dev.cascade.steps;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.cascade.steps.memory.Vector;

/// Texts that are asked for together, gathered over files.
///
/// @param had vectors by the digest of their text: those that were kept, and those that an earlier
///        attempt at this batch brought
/// @param cached how many of them were kept
public record TextBatch(List<OwedText> texts, Map<String, Vector> had, int cached) {

    static TextBatch toAsk(List<OwedText> texts) {
        return new TextBatch(List.copyOf(texts), new ConcurrentHashMap<>(), 0);
    }

    static TextBatch kept(List<OwedText> texts, Map<String, Vector> vectors) {
        return new TextBatch(List.copyOf(texts), Map.copyOf(vectors), texts.size());
    }

    /// Nothing has to be asked for.
    boolean isKept() {
        return cached > 0;
    }

    /// The entries that wait for it.
    int entries() {
        return texts.stream().mapToInt(text -> text.places().size()).sum();
    }
}
