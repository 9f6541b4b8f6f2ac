package dev.cascade.cron.schedule;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.Home;
import dev.cascade.config.Schedule;
import dev.cascade.config.Timing;

/// When a root is looked at next, as another process than the one that serves it can tell.
public final class NextFiring {

    private NextFiring() {}

    /// Whether a process on this machine serves the root.
    public static boolean isServed(Home home) {
        return Presence.in(home).served().isPresent();
    }

    /// The process on this machine that serves the root; empty if none does.
    public static Optional<Long> server(Home home) {
        return Presence.in(home).served().map(ProcessHandle::pid);
    }

    /// The next firing of `reconcile`. One that is due is told as now.
    ///
    /// @param lastWalk
    ///            null if there was none
    public static Optional<Instant> of(Schedule schedule, @Nullable Instant lastWalk,
            Clock clock) {
        Timing timing = schedule.reconcile();
        Instant now = clock.instant();
        if (timing.every() == null) {
            return Triggers.nextAfter(timing, now);
        }
        Instant following = lastWalk == null ? now : lastWalk.plus(timing.every());
        return Optional.of(following.isBefore(now) ? now : following);
    }
}
