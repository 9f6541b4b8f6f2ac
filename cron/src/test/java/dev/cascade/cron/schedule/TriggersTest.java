package dev.cascade.cron.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quartz.Trigger;
import org.quartz.TriggerUtils;
import org.quartz.spi.OperableTrigger;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Schedule;
import dev.cascade.config.Settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// What Quartz makes of the settings.
class TriggersTest {

    private static final Instant NOW = Instant.parse("2026-03-28T12:00:00Z");

    static Schedule schedule(String... keysAndValues) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            options.put("cascade.schedule." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return Settings.load(null, null, Map.of(), options).properties().schedule();
    }

    private static Trigger trigger(Schedule schedule) {
        return trigger(schedule, ScheduledJob.RECONCILE, NOW).orElseThrow();
    }

    private static Optional<Trigger> trigger(Schedule schedule, ScheduledJob job, Instant tried) {
        List<Trigger> triggers = new Triggers(Clock.fixed(NOW, ZoneOffset.UTC)).of("/root",
                schedule, _ -> tried);
        return triggers.stream()
                .filter(trigger -> trigger.getKey().equals(Triggers.key("/root", job)))
                .findFirst();
    }

    private static List<Instant> firings(Schedule schedule, int count) {
        return TriggerUtils.computeFireTimes((OperableTrigger) trigger(schedule), null, count)
                .stream()
                .map(Date::toInstant)
                .toList();
    }

    @Test
    void anIntervalBeginsNow() {
        assertThat(firings(schedule("reconcile.every", "90s"), 3)).containsExactly(NOW,
                NOW.plusSeconds(90), NOW.plusSeconds(180));
    }

    /// The night from the 28th to the 29th of March 2026 has no half past two in Vienna.
    @Test
    void aCronExpressionIsReadByTheClockOfItsZone() {
        assertThat(firings(schedule("reconcile.cron", "0 0 6 * * ?", "reconcile.zone",
                "Europe/Vienna"), 2)).containsExactly(Instant.parse("2026-03-29T04:00:00Z"),
                        Instant.parse("2026-03-30T04:00:00Z"));
        assertThat(firings(schedule("reconcile.cron", "0 0 6 * * ?"), 1))
                .containsExactly(Instant.parse("2026-03-29T06:00:00Z"));
    }

    @Test
    void whatKeepsTheRootSoundCountsFromWhenItWasTriedLast() {
        Instant tried = NOW.minus(Duration.ofHours(20));
        assertThat(trigger(schedule(), ScheduledJob.BACKUP, tried).orElseThrow().getStartTime())
                .isEqualTo(tried.plus(Duration.ofDays(1)));
        assertThat(trigger(schedule(), ScheduledJob.VERIFY, tried).orElseThrow().getStartTime())
                .isEqualTo(tried.plus(Duration.ofDays(7)));
        Trigger cron = trigger(schedule("tend.cron", "0 0 6 * * ?"), ScheduledJob.TEND, tried)
                .orElseThrow();
        assertThat(TriggerUtils.computeFireTimes((OperableTrigger) cron, null, 1))
                .as("missed at six")
                .containsExactly(Date.from(Instant.parse("2026-03-28T06:00:00Z")));
    }

    @Test
    void aJobThatIsNeverToRunHasNoTrigger() {
        assertThat(trigger(schedule("tend.every", "0s"), ScheduledJob.TEND, NOW)).isEmpty();
        assertThat(trigger(schedule("tend.every", "0s"), ScheduledJob.BACKUP, NOW)).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0 3 * * * | has 5 fields instead of 6 or 7",
            "0 0 25 * * ? | Hour", "0 0 3 * * * | day-of-week",
            "0 0 3 ? * ELFDAY | ELF", "0 0 3 1 1 ? 2020 | never comes",
            "every day at noon precisely please | every"})
    void aCronExpressionThatCannotBeIsRefusedWithItsKeyAndTheRightForm(String cron, String why) {
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> trigger(schedule("reconcile.cron", cron)))
                .withMessageContaining("cascade.schedule.reconcile.cron is '" + cron + "'")
                .withMessageContaining(why)
                .satisfies(refused -> assertThat(refused.remedy()).contains("0 30 3 * * ?"));
    }

    @Test
    @Tag("EV-55")
    void whatWasMissedIsMadeUpForOnceAndNotOneByOne() {
        OperableTrigger interval = (OperableTrigger) trigger(schedule("reconcile.every", "30s"));
        interval.computeFirstFireTime(null);
        interval.updateAfterMisfire(null);
        Instant made = interval.getNextFireTime().toInstant();
        interval.triggered(null);
        assertThat(interval.getNextFireTime().toInstant()).isEqualTo(made.plusSeconds(30));
        OperableTrigger cron = (OperableTrigger) trigger(
                schedule("reconcile.cron", "0 0 6 * * ?"));
        cron.computeFirstFireTime(null);
        cron.updateAfterMisfire(null);
        Instant once = cron.getNextFireTime().toInstant();
        cron.triggered(null);
        assertThat(cron.getNextFireTime().toInstant()).isAfter(once.plusSeconds(1));
    }
}
