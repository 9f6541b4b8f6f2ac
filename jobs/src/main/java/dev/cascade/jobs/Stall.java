package dev.cascade.jobs;

import java.util.List;

import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.RunControl;

/// Notices that one run after the other gets nothing done, for the same reason that time does not
/// mend. Then scheduled runs stop until a person has looked.
final class Stall {

    private static final int RUNS = 3;
    private static final int LONGEST_KEY = 500;

    private final History history;
    private final RunControl control;

    Stall(History history, RunControl control) {
        this.history = history;
        this.control = control;
    }

    /// Looks at a run that ended.
    ///
    /// @return a sentence if that changed whether scheduled runs go on; else none
    List<String> ended(long run, RunReport report) {
        boolean nothingDone = report.files().indexed() + report.files().deleted() == 0;
        Problem problem = report.problem();
        if (problem != null && problem.fault() == Fault.INTERNAL && nothingDone) {
            history.stalled(run, key(problem));
            return history.stall(RUNS).map(_ -> {
                control.needHuman("%d runs in a row failed of the same: %s".formatted(RUNS,
                        problem.message()));
                return "scheduled runs stop until `cascade resume`: %d in a row failed of the same"
                        .formatted(RUNS);
            }).stream().toList();
        }
        boolean came = report.outcome() == Outcome.COMPLETED
                || report.outcome() == Outcome.COMPLETED_WITH_FAILURES;
        if (came && control.current().state() == RunControl.State.NEEDS_HUMAN) {
            control.resume();
            return List.of("this run came to its end, so scheduled runs go on again");
        }
        return List.of();
    }

    /// The kind of failure, without what differs between two of a kind: paths, ids, numbers, times.
    static String key(Problem problem) {
        String key = problem.message()
                .replaceAll("\\S*/\\S*", "<path>")
                .replaceAll("\\b[0-9a-fA-F-]{8,}\\b", "<id>")
                .replaceAll("\\d+", "<n>");
        return key.length() <= LONGEST_KEY ? key : key.substring(0, LONGEST_KEY);
    }
}
