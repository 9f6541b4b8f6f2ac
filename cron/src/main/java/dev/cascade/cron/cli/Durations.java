package dev.cascade.cron.cli;

import java.time.Duration;

import org.springframework.boot.convert.DurationStyle;

/// Durations as they are typed: `500ms`, `30s`, `5m`, `2h`, `1d`, or ISO-8601.
final class Durations {

    private Durations() {}

    static Duration parse(String option, String text) {
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException ex) {
            throw CliProblem.refused("%s %s is no duration".formatted(option, text),
                    "Write it as 30s, 5m, 2h or 1d.");
        }
    }
}
