package dev.cascade.jobs.quality;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// The questions that are put to the engines over one tree. The same tree and seed give the same ones.
final class Queries {

    private final Corpus corpus;
    private final long seed;
    private final int most;

    /// @param most
    ///            how many of each type at most
    Queries(Corpus corpus, long seed, int most) {
        this.corpus = corpus;
        this.seed = seed;
        this.most = most;
    }

    List<Query> all() {
        List<Query> headings = new Headings(corpus).queries();
        List<Query> all = new ArrayList<>(some(headings, Query.Type.HEADING));
        all.addAll(some(new Links(corpus).queries(), Query.Type.LINK));
        all.addAll(new Identifiers(corpus, random(Query.Type.IDENTIFIER)).queries(most));
        all.addAll(withWordsDropped());
        all.addAll(withTypos(headings));
        Set<String> asked = new HashSet<>();
        return all.stream()
                .filter(query -> asked.add(query.type() + " " + Corpus.folded(query.text())))
                .toList();
    }

    private Random random(Query.Type type) {
        return new Random(31 * seed + (type.name() + corpus.language()).hashCode());
    }

    private List<Query> some(List<Query> queries, Query.Type type) {
        List<Query> shuffled = new ArrayList<>(queries);
        Collections.shuffle(shuffled, random(type));
        return shuffled.subList(0, Math.min(most, shuffled.size()));
    }

    private List<Query> withWordsDropped() {
        Random random = random(Query.Type.DROPPED_WORDS);
        return new Sentences(corpus, random).some(most)
                .stream()
                .map(sentence -> Query.asking(Query.Type.DROPPED_WORDS,
                        sentence.words().withWordsDropped(random), sentence.home()))
                .toList();
    }

    /// Half of them in headings, half in sentences.
    private List<Query> withTypos(List<Query> headings) {
        Random random = random(Query.Type.TYPO);
        List<Query> shuffled = new ArrayList<>(headings);
        Collections.shuffle(shuffled, random);
        List<Query> typos = new ArrayList<>();
        for (Query heading : shuffled) {
            Words words = Words.of(heading.text(), corpus.locale());
            if (typos.size() < most / 2 && words.canHaveTypo()) {
                typos.add(new Query(Query.Type.TYPO, words.withTypo(random),
                        heading.answers()));
            }
        }
        new Sentences(corpus, random).some(most - most / 2)
                .stream()
                .filter(sentence -> sentence.words().canHaveTypo())
                .forEach(sentence -> typos.add(Query.asking(Query.Type.TYPO,
                        sentence.words().withTypo(random), sentence.home())));
        return typos;
    }
}
