package dev.cascade.steps.search;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.cascade.steps.search.Searcher.Candidate;

/// Makes one list of two by the ranks in each, for their scores cannot be compared. What stands high in
/// both comes first; what one list lacks is not held against it.
final class Fusion {

    /// The usual constant: it keeps a single first place from outweighing two good ones.
    private static final int SMOOTHING = 60;

    private Fusion() {}

    /// @param words
    ///            what stands in this list first comes first among equals
    static List<Candidate> of(List<Candidate> words, List<Candidate> meanings, int limit) {
        Map<String, Candidate> fused = new LinkedHashMap<>();
        for (List<Candidate> ranked : List.of(words, meanings)) {
            for (int i = 0; i < ranked.size(); i++) {
                Candidate found = ranked.get(i);
                float share = 1f / (SMOOTHING + i + 1);
                fused.merge(found.group(),
                        new Candidate(found.document(), share, found.group()),
                        (first, other) -> new Candidate(first.document(),
                                first.score() + other.score(), first.group()));
            }
        }
        return fused.values()
                .stream()
                .sorted(Comparator.comparingDouble(Candidate::score).reversed())
                .limit(limit)
                .toList();
    }
}
