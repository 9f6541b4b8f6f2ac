package dev.cascade.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// What may be said about when jobs run.
class ScheduleTest {

    private static final String RECONCILE = "cascade.schedule.reconcile.";

    @TempDir
    private Path folder;

    private static Schedule schedule(Map<String, String> options) {
        return Settings.load(null, null, Map.of(), options).properties().schedule();
    }

    @Test
    @Tag("EV-03")
    @Tag("EV-43")
    void reconcileRunsEveryThirtySecondsIfNothingElseIsSaid() {
        Timing timing = schedule(Map.of()).reconcile();
        assertThat(timing.every()).isEqualTo(Duration.ofSeconds(30));
        assertThat(timing.isCron()).isFalse();
        assertThat(timing.told()).isEqualTo("every 30s");
        assertThat(schedule(Map.of()).quiet()).isEmpty();
    }

    @Test
    void aCronExpressionStandsInThePlaceOfTheInterval() {
        Timing timing = schedule(Map.of(RECONCILE + "cron", "0 30 3 * * ?", RECONCILE + "zone",
                "Europe/Vienna")).reconcile();
        assertThat(timing.every()).isNull();
        assertThat(timing.zone()).isEqualTo(ZoneId.of("Europe/Vienna"));
        assertThat(timing.told()).isEqualTo("at '0 30 3 * * ?' Europe/Vienna");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"reconcile.every | 999ms | shortest interval is 1s",
            "reconcile.every | 0s | shortest interval is 1s",
            "reconcile.every | -5s | shortest interval is 1s",
            "reconcile.every | 366d | the longest 365d",
            "reconcile.every | soon | 'soon'",
            "reconcile.zone | Mars/Phobos | Unknown time-zone ID: Mars/Phobos",
            "jitter | 2h | 0s to 1h", "jitter | -1s | 0s to 1h",
            "quiet-hours | at night | no beginning and end",
            "quiet-hours | 22:00-25:00 | could not be parsed",
            "quiet-hours | 22:00-22:00 | it ends when it begins",
            "quiet-hours | 22:00-06:00 Mars/Phobos | Unknown time-zone ID"})
    @Tag("HM-14")
    void whatCannotBeIsRefusedWithItsKey(String key, String value, String why) {
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> schedule(Map.of("cascade.schedule." + key, value)))
                .withMessageContaining("cascade.schedule." + key)
                .withMessageContaining(why);
    }

    @Test
    @Tag("HM-14")
    void oneSecondIsTheShortestInterval() {
        assertThat(schedule(Map.of(RECONCILE + "every", "1s")).reconcile().every())
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void anIntervalAndACronExpressionTogetherAreRefused() {
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> schedule(
                        Map.of(RECONCILE + "every", "5s", RECONCILE + "cron", "0 30 3 * * ?")))
                .withMessageContaining(RECONCILE + "every and " + RECONCILE + "cron are both");
    }

    @Test
    void aRootMayTakeBackTheIntervalOfTheUsersFile() throws IOException {
        Path user = Files.writeString(folder.resolve("user.yaml"),
                "cascade.schedule.reconcile.every: 5s\n");
        Path root = Files.writeString(folder.resolve("root.yaml"),
                "cascade.schedule.reconcile: {every: \"\", cron: \"0 30 3 * * ?\"}\n");
        Timing timing = Settings.load(user, root, Map.of(), Map.of())
                .properties()
                .schedule()
                .reconcile();
        assertThat(timing.isCron()).isTrue();
        assertThat(timing.every()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"2026-07-01T19:59:59Z, false", "2026-07-01T20:00:00Z, true",
            "2026-07-01T23:30:00Z, true", "2026-07-02T03:59:59Z, true",
            "2026-07-02T04:00:00Z, false", "2026-12-01T20:30:00Z, false",
            "2026-12-01T21:00:00Z, true"})
    void quietHoursGoOverMidnightAndByTheClockOfTheirZone(Instant moment, boolean quiet) {
        QuietHours hours = schedule(
                Map.of("cascade.schedule.quiet-hours", "22:00-06:00 Europe/Vienna")).quiet()
                .orElseThrow();
        assertThat(hours.contain(moment)).isEqualTo(quiet);
        assertThat(hours.told()).isEqualTo("quiet hours until 06:00 Europe/Vienna");
    }

    @ParameterizedTest
    @CsvSource({"2026-07-01T11:59:59Z, false", "2026-07-01T12:00:00Z, true",
            "2026-07-01T13:00:00Z, false"})
    void quietHoursWithoutAZoneAreThoseOfUtc(Instant moment, boolean quiet) {
        QuietHours hours = schedule(Map.of("cascade.schedule.quiet-hours", "12:00-13:00")).quiet()
                .orElseThrow();
        assertThat(hours.contain(moment)).isEqualTo(quiet);
    }

    @Test
    @Tag("HM-17")
    void rootsShareTheProcessorsUnlessTheirNumberIsSaid() {
        int processors = Runtime.getRuntime().availableProcessors();
        CascadeProperties usual = Settings.load(null, null, Map.of(), Map.of()).properties();
        assertThat(usual.sharedBy(1).reconcile().workers()).isEqualTo(processors);
        assertThat(usual.sharedBy(2 * processors).reconcile().workers()).isEqualTo(1);
        CascadeProperties said = Settings
                .load(null, null, Map.of(), Map.of("cascade.reconcile.concurrency", "7"))
                .properties();
        assertThat(said.sharedBy(20).reconcile().workers()).isEqualTo(7);
    }
}
