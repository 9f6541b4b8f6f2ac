package dev.cascade.jobs;

import java.time.Duration;

import org.springframework.boot.convert.DurationStyle;

/// Durations as they are typed: `500ms`, `30s`, `5m`, `2h`, `1d`, or ISO-8601.
public final class Durations {

    private Durations() {}

    /// Reads one.
    ///
    /// @throws IllegalArgumentException
    ///             if it is none
    public static Duration parse(String text) {
        try {
            return DurationStyle.detectAndParse(text.strip());
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(
                    "%s is no duration; write it as 30s, 5m, 2h or 1d".formatted(text), ex);
        }
    }
}
