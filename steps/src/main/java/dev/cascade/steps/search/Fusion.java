package dev.cascade.steps.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.lucene.search.ScoreDoc;

/// Makes one list of two by the ranks in each, for their scores cannot be compared. What stands high in
/// both comes first; what one list lacks is not held against it.
final class Fusion {

    /// The usual constant: it keeps a single first place from outweighing two good ones.
    private static final int SMOOTHING = 60;

    private Fusion() {}

    /// @param words
    ///            what stands in this list first comes first among equals
    static List<ScoreDoc> of(List<ScoreDoc> words, List<ScoreDoc> meanings, int limit) {
        Map<Integer, Float> scores = new LinkedHashMap<>();
        for (List<ScoreDoc> ranked : List.of(words, meanings)) {
            for (int i = 0; i < ranked.size(); i++) {
                scores.merge(ranked.get(i).doc, 1f / (SMOOTHING + i + 1), Float::sum);
            }
        }
        List<ScoreDoc> fused = new ArrayList<>();
        scores.forEach((document, score) -> fused.add(new ScoreDoc(document, score)));
        fused.sort(Comparator.comparingDouble((ScoreDoc one) -> one.score).reversed());
        return fused.subList(0, Math.min(limit, fused.size()));
    }
}
