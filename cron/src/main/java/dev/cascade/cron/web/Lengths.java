package dev.cascade.cron.web;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/// How long something is to last, as a person writes it.
final class Lengths {

    private Lengths() {}

    /// Null for what has no end.
    ///
    /// @throws IllegalArgumentException
    ///             if it is no length
    static @Nullable Duration parse(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        Duration length;
        try {
            length = DurationStyle.detectAndParse(text.strip());
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(
                    "'%s' is no length of time; write it as 30m, 2h or 1d".formatted(text), ex);
        }
        if (length.isNegative() || length.isZero()) {
            throw new IllegalArgumentException("a pause must be longer than nothing");
        }
        return length;
    }
}
