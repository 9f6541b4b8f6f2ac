package dev.cascade.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.cascade.steps.memory.EntryVector;
import dev.cascade.steps.memory.Vector;

/// What became of a batch of texts.
///
/// @param vectors by the digest of the text
/// @param refused why the endpoint refuses a text, by its digest
public record Embedded(TextBatch batch, Map<String, Vector> vectors,
        Map<String, String> refused) {

    public Embedded {
        vectors = Map.copyOf(vectors);
        refused = Map.copyOf(refused);
    }

    /// The entries that get a vector.
    List<EntryVector> vectors(Vectors of) {
        List<EntryVector> given = new ArrayList<>();
        for (OwedText text : batch.texts()) {
            Vector vector = vectors.get(text.sha256());
            if (vector != null) {
                text.places()
                        .forEach(place -> given.add(new EntryVector(place.path(), place.entry(),
                                of.of(text.text(), vector))));
            }
        }
        return given;
    }
}
