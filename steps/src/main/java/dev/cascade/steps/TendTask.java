package dev.cascade.steps;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// One task of keeping house.
///
/// @param pause how long a run that ends leaves it alone after an attempt
/// @param deadline after which it is given up until the next attempt
public record TendTask(String name, Duration pause, Duration deadline, Work work) {

    /// Does it.
    interface Work {

        /// Does it; empty if there was nothing to do.
        Optional<Done> run() throws Exception;
    }

    /// What came of it.
    ///
    /// @param busy whether someone was in the way, so that it has to be tried again
    /// @param note in a few words
    record Done(boolean busy, String note) {

        static Optional<Done> of(String note) {
            return Optional.of(new Done(false, note));
        }

        /// That so many things were done; empty if none were.
        static Optional<Done> counted(long number, String note) {
            return number == 0 ? Optional.empty()
                    : of(String.format(Locale.ROOT, "%,d %s", number, note));
        }

        static Optional<Done> busy(String note) {
            return Optional.of(new Done(true, note));
        }
    }
}
