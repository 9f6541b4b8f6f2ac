package dev.cascade.jobs.quality;

import java.util.List;

/// How well an engine answered one query, by the rank of the first right answer among the first ten.
///
/// With one answer wanted, recall is whether it is there, and the ideal gain is 1.
///
/// @param rank
///            from 1; 0 if it is not among them
record Score(int rank) {

    static final int DEPTH = 10;

    static Score of(Query query, List<Section> found) {
        for (int i = 0; i < Math.min(DEPTH, found.size()); i++) {
            if (query.answers().contains(found.get(i).saying())) {
                return new Score(i + 1);
            }
        }
        return new Score(0);
    }

    double recall() {
        return rank == 0 ? 0 : 1;
    }

    double gain() {
        return rank == 0 ? 0 : Math.log(2) / Math.log(rank + 1);
    }

    double reciprocalRank() {
        return rank == 0 ? 0 : 1.0 / rank;
    }
}
