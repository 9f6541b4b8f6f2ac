package dev.cascade.cron.schedule;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Schedule;

import static dev.cascade.cron.schedule.ScheduledJob.BACKUP;
import static dev.cascade.cron.schedule.ScheduledJob.RECONCILE;
import static dev.cascade.cron.schedule.ScheduledJob.TEND;
import static dev.cascade.cron.schedule.TriggersTest.schedule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// Real Quartz, in real time, over runs that only count.
class SchedulesTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// A root whose runs take as long as a test wants.
    private static final class Counting implements Schedules.Fired {

        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final AtomicInteger mostAtOnce = new AtomicInteger();
        private volatile boolean isFree = true;
        private final Queue<ScheduledJob> jobs = new ConcurrentLinkedQueue<>();
        private volatile CountDownLatch door = new CountDownLatch(0);

        @Override
        public boolean by(ScheduledJob job) {
            jobs.add(job);
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            begun.incrementAndGet();
            try {
                door.await();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            } finally {
                atOnce.decrementAndGet();
            }
            return isFree;
        }

        void close() {
            door = new CountDownLatch(1);
        }

        void open() {
            door.countDown();
        }

        void expect(int runs) {
            Soon.expect(LIMIT, "%d runs; there were %s".formatted(runs, begun),
                    () -> begun.get() >= runs);
        }
    }

    private final Counting a = new Counting();
    private final Counting b = new Counting();
    private final Schedules schedules = new Schedules(Map.of("/a", a, "/b", b), Clock.systemUTC());

    @AfterEach
    void end() {
        a.open();
        b.open();
        schedules.close();
    }

    /// Nothing that keeps the root sound was ever due before now.
    private void put(String root, Schedule schedule) {
        schedules.put(root, schedule, _ -> Clock.systemUTC().instant());
    }

    @Test
    @Tag("EV-03")
    void aRootRunsAtOnceAndThenAgainAtItsInterval() {
        schedules.start();
        put("/a", schedule("reconcile.every", "1s"));
        long begun = System.nanoTime();
        a.expect(4);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(2500),
                Duration.ofSeconds(10));
        assertThat(b.begun).hasValue(0);
    }

    @Test
    @Tag("HM-13")
    @Tag("HM-17")
    void aRootThatHangsHoldsUpNoOther() {
        a.close();
        schedules.start();
        put("/a", schedule("reconcile.every", "1s"));
        put("/b", schedule("reconcile.every", "1s"));
        b.expect(4);
        assertThat(a.begun).hasValue(1);
    }

    @Test
    @Tag("EV-55")
    void ofTheFiringsThatWereMissedDuringALongRunOneIsMadeUpFor() {
        a.close();
        schedules.start();
        put("/a", schedule("reconcile.every", "3s"));
        a.expect(1);
        Soon.pause(Duration.ofMillis(10_500)); // three times the next one would have come
        a.open();
        a.expect(2);
        Soon.pause(Duration.ofMillis(1500));
        assertThat(a.begun).as("one was made up for, and the next is not due yet").hasValue(2);
    }

    @Test
    @Tag("IAI-04")
    void noTwoRunsOfARootMeetAndWhatIsAskedForMeanwhileFollows() {
        a.close();
        schedules.start();
        put("/a", schedule("reconcile.every", "1h"));
        a.expect(1);
        schedules.soon("/a", RECONCILE);
        Soon.pause(Duration.ofMillis(300));
        assertThat(a.begun).hasValue(1);
        a.open();
        a.expect(2);
        assertThat(a.mostAtOnce).hasValue(1);
    }

    @Test
    @Tag("IAI-10")
    void aRunThatIsAskedForDoesNotWaitForTheInterval() {
        schedules.start();
        put("/a", schedule("reconcile.every", "1h", "jitter", "1h"));
        Soon.pause(Duration.ofMillis(300));
        assertThat(a.begun).as("the first firing waits by chance").hasValue(0);
        schedules.soon("/a", RECONCILE);
        Soon.expect(Duration.ofSeconds(1), "a run", () -> a.begun.get() == 1);
    }

    @Test
    void theNextFiringOfEachJobIsKnown() {
        assertThat(schedules.nextFirings("/a")).isEmpty();
        schedules.start();
        put("/a", schedule("reconcile.every", "1h"));
        a.expect(1);
        Soon.expect(LIMIT, "the firing after the first",
                () -> Duration.between(Clock.systemUTC().instant(),
                        schedules.nextFirings("/a").get(RECONCILE)).toMinutes() >= 59);
    }

    @Test
    void eachFiringWaitsByChanceUpToTheJitter() {
        schedules.start();
        put("/a", schedule("reconcile.every", "1s", "jitter", "200ms"));
        a.expect(3);
        assertThat(a.mostAtOnce).hasValue(1);
    }

    @Test
    void anotherIntervalIsTakenOverWithoutARestartAndTheSameOneChangesNothing() {
        schedules.start();
        put("/a", schedule("reconcile.every", "1h"));
        a.expect(1);
        put("/a", schedule("reconcile.every", "1h"));
        put("/a", schedule("reconcile.every", "1h", "quiet-hours", "01:00-02:00"));
        Soon.pause(Duration.ofMillis(700));
        assertThat(a.begun).hasValue(1);
        put("/a", schedule("reconcile.every", "1s"));
        a.expect(4);
        put("/a", schedule("reconcile.cron", "0 0 0 1 1 ?"));
        int before = a.begun.get();
        Soon.pause(Duration.ofMillis(2500));
        assertThat(a.begun.get()).isBetween(before, before + 1);
    }

    @Test
    void aTimeThatCannotBeUnderstoodLeavesTheScheduleAsItWas() {
        schedules.start();
        put("/a", schedule("reconcile.every", "1s"));
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> put("/a", schedule("reconcile.cron", "0 3 * * *")));
        int before = a.begun.get();
        a.expect(before + 2);
    }

    @Test
    void nothingIsFiredOnceItStandsBy() {
        schedules.start();
        put("/a", schedule("reconcile.every", "1s"));
        a.expect(1);
        schedules.standby();
        int before = a.begun.get();
        schedules.soon("/a", RECONCILE);
        Soon.pause(Duration.ofMillis(1500));
        assertThat(a.begun.get()).isBetween(before, before + 1);
    }

    @Test
    void whatKeepsTheRootSoundIsMadeUpForOnceHoweverLongNobodyServedIt() {
        schedules.put("/a", schedule("reconcile.every", "1h", "backup.every", "1h", "verify.every",
                "0s"),
                job -> Clock.systemUTC()
                        .instant()
                        .minus(Duration.ofHours(job == BACKUP ? 30 : 1)));
        schedules.start();
        Soon.expect(LIMIT, "a backup", () -> a.jobs.contains(BACKUP));
        Soon.pause(Duration.ofMillis(1500));
        assertThat(a.jobs).containsExactlyInAnyOrder(RECONCILE, BACKUP);
        assertThat(schedules.nextFirings("/a")).containsOnlyKeys(RECONCILE, TEND, BACKUP);
    }

    @Test
    void whatKeepsTheRootSoundIsTriedAgainSoonIfSomeoneWasInItsWay() {
        a.isFree = false;
        try (Schedules eager = new Schedules(Map.of("/a", a), Duration.ofMillis(300),
                Clock.systemUTC())) {
            eager.put("/a", schedule("reconcile.every", "1h", "backup.every", "1d"),
                    job -> Clock.systemUTC()
                            .instant()
                            .minus(Duration.ofHours(job == BACKUP ? 30 : 1)));
            eager.start();
            Soon.expect(LIMIT, "three attempts",
                    () -> a.jobs.stream().filter(job -> job == BACKUP).count() >= 3);
            a.isFree = true;
            Soon.pause(Duration.ofMillis(700));
            int tried = a.jobs.size();
            Soon.pause(Duration.ofSeconds(1));
            assertThat(a.jobs).hasSize(tried);
            assertThat(a.jobs.stream().filter(job -> job == RECONCILE)).hasSize(1);
        }
    }
}
