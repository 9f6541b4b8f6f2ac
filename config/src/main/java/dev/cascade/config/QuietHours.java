package dev.cascade.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The hours of each day in which no scheduled run begins.
///
/// @param from
///            the first moment of them
/// @param until
///            the first moment after them; earlier than `from` if midnight lies between
public record QuietHours(LocalTime from, LocalTime until, ZoneId zone) {

    private static final Pattern FORM = Pattern.compile("(\\S+?)-(\\d\\S*?)(?:\\s+(\\S+))?");

    /// Reads `22:00-06:00` or `22:00-06:00 Europe/Vienna`; without a zone UTC is meant.
    ///
    /// @return empty if `text` is blank
    static Optional<QuietHours> parse(String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw malformed(text, "it has no beginning and end");
        }
        try {
            LocalTime from = LocalTime.parse(form.group(1));
            LocalTime until = LocalTime.parse(form.group(2));
            if (from.equals(until)) {
                throw malformed(text, "it ends when it begins");
            }
            String zone = form.group(3);
            return Optional.of(new QuietHours(from, until, ZoneId.of(zone == null ? "UTC" : zone)));
        } catch (DateTimeException ex) {
            throw malformed(text, String.valueOf(ex.getMessage()));
        }
    }

    private static IllegalArgumentException malformed(String text, String why) {
        return new IllegalArgumentException(
                "cascade.schedule.quiet-hours is '%s': %s; write it as 22:00-06:00 Europe/Vienna"
                        .formatted(text, why));
    }

    public boolean contain(Instant moment) {
        LocalTime time = moment.atZone(zone).toLocalTime();
        boolean begun = !time.isBefore(from);
        boolean over = !time.isBefore(until);
        return from.isBefore(until) ? begun && !over : begun || !over;
    }

    /// As one clause, such as `quiet hours until 06:00 Europe/Vienna`.
    public String told() {
        return "quiet hours until %s %s".formatted(until, zone);
    }
}
