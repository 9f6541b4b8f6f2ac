package dev.cascade.steps.parse;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Optional;

/// ISO-8601 date and time with offset or `Z`, of the years 0000 to 9999.
final class Timestamps {

    private static final DateTimeFormatter FORMAT = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[XXX][XX][X]")
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);

    private static final int MAX_LENGTH = 40;

    private Timestamps() {}

    static Optional<Instant> parse(String text) {
        boolean likely = text.length() > 10 && text.length() <= MAX_LENGTH
                && Character.isDigit(text.charAt(0));
        if (!likely) {
            return Optional.empty();
        }
        String iso = text.charAt(10) == ' ' ? text.substring(0, 10) + 'T' + text.substring(11)
                : text;
        try {
            return Optional.of(OffsetDateTime.parse(iso, FORMAT).toInstant());
        } catch (DateTimeException ex) {
            return Optional.empty();
        }
    }

    /// The beginning, in UTC, of a day that is written without a time.
    static Optional<Instant> startOfDay(String text) {
        try {
            return text.length() == 10
                    ? Optional.of(LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant())
                    : Optional.empty();
        } catch (DateTimeException ex) {
            return Optional.empty();
        }
    }
}
