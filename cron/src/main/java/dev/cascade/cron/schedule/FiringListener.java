package dev.cascade.cron.schedule;

import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunReport.Problem;

/// Hears what became of each firing of a root, also of those that found nothing to do.
public interface FiringListener {

    /// A run came to its end, or was stopped, or was kept from it.
    void ran(RunReport report);

    /// A firing did nothing.
    void skipped(String reason);

    /// A run failed before it had a report, or could not begin.
    void failed(ScheduledJob job, Problem problem);
}
