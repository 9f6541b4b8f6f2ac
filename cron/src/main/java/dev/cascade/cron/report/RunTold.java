package dev.cascade.cron.report;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cascade.jobs.GateReport;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;

/// A run as programs read of it: the report, with the error of one that did not come to its end.
///
/// @param error
///            null if it came to its end
public record RunTold(@Nullable Long executionId, String job, Outcome outcome,
        RunReport.Files files, RunReport.Entries entries, RunReport.Embedding embedding,
        long durationMs, boolean more, long failing, List<RunReport.Trouble> failures,
        List<GateReport> gates, List<String> warnings, ErrorReport.@Nullable Reason error) {

    public static RunTold of(RunReport report) {
        Problem problem = report.problem();
        return new RunTold(report.executionId(), report.job(), report.outcome(), report.files(),
                report.entries(), report.embedding(), report.durationMs(), report.more(),
                report.failing(), report.failures(), report.gates(), report.warnings(),
                problem == null ? null
                        : new ErrorReport.Reason(ExitCode.of(report).code(), problem.message(),
                                problem.remedy()));
    }
}
