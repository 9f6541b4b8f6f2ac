package dev.cascade.cron.schedule;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.cascade.config.ConfigurationProblem;

import static dev.cascade.cron.schedule.ScheduledJob.RECONCILE;
import static dev.cascade.cron.schedule.TriggersTest.schedule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// Real Quartz, in real time, over runs that only count.
class SchedulesTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// A root whose runs take as long as a test wants.
    private static final class Counting implements Consumer<ScheduledJob> {

        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final AtomicInteger mostAtOnce = new AtomicInteger();
        private volatile CountDownLatch door = new CountDownLatch(0);

        @Override
        public void accept(ScheduledJob job) {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            begun.incrementAndGet();
            try {
                door.await();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            } finally {
                atOnce.decrementAndGet();
            }
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

    @Test
    @Tag("EV-03")
    void aRootRunsAtOnceAndThenAgainAtItsInterval() {
        schedules.start();
        schedules.put("/a", schedule("reconcile.every", "1s"));
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
        schedules.put("/a", schedule("reconcile.every", "1s"));
        schedules.put("/b", schedule("reconcile.every", "1s"));
        b.expect(4);
        assertThat(a.begun).hasValue(1);
    }

    @Test
    @Tag("EV-55")
    void ofTheFiringsThatWereMissedDuringALongRunOneIsMadeUpFor() {
        a.close();
        schedules.start();
        schedules.put("/a", schedule("reconcile.every", "3s"));
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
        schedules.put("/a", schedule("reconcile.every", "1h"));
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
        schedules.put("/a", schedule("reconcile.every", "1h", "jitter", "1h"));
        Soon.pause(Duration.ofMillis(300));
        assertThat(a.begun).as("the first firing waits by chance").hasValue(0);
        schedules.soon("/a", RECONCILE);
        Soon.expect(Duration.ofSeconds(1), "a run", () -> a.begun.get() == 1);
    }

    @Test
    void theNextFiringOfEachJobIsKnown() {
        assertThat(schedules.nextFirings("/a")).isEmpty();
        schedules.start();
        schedules.put("/a", schedule("reconcile.every", "1h"));
        a.expect(1);
        Soon.expect(LIMIT, "the firing after the first",
                () -> Duration.between(Clock.systemUTC().instant(),
                        schedules.nextFirings("/a").get(RECONCILE)).toMinutes() >= 59);
    }

    @Test
    void eachFiringWaitsByChanceUpToTheJitter() {
        schedules.start();
        schedules.put("/a", schedule("reconcile.every", "1s", "jitter", "200ms"));
        a.expect(3);
        assertThat(a.mostAtOnce).hasValue(1);
    }

    @Test
    void anotherIntervalIsTakenOverWithoutARestartAndTheSameOneChangesNothing() {
        schedules.start();
        schedules.put("/a", schedule("reconcile.every", "1h"));
        a.expect(1);
        schedules.put("/a", schedule("reconcile.every", "1h"));
        schedules.put("/a", schedule("reconcile.every", "1h", "quiet-hours", "01:00-02:00"));
        Soon.pause(Duration.ofMillis(700));
        assertThat(a.begun).hasValue(1);
        schedules.put("/a", schedule("reconcile.every", "1s"));
        a.expect(4);
        schedules.put("/a", schedule("reconcile.cron", "0 0 0 1 1 ?"));
        int before = a.begun.get();
        Soon.pause(Duration.ofMillis(2500));
        assertThat(a.begun.get()).isBetween(before, before + 1);
    }

    @Test
    void aTimeThatCannotBeUnderstoodLeavesTheScheduleAsItWas() {
        schedules.start();
        schedules.put("/a", schedule("reconcile.every", "1s"));
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> schedules.put("/a", schedule("reconcile.cron", "0 3 * * *")));
        int before = a.begun.get();
        a.expect(before + 2);
    }

    @Test
    void nothingIsFiredOnceItStandsBy() {
        schedules.start();
        schedules.put("/a", schedule("reconcile.every", "1s"));
        a.expect(1);
        schedules.standby();
        int before = a.begun.get();
        schedules.soon("/a", RECONCILE);
        Soon.pause(Duration.ofMillis(1500));
        assertThat(a.begun.get()).isBetween(before, before + 1);
    }
}
