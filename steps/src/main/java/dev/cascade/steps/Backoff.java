package dev.cascade.steps;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import dev.cascade.config.CascadeProperties;

/// How long something that failed is left alone: twice as long each time, with jitter so that not all
/// comes back at once.
record Backoff(CascadeProperties.Retry retry) {

    /// The wait after so many attempts; a used-up budget only means the longest one each time.
    Duration after(int attempts) {
        long longest = retry.maxBackoff().toMillis();
        long wait = attempts >= retry.totalBudget() ? longest
                : Math.min(longest, retry.backoff().toMillis() << Math.min(30, attempts - 1));
        return Duration.ofMillis(wait / 2 + ThreadLocalRandom.current().nextLong(wait / 2 + 1));
    }
}
