package dev.cascade.cron.web;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import dev.cascade.cron.web.WatchedRoot.Sample;

/// How the queue stood over time, as lines of an SVG picture of 600 by 120.
///
/// @param pending
///            the points of a polyline, as are the others
/// @param top
///            what the upper edge stands for
record Plot(String pending, String failed, String lag, long top, Instant from, Instant to) {

    private static final double WIDTH = 600;
    private static final double HEIGHT = 120;

    /// @param samples
    ///            oldest first; one at least
    static Plot of(List<Sample> samples, Instant now) {
        Instant from = samples.getFirst().at();
        long top = Math.max(1, samples.stream()
                .flatMapToLong(sample -> LongStream.of(sample.pending(), sample.failed(),
                        sample.lag()))
                .max()
                .orElse(1));
        return new Plot(line(samples, Sample::pending, from, now, top),
                line(samples, Sample::failed, from, now, top),
                line(samples, Sample::lag, from, now, top), top, from, now);
    }

    private static String line(List<Sample> samples, ToLongFunction<Sample> value, Instant from,
            Instant to, long top) {
        double span = Math.max(1, Duration.between(from, to).toMillis());
        String points = samples.stream()
                .map(sample -> point(Duration.between(from, sample.at()).toMillis() / span,
                        (double) value.applyAsLong(sample) / top))
                .collect(Collectors.joining(" "));
        // The last value stands until now.
        return points + " "
                + point(1, (double) value.applyAsLong(samples.getLast()) / top);
    }

    private static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f", x * WIDTH, HEIGHT - y * HEIGHT);
    }
}
