package dev.cascade.steps.embed;

import java.time.Duration;
import java.util.Optional;

/// Why there is no vector, as far as it matters for what to do next.
public sealed interface Fault {

    /// The endpoint cannot answer just now: overloaded, rate limited, down, or it answered nonsense.
    ///
    /// @param after
    ///            how long it asks to be left alone, if it says so; at most five minutes
    record Busy(Optional<Duration> after) implements Fault {}

    /// What was paid for is used up.
    record OutOfQuota(Optional<Duration> after) implements Fault {}

    /// The endpoint said in so many words that asking again is of no use.
    record Declined() implements Fault {}

    /// The key is missing, wrong, or not allowed to do this.
    record Denied() implements Fault {}

    /// The settings do not fit the endpoint: no such model or address, or vectors of another width.
    record Misconfigured() implements Fault {}

    /// One of the texts is longer than the model takes.
    record TooLong() implements Fault {}

    /// One of the texts is refused for what it says.
    record Refused() implements Fault {}
}
