package dev.cascade.jobs.quality;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A heading asks for its section, if no other section is called so.
final class Headings {

    private static final int FEWEST_LETTERS = 3;

    private final Corpus corpus;

    Headings(Corpus corpus) {
        this.corpus = corpus;
    }

    List<Query> queries() {
        return corpus.byTitle()
                .values()
                .stream()
                .filter(Headings::sayTheSame)
                .map(List::getFirst)
                .filter(section -> !section.isBeforeTheFirstHeading())
                .filter(section -> letters(section.title()) >= FEWEST_LETTERS)
                .map(section -> new Query(Query.Type.HEADING, section.title(),
                        corpus.saidBy(section)))
                .toList();
    }

    private static boolean sayTheSame(List<Section> sections) {
        Set<String> said = new HashSet<>();
        sections.forEach(section -> said.add(section.saying()));
        return said.size() == 1;
    }

    private static long letters(String text) {
        return text.codePoints().filter(Character::isLetter).count();
    }
}
