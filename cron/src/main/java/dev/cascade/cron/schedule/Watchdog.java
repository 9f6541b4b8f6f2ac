package dev.cascade.cron.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.Tally;

/// Notices that a run gets nothing done any more. A slow one that gets on is none of its business.
final class Watchdog {

    /// What of the time between two looks counts: while the machine sleeps, nobody gets on.
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Clock clock;
    private @Nullable Tally watched;
    private long progress;
    private Instant looked = Instant.EPOCH;
    private Duration idle = Duration.ZERO;
    private int times;

    Watchdog(Clock clock) {
        this.clock = clock;
    }

    /// A run that has got nothing done.
    ///
    /// @param times how often that was found of it
    record Stuck(Duration idle, String told, int times) {}

    /// Looks at the run in hand.
    ///
    /// @param inHand null if there is none
    /// @return that it is stuck, once for each `patience` in which it got nothing done
    Optional<Stuck> look(@Nullable Tally inHand, Duration patience) {
        Instant now = clock.instant();
        Duration passed = Duration.between(looked, now);
        looked = now;
        if (inHand == null || inHand != watched || inHand.progress() != progress) {
            watched = inHand;
            progress = inHand == null ? 0 : inHand.progress();
            idle = Duration.ZERO;
            times = 0;
            return Optional.empty();
        }
        idle = idle.plus(passed.compareTo(LONGEST) > 0 ? LONGEST : passed);
        if (idle.compareTo(patience.multipliedBy(times + 1L)) < 0) {
            return Optional.empty();
        }
        return Optional.of(new Stuck(idle, inHand.told(), ++times));
    }
}
