package dev.cascade.cron.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// What two ways of doing a thing cost, taken in turn in one sitting, and how they compare pair by pair.
///
/// @param test what is measured
/// @param files how large the tree is
/// @param against what it is compared with
/// @param relation `times` if the ratio counts, `more` if the difference does
/// @param reach what it is to be at most
/// @param ours in `unit`, round by round
/// @param theirs the same of what it is compared with
record Comparison(String test, int files, String against, Relation relation, double reach,
        String unit, List<Double> ours, List<Double> theirs) {

    /// How two figures are compared.
    enum Relation {
        TIMES, MORE
    }

    Comparison {
        if (ours.size() != theirs.size() || ours.isEmpty()) {
            throw new IllegalArgumentException("%d rounds against %d".formatted(ours.size(),
                    theirs.size()));
        }
        ours = List.copyOf(ours);
        theirs = List.copyOf(theirs);
    }

    /// The median of the rounds' ratios, or differences.
    double result() {
        return median(results());
    }

    double least() {
        return Collections.min(results());
    }

    double most() {
        return Collections.max(results());
    }

    boolean isReached() {
        return result() <= reach;
    }

    private List<Double> results() {
        List<Double> results = new ArrayList<>();
        for (int round = 0; round < ours.size(); round++) {
            results.add(relation == Relation.TIMES ? ours.get(round) / theirs.get(round)
                    : ours.get(round) - theirs.get(round));
        }
        return results;
    }

    static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /// The row of the table in the documentation.
    String row() {
        return "| %s | %,d | %s | %s | %s | %s | %s (%s to %s) | %s |".formatted(test, files,
                against, told(median(ours)) + " " + unit, told(median(theirs)) + " " + unit,
                told(reach, relation), told(result(), relation), told(least()), told(most()),
                isReached() ? "yes" : "**no**");
    }

    private String told(double figure, Relation how) {
        return how == Relation.TIMES ? told(figure) + " ×" : "+" + told(figure) + " " + unit;
    }

    private static String told(double figure) {
        return String.format(Locale.ROOT,
                figure >= 100 ? "%.0f" : figure >= 10 ? "%.1f" : "%.2f", figure);
    }
}
