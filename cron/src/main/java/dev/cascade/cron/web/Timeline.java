package dev.cascade.cron.web;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.ledger.History.Execution;
import dev.cascade.steps.ledger.History.Step;

/// The newest executions, as bars over time in an SVG picture of 600 by 40, and as rows of a table.
///
/// @param runs
///            newest first
record Timeline(List<Bar> runs, @Nullable Instant from, Instant to) {

    private static final double WIDTH = 600;
    private static final double NARROWEST = 2;

    /// One execution.
    ///
    /// @param read
    ///            files that its steps took in hand, as are the others
    record Bar(Execution execution, String x, String width, long read, long written,
            long skipped, long retried) {}

    static Timeline of(List<Execution> executions, Instant now) {
        Instant from = executions.stream()
                .map(Execution::startedAt)
                .filter(started -> started != null)
                .min(Instant::compareTo)
                .orElse(null);
        List<Bar> bars = new ArrayList<>();
        for (Execution execution : executions) {
            bars.add(bar(execution, from == null ? now : from, now));
        }
        return new Timeline(bars, from, now);
    }

    private static Bar bar(Execution execution, Instant from, Instant now) {
        Instant started = execution.startedAt() == null ? now : execution.startedAt();
        Instant ended = execution.endedAt() == null ? now : execution.endedAt();
        double span = Math.max(1, Duration.between(from, now).toMillis());
        double width = Math.max(NARROWEST,
                Duration.between(started, ended).toMillis() / span * WIDTH);
        double x = Math.min(WIDTH - width,
                Duration.between(from, started).toMillis() / span * WIDTH);
        return new Bar(execution, shown(x), shown(width), sum(execution, Step::read),
                sum(execution, Step::written), sum(execution, Step::skipped),
                sum(execution, Step::retried));
    }

    private static long sum(Execution execution, java.util.function.ToLongFunction<Step> count) {
        return execution.steps()
                .stream()
                .filter(Step::handlesFiles)
                .mapToLong(count)
                .sum();
    }

    private static String shown(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }
}
