package dev.cascade.config;

import java.time.Duration;
import java.util.Optional;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// When the jobs of a root run by themselves.
///
/// @param reconcile
///            every 30 s if nothing else is said
/// @param tend
///            every day if nothing else is said
/// @param verify
///            with all files read; every week if nothing else is said
/// @param backup
///            every day if nothing else is said
/// @param quietHours
///            a time of the day in which no scheduled run begins, such as `22:00-06:00 Europe/Vienna`
/// @param jitter
///            each firing waits up to this long, by chance, so that not all roots begin at once; 0 to 1 h
/// @param stuckAfter
///            a run that got nothing done for so long is stopped, 1 min to 24 h
public record Schedule(@DefaultValue Timing reconcile, @DefaultValue Timing tend,
        @DefaultValue Timing verify, @DefaultValue Timing backup,
        @DefaultValue("") String quietHours, @DefaultValue("0s") Duration jitter,
        @DefaultValue("15m") Duration stuckAfter) {

    private static final Duration LONGEST_JITTER = Duration.ofHours(1);
    private static final Duration SOONEST_STUCK = Duration.ofMinutes(1);
    private static final Duration LATEST_STUCK = Duration.ofDays(1);

    public Schedule {
        reconcile = reconcile.checked("cascade.schedule.reconcile", Duration.ofSeconds(30));
        tend = tend.checkedOrNever("cascade.schedule.tend", Duration.ofDays(1));
        verify = verify.checkedOrNever("cascade.schedule.verify", Duration.ofDays(7));
        backup = backup.checkedOrNever("cascade.schedule.backup", Duration.ofDays(1));
        quietHours = quietHours.strip();
        var _ = QuietHours.parse(quietHours);
        if (jitter.isNegative() || jitter.compareTo(LONGEST_JITTER) > 0) {
            throw new IllegalArgumentException(
                    "cascade.schedule.jitter is %s; it can be 0s to 1h".formatted(
                            Keys.render(jitter)));
        }
        if (stuckAfter.compareTo(SOONEST_STUCK) < 0 || stuckAfter.compareTo(LATEST_STUCK) > 0) {
            throw new IllegalArgumentException(
                    "cascade.schedule.stuck-after is %s; it can be 1m to 24h".formatted(
                            Keys.render(stuckAfter)));
        }
    }

    /// The quiet hours; empty if there are none.
    public Optional<QuietHours> quiet() {
        return QuietHours.parse(quietHours);
    }
}
