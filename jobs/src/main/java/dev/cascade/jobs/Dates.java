package dev.cascade.jobs;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;

/// The time from which and until which something is looked for.
///
/// @param since
///            null if from ever
/// @param until
///            the first moment after it; null if for ever
public record Dates(@Nullable Instant since, @Nullable Instant until) {

    /// Reads two times, or days of UTC so that an answer is the same on every machine. A range until
    /// a day holds that day.
    ///
    /// @throws IllegalArgumentException
    ///             if one is written otherwise
    public static Dates of(@Nullable String since, @Nullable String until) {
        return new Dates(since == null ? null : instant(since, 0),
                until == null ? null : instant(until, 1));
    }

    private static Instant instant(String text, int days) {
        try {
            Instant instant = text.length() > 10 ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text)
                            .plusDays(days)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant();
            // What has no number of milliseconds is no date that anything has.
            return Instant.ofEpochMilli(instant.toEpochMilli());
        } catch (DateTimeException | ArithmeticException ex) {
            throw new IllegalArgumentException(
                    "%s is no date; write it as 2026-03-04 or 2026-03-04T09:15:00Z"
                            .formatted(text),
                    ex);
        }
    }
}
