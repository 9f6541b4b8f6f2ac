package dev.cascade.cron.schedule;

import java.time.Duration;
import java.util.Locale;

import dev.cascade.config.Schedule;
import dev.cascade.config.Timing;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;

/// A job that can be on a schedule: when it is to run, and what is asked of [Jobs] then.
public enum ScheduledJob {

    RECONCILE;

    /// Its name in settings and in the history.
    String shown() {
        return name().toLowerCase(Locale.ROOT);
    }

    Timing timing(Schedule schedule) {
        return switch (this) {
            case RECONCILE -> schedule.reconcile();
        };
    }

    RunReport run(Jobs jobs) throws Held {
        return switch (this) {
            case RECONCILE -> jobs.reconcileScheduled(ReconcileRequest.everything(),
                    Duration.ZERO);
        };
    }
}
