package dev.cascade.cron.schedule;

import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import java.util.function.Function;

import org.quartz.CronExpression;
import org.quartz.CronScheduleBuilder;
import org.quartz.ScheduleBuilder;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Schedule;
import dev.cascade.config.Timing;

/// A schedule as triggers of Quartz.
///
/// A firing that was missed, because the machine slept or the run before took too long, is made up for
/// once, at the next moment that is possible, however many were missed.
public final class Triggers {

    private static final String FORM = "Write seconds, minutes, hours, day of the month, month and day of the week, with ? for one of the two days, such as 0 30 3 * * ? for half past three.";

    private final Clock clock;

    Triggers(Clock clock) {
        this.clock = clock;
    }

    /// Refuses a time that Quartz would not understand.
    ///
    /// @throws ConfigurationProblem
    ///             if a cron expression cannot be understood, or never comes to pass
    public static void requireUnderstood(Schedule schedule, Instant now) {
        for (ScheduledJob job : ScheduledJob.values()) {
            if (job.timing(schedule).isCron()) {
                var _ = expression(job, job.timing(schedule), now);
            }
        }
    }

    static TriggerKey key(String root, ScheduledJob job) {
        return new TriggerKey(job.shown(), root);
    }

    /// One trigger for each job that runs by itself. The interval of `reconcile` begins now; that of another
    /// job began when it was tried last, and what should have come since is made up for once.
    ///
    /// @param root
    ///            the group that they are put in
    /// @param tried
    ///            when a job was tried last
    /// @throws ConfigurationProblem
    ///             if a cron expression cannot be understood, or never comes to pass
    List<Trigger> of(String root, Schedule schedule, Function<ScheduledJob, Instant> tried) {
        List<Trigger> triggers = new ArrayList<>();
        for (ScheduledJob job : ScheduledJob.values()) {
            Timing timing = job.timing(schedule);
            if (!timing.isNever()) {
                triggers.add(TriggerBuilder.newTrigger()
                        .withIdentity(key(root, job))
                        .usingJobData(Firing.JOB, job.name())
                        .startAt(Date.from(start(job, timing, tried)))
                        .withSchedule(times(job, timing))
                        .build());
            }
        }
        return triggers;
    }

    private Instant start(ScheduledJob job, Timing timing, Function<ScheduledJob, Instant> tried) {
        if (job.chore().isEmpty()) {
            return clock.instant();
        }
        Instant now = clock.instant();
        Instant said = tried.apply(job);
        Instant last = said.isAfter(now) ? now : said; // a clock that was ahead
        return timing.every() == null ? last.plusMillis(1) : last.plus(timing.every());
    }

    private ScheduleBuilder<?> times(ScheduledJob job, Timing timing) {
        if (timing.every() != null) {
            return SimpleScheduleBuilder.simpleSchedule()
                    .withIntervalInMilliseconds(timing.every().toMillis())
                    .repeatForever()
                    .withMisfireHandlingInstructionNowWithExistingCount();
        }
        return CronScheduleBuilder
                .cronSchedule(expression(job, timing, clock.instant()))
                .withMisfireHandlingInstructionFireAndProceed();
    }

    /// The first time after `now` that a cron expression names; empty if it cannot be understood.
    static Optional<Instant> nextAfter(Timing timing, Instant now) {
        try {
            CronExpression expression = new CronExpression(timing.cron());
            expression.setTimeZone(TimeZone.getTimeZone(timing.zone()));
            return Optional.ofNullable(expression.getNextValidTimeAfter(Date.from(now)))
                    .map(Date::toInstant);
        } catch (ParseException _) {
            return Optional.empty(); // whoever serves the root says what is wrong with it
        }
    }

    private static CronExpression expression(ScheduledJob job, Timing timing, Instant now) {
        String key = "cascade.schedule.%s.cron".formatted(job.shown());
        int fields = timing.cron().split("\\s+").length;
        if (fields < 6) {
            throw new ConfigurationProblem(
                    "%s is '%s', which has %d fields instead of 6 or 7".formatted(key,
                            timing.cron(), fields),
                    FORM);
        }
        try {
            CronExpression expression = new CronExpression(timing.cron());
            expression.setTimeZone(TimeZone.getTimeZone(timing.zone()));
            if (expression.getNextValidTimeAfter(Date.from(now)) == null) {
                throw new ConfigurationProblem(
                        "%s is '%s', which never comes".formatted(key, timing.cron()), FORM);
            }
            return expression;
        } catch (ParseException ex) {
            throw new ConfigurationProblem(
                    "%s is '%s': %s".formatted(key, timing.cron(), ex.getMessage()), FORM, ex);
        }
    }
}
