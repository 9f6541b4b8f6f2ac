package dev.cascade.cron.schedule;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.Schedule;
import dev.cascade.config.Timing;
import dev.cascade.jobs.Chore;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;

/// A job that can be on a schedule: when it is to run, and what is asked of [Jobs] then.
public enum ScheduledJob {

    RECONCILE(null), TEND(Chore.TEND), VERIFY(Chore.VERIFY), BACKUP(Chore.BACKUP);

    private final @Nullable Chore chore;

    ScheduledJob(@Nullable Chore chore) {
        this.chore = chore;
    }

    /// Its name in settings and in the history.
    public String shown() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What it is, if it keeps the root sound. Then its interval is counted from when it was tried last,
    /// also by another process, and a firing that could do nothing is tried again before the next.
    public Optional<Chore> chore() {
        return Optional.ofNullable(chore);
    }

    Timing timing(Schedule schedule) {
        return switch (this) {
            case RECONCILE -> schedule.reconcile();
            case TEND -> schedule.tend();
            case VERIFY -> schedule.verify();
            case BACKUP -> schedule.backup();
        };
    }

    RunReport run(Jobs jobs) throws Held {
        return chore == null
                ? jobs.reconcileScheduled(ReconcileRequest.everything(), Duration.ZERO)
                : jobs.runScheduled(chore);
    }
}
