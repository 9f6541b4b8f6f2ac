package dev.cascade.jobs.quality;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A query and how well each engine answered it.
///
/// @param scores
///            by the name of the engine
record Answered(String language, Query query, Map<String, Score> scores) {

    Answered {
        scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
    }

    static Answered by(List<Engine> engines, String language, Query query) {
        Map<String, Score> scores = new LinkedHashMap<>();
        for (Engine engine : engines) {
            scores.put(engine.name(),
                    Score.of(query, engine.search(query.text(), Score.DEPTH)));
        }
        return new Answered(language, query, scores);
    }

    Score score(String engine) {
        Score score = scores.get(engine);
        if (score == null) {
            throw new IllegalArgumentException("'%s' was not asked".formatted(engine));
        }
        return score;
    }
}
