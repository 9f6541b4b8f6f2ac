package dev.cascade.config;

import java.time.Duration;
import java.time.ZoneId;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// When one job runs by itself: again and again, or at times that a cron expression names.
///
/// @param every
///            from one firing to the next, 1 s to 365 d, or 0 s for never if the job can be left out; null if
///            there is a cron expression
/// @param cron
///            an expression of Quartz, which begins with the seconds; empty if there is an interval
/// @param zone
///            whose clock the cron expression is read by
public record Timing(@Nullable Duration every, @DefaultValue("") String cron,
        @DefaultValue("UTC") ZoneId zone) {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    public Timing {
        cron = cron.strip();
    }

    /// Whether the job does not run by itself.
    public boolean isNever() {
        return every != null && every.isZero();
    }

    public boolean isCron() {
        return !cron.isEmpty();
    }

    /// As one clause, such as `every 30s`.
    public String told() {
        return every == null ? "at '%s' %s".formatted(cron, zone)
                : isNever() ? "never" : "every " + Keys.render(every);
    }

    /// The same with `usual` as interval if nothing was said.
    ///
    /// @param key
    ///            what it is called in the settings
    Timing checked(String key, Duration usual) {
        return checked(key, usual, false);
    }

    /// The same for a job that can be left out.
    Timing checkedOrNever(String key, Duration usual) {
        return checked(key, usual, true);
    }

    private Timing checked(String key, Duration usual, boolean canBeLeftOut) {
        if (every == null) {
            return isCron() ? this : new Timing(usual, cron, zone);
        }
        if (isCron()) {
            throw new IllegalArgumentException(
                    "%s.every and %s.cron are both given; keep one, and write \"\" for one that another file says"
                            .formatted(key, key));
        }
        if (isNever() && canBeLeftOut) {
            return this;
        }
        if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s.every is %s; the shortest interval is 1s, the longest 365d"
                            .formatted(key, Keys.render(every)));
        }
        return this;
    }
}
