package dev.cascade.cron.report;

import dev.cascade.jobs.Chore;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Problem;

/// How a command ended, as the shell sees it.
///
/// - `DONE`: index and tree agree, or there was nothing to do
/// - `UNEXPECTED`: an error of our own
/// - `REFUSED`: usage, configuration or a precondition
/// - `BUSY`: another run holds the root
/// - `INCOMPLETE`: some files failed, wait for a retry or were left over by a budget
/// - `GUARDED`: a guard stopped it, or it is paused: a person must decide
/// - `DIFFERENT`: `verify` found a difference
/// - `OUTDATED`: the tree has moved on since the last run
/// - `INTERRUPTED`, `TERMINATED`: Ctrl-C, TERM
public enum ExitCode {

    DONE(0), UNEXPECTED(1), REFUSED(2), BUSY(3), INCOMPLETE(4), GUARDED(5), DIFFERENT(6), OUTDATED(
            7), INTERRUPTED(130), TERMINATED(143);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /// How a run ended.
    public static ExitCode of(RunReport report) {
        Problem problem = report.problem();
        return switch (report.outcome()) {
            case COMPLETED -> DONE;
            case COMPLETED_WITH_FAILURES -> report.job().equals(Chore.VERIFY.job()) ? DIFFERENT
                    : INCOMPLETE;
            case STOPPED -> INCOMPLETE;
            case GUARDED -> GUARDED;
            case FAILED -> problem != null && problem.fault() == Fault.PRECONDITION ? REFUSED
                    : UNEXPECTED;
        };
    }

    /// What kept something from being done at all.
    public static ExitCode of(Problem problem) {
        return switch (problem.fault()) {
            case GUARD -> GUARDED;
            case PRECONDITION -> REFUSED;
            case GROUND, INTERNAL -> UNEXPECTED;
        };
    }
}
