package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.cascade.steps.memory.Finding;

/// Keeps a file from drowning its report in warnings of one sort.
final class Findings {

    private static final int MAX_WARNINGS = 100;

    private Findings() {}

    /// All entries that were left out and the first warnings, in the order of their lines.
    static List<Finding> bounded(List<Finding> findings) {
        List<Finding> kept = new ArrayList<>();
        int warnings = 0;
        for (Finding finding : findings) {
            if (finding.entrySkipped() || warnings++ < MAX_WARNINGS) {
                kept.add(finding);
            }
        }
        kept.sort(Comparator.comparingInt(Finding::line));
        if (warnings > MAX_WARNINGS) {
            kept.add(Finding.warning(0,
                    "%d more warnings are not listed; mend those above first"
                            .formatted(warnings - MAX_WARNINGS)));
        }
        return kept;
    }
}
