package dev.cascade.cron.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;

/// How the page says things.
///
/// @param now
///            what ages are told from
record Words(Instant now) {

    private static final String UNKNOWN = "unknown";
    private static final DateTimeFormatter TIME = DateTimeFormatter
            .ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static Words of(Clock clock) {
        return new Words(clock.instant());
    }

    /// `unknown` for what is not known.
    public String number(@Nullable Number number) {
        return number == null ? UNKNOWN
                : String.format(Locale.ROOT, "%,d", number.longValue());
    }

    public String bytes(@Nullable Long bytes) {
        return bytes == null ? UNKNOWN : FileUtils.byteCountToDisplaySize(bytes);
    }

    public String time(@Nullable Instant time) {
        return time == null ? UNKNOWN : TIME.format(time);
    }

    /// Such as `3 min ago` or `in 20 s`.
    public String age(@Nullable Instant time) {
        if (time == null) {
            return UNKNOWN;
        }
        Duration age = Duration.between(time, now);
        return age.isNegative() ? "in " + length(age.negated()) : length(age) + " ago";
    }

    public String between(@Nullable Instant from, @Nullable Instant to) {
        return from == null ? UNKNOWN : length(Duration.between(from, to == null ? now : to));
    }

    public String seconds(@Nullable Long seconds) {
        return seconds == null ? "nothing waits" : length(Duration.ofSeconds(seconds));
    }

    private static String length(Duration length) {
        long seconds = length.toSeconds();
        return length.toMillis() < 10_000
                ? String.format(Locale.ROOT, "%.1f s", length.toMillis() / 1000.0)
                : seconds < 120 ? seconds + " s"
                        : seconds < 7200 ? length.toMinutes() + " min"
                                : seconds < 172_800 ? length.toHours() + " h"
                                        : length.toDays() + " d";
    }

    /// A constant as people write it.
    public String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String word(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
