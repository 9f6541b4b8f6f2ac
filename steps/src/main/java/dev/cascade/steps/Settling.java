package dev.cascade.steps;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// Which of the files that are owed are left to a later run, since whoever writes them may not be done.
///
/// They stay pending like any other. One that never rests is left no longer than some times the time
/// that it is to settle in.
///
/// @param time
///            zero if none is left
record Settling(Duration time, Clock clock) {

    private static final int LONGEST = 10;

    static Settling of(CascadeProperties properties, Clock clock) {
        return new Settling(properties.reconcile().settleTime(), clock);
    }

    /// The files that are left just now.
    Set<MemoryPath> unsettled(Ledger ledger, Selection selection) {
        Instant now = clock.instant();
        return time.isZero() ? Set.of()
                : ledger.unsettled(selection, now.minus(time),
                        now.minus(time.multipliedBy(LONGEST)));
    }

    /// Whether a file as it was just seen has not settled yet.
    boolean isFresh(Fingerprint seen) {
        return seen.touched().isAfter(clock.instant().minus(time));
    }
}
