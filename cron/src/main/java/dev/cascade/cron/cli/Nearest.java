package dev.cascade.cron.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

import org.apache.commons.text.similarity.LevenshteinDistance;

/// The known word that was probably meant by an unknown one.
final class Nearest {

    private Nearest() {}

    static Optional<String> of(String word, Collection<String> known) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return known.stream()
                .min(Comparator.comparing(candidate -> distance.apply(word, candidate)))
                .filter(candidate -> distance.apply(word, candidate) <= Math.max(1,
                        word.length() / 2));
    }
}
