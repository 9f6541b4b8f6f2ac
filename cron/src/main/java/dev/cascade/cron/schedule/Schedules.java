package dev.cascade.cron.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.StdSchedulerFactory;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Schedule;

/// The firings of all roots, kept by Quartz in memory: schedules are configuration, and are put in anew
/// at each start.
///
/// There is a thread for each root. However long one of them takes, no other waits for it.
final class Schedules implements AutoCloseable {

    private static final Duration AGAIN = Duration.ofMinutes(10);

    private final Scheduler scheduler;
    private final Triggers triggers;
    private final Clock clock;
    private final Map<String, Schedule> known = new HashMap<>();
    private final Map<String, Fired> runs;
    private final Duration again;
    private final AtomicLong asked = new AtomicLong();

    /// What is done when a job of a root is to run.
    interface Fired {

        /// Does it.
        ///
        /// @return whether that was all; if not, a job that keeps the root sound is tried again soon
        boolean by(ScheduledJob job);
    }

    /// @param runs
    ///            by root
    Schedules(Map<String, Fired> runs, Clock clock) {
        this(runs, AGAIN, clock);
    }

    /// @param again
    ///            when a job that keeps a root sound is tried again after it was held up
    Schedules(Map<String, Fired> runs, Duration again, Clock clock) {
        this.runs = Map.copyOf(runs);
        this.triggers = new Triggers(clock);
        this.again = again;
        this.clock = clock;
        Properties properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "cascade-" + UUID.randomUUID());
        properties.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
        properties.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
        properties.setProperty("org.quartz.threadPool.threadCount",
                Integer.toString(Math.max(1, runs.size())));
        properties.setProperty("org.quartz.threadPool.threadNamePrefix", "root");
        properties.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
        // Below the shortest interval, or what was missed would be made up for one by one.
        properties.setProperty("org.quartz.jobStore.misfireThreshold", "999");
        try {
            this.scheduler = new StdSchedulerFactory(properties).getScheduler();
            scheduler.setJobFactory((bundle, _) -> new Firing((job, context) -> fire(
                    bundle.getJobDetail().getKey().getName(), job, context.getTrigger())));
        } catch (SchedulerException ex) {
            throw failed(ex);
        }
    }

    void start() {
        asked(scheduler::start);
    }

    /// Puts a root on a schedule, or on another one. What did not change goes on as it was.
    ///
    /// @param tried
    ///            when a job was tried last
    /// @throws ConfigurationProblem
    ///             if a time cannot be understood; then the schedule before stays
    synchronized void put(String root, Schedule schedule,
            Function<ScheduledJob, Instant> tried) {
        if (schedule.equals(known.get(root))) {
            return;
        }
        List<Trigger> wanted = triggers.of(root, schedule, tried);
        Schedule before = known.put(root, schedule);
        asked(() -> {
            JobDetail job = JobBuilder.newJob(Firing.class)
                    .withIdentity(key(root))
                    .storeDurably()
                    .build();
            scheduler.addJob(job, true);
            for (Trigger trigger : wanted) {
                ScheduledJob of = ScheduledJob
                        .valueOf(trigger.getJobDataMap().getString(Firing.JOB));
                boolean isNew = before == null
                        || !of.timing(schedule).equals(of.timing(before));
                if (isNew) {
                    replace(trigger.getTriggerBuilder().forJob(key(root)).build());
                }
            }
            for (ScheduledJob of : ScheduledJob.values()) {
                if (of.timing(schedule).isNever()) {
                    scheduler.unscheduleJob(Triggers.key(root, of));
                    scheduler.unscheduleJob(again(of, root));
                    scheduler.unscheduleJob(late(of, root));
                }
            }
        });
    }

    /// When the jobs of a root are fired next by themselves.
    Map<ScheduledJob, Instant> nextFirings(String root) {
        Map<ScheduledJob, Instant> next = new EnumMap<>(ScheduledJob.class);
        asked(() -> {
            for (ScheduledJob job : ScheduledJob.values()) {
                Trigger trigger = scheduler.getTrigger(Triggers.key(root, job));
                if (trigger != null && trigger.getNextFireTime() != null) {
                    next.put(job, trigger.getNextFireTime().toInstant());
                }
            }
        });
        return next;
    }

    /// Runs `job` of a root as soon as no other runs there.
    void soon(String root, ScheduledJob job) {
        once(new TriggerKey("soon-%d".formatted(asked.incrementAndGet()), root), job,
                Duration.ZERO);
    }

    private void once(TriggerKey key, ScheduledJob job, Duration delay) {
        asked(() -> {
            if (!scheduler.checkExists(key) && scheduler.checkExists(key(key.getGroup()))) {
                scheduler.scheduleJob(single(key, job, delay));
            }
        });
    }

    /// Also from within the firing that is to be repeated.
    private synchronized void tryAgain(ScheduledJob job, String root) {
        Schedule schedule = known.get(root);
        if (schedule != null && !job.timing(schedule).isNever()) {
            asked(() -> replace(single(again(job, root), job, again)));
        }
    }

    private static TriggerKey again(ScheduledJob job, String root) {
        return new TriggerKey("again-" + job.shown(), root);
    }

    private static TriggerKey late(ScheduledJob job, String root) {
        return new TriggerKey("late-" + job.shown(), root);
    }

    private Trigger single(TriggerKey key, ScheduledJob job, Duration delay) {
        return TriggerBuilder.newTrigger()
                .withIdentity(key)
                .forJob(key(key.getGroup()))
                .usingJobData(Firing.JOB, job.name())
                .startAt(Date.from(clock.instant().plus(delay)))
                .build();
    }

    private void replace(Trigger trigger) throws SchedulerException {
        if (scheduler.checkExists(trigger.getKey())) {
            scheduler.rescheduleJob(trigger.getKey(), trigger);
        } else {
            scheduler.scheduleJob(trigger);
        }
    }

    private void fire(String root, ScheduledJob job, Trigger trigger) {
        Duration jitter = jitter(root);
        boolean comesByItself = trigger.getKey().equals(Triggers.key(root, job));
        if (comesByItself && !jitter.isZero()) {
            once(late(job, root), job, Duration.ofMillis(
                    ThreadLocalRandom.current().nextLong(jitter.toMillis() + 1)));
            return;
        }
        Fired run = runs.get(root);
        if (run != null && !run.by(job) && job.chore().isPresent()) {
            tryAgain(job, root);
        }
    }

    private synchronized Duration jitter(String root) {
        Schedule schedule = known.get(root);
        return schedule == null ? Duration.ZERO : schedule.jitter();
    }

    /// Nothing is fired any more; what runs goes on.
    void standby() {
        asked(scheduler::standby);
    }

    /// Waits for what runs.
    @Override
    public void close() {
        asked(() -> scheduler.shutdown(true));
    }

    private interface Asked {
        void of() throws SchedulerException;
    }

    private static void asked(Asked asked) {
        try {
            asked.of();
        } catch (SchedulerException ex) {
            throw failed(ex);
        }
    }

    private static IllegalStateException failed(SchedulerException ex) {
        return new IllegalStateException("the scheduler failed: " + ex.getMessage(), ex);
    }

    private static JobKey key(String root) {
        return new JobKey(root);
    }
}
