package dev.cascade.cron.schedule;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cascade.cron.schedule.TriggersTest.schedule;
import static org.assertj.core.api.Assertions.assertThat;

/// Who serves a root, and when it is looked at next.
class PresenceTest {

    private static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);

    @TempDir
    Path folder;

    @Test
    @Tag("EV-42")
    void aProcessIsSeenAsLongAsItLives() throws Exception {
        Presence presence = new Presence(folder.resolve("serving"));
        assertThat(presence.served()).isEmpty();
        presence.show();
        assertThat(presence.served()).contains(ProcessHandle.current());
        presence.end();
        assertThat(presence.served()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aDeadOneOrOneThatGotItsNumberIsNotTakenForIt() throws Exception {
        Path file = folder.resolve("serving");
        Presence presence = new Presence(file);
        long own = ProcessHandle.current().pid();
        for (String text : new String[]{"", "pid x since y", "pid 4194305 since " + NOON,
                "pid %d since %s".formatted(own, Instant.EPOCH)}) {
            Files.writeString(file, text);
            assertThat(presence.served()).as(text).isEmpty();
        }
        presence.show();
        assertThat(presence.served()).isPresent();
    }

    @Test
    void theNextFiringFollowsTheLastWalkOrTheCronExpression() {
        Instant walked = NOON.minusSeconds(20);
        assertThat(NextFiring.of(schedule("reconcile.every", "30s"), walked, CLOCK))
                .contains(NOON.plusSeconds(10));
        assertThat(NextFiring.of(schedule("reconcile.every", "10s"), walked, CLOCK))
                .as("it is due")
                .contains(NOON);
        assertThat(NextFiring.of(schedule("reconcile.every", "10s"), null, CLOCK)).contains(NOON);
        assertThat(NextFiring.of(schedule("reconcile.cron", "0 30 13 * * ?", "reconcile.zone",
                "Europe/Vienna"), walked, CLOCK)).contains(NOON.plusSeconds(1800));
    }
}
