package dev.cascade.jobs;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.memory.Selection;

/// The files in trouble as a report names them: all are counted, the first are named, so that a report
/// has an end even if a whole tree fails.
///
/// @param first by path
record Failures(long count, List<RunReport.Trouble> first) {

    static final int NAMED = 1000;

    Failures {
        first = List.copyOf(first);
    }

    static Failures of(Ledger ledger, Selection selection) {
        List<RunReport.Trouble> first = ledger.failures(selection, NAMED)
                .stream()
                .map(RunReport.Trouble::of)
                .toList();
        return new Failures(first.size() < NAMED ? first.size() : ledger.countFailures(selection),
                first);
    }

    boolean isEmpty() {
        return count == 0;
    }

    /// The warnings of a run, and one more if not all files in trouble are named.
    List<String> warning(List<String> warnings) {
        return count == first.size() ? warnings
                : Stream.concat(warnings.stream(), Stream.of(String.format(Locale.ROOT,
                        "%,d more files are in trouble than this report names; `cascade fix` lists all",
                        count - first.size()))).toList();
    }
}
