package dev.cascade.steps;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.Unavailable;

/// What the log is told about files in trouble: of each class of failure one in full each minute. The
/// others are counted, and the count is told with the next that is, or when the run ends.
///
/// One belongs to a root and outlives its runs: ten thousand files that fail in the same way, or one
/// that fails in every run, must not fill a disk with log. The ledger keeps every reason.
public final class Complaints {

    private static final Logger log = LoggerFactory.getLogger(Complaints.class);
    private static final long QUIET = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanos;
    private final Map<String, Kind> kinds = new TreeMap<>();

    /// @param nanos a clock that never goes back, such as [System#nanoTime]
    public Complaints(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private static final class Kind {

        private final String what;
        private long toldAt;
        private long untold;

        Kind(String what) {
            this.what = what;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,d more %s", untold, what);
        }
    }

    /// Tells of a file in trouble, or counts it.
    ///
    /// @param thrown whose trace belongs into the log; null if the sentence says all
    void tell(Throwable fault, String sentence, @Nullable Throwable thrown) {
        line(fault, sentence).ifPresent(line -> log.warn(line, thrown));
    }

    /// The line for the log; empty if it is only counted.
    synchronized Optional<String> line(Throwable fault, String sentence) {
        long now = nanos.getAsLong();
        Kind kind = kinds.get(fault.getClass().getName());
        if (kind == null) {
            kind = new Kind(what(fault));
            kinds.put(fault.getClass().getName(), kind);
        } else if (now - kind.toldAt < QUIET) {
            kind.untold++;
            return Optional.empty();
        }
        String line = kind.untold == 0 ? sentence : "%s (and %s)".formatted(sentence, kind);
        kind.toldAt = now;
        kind.untold = 0;
        return Optional.of(line);
    }

    /// What was counted and not yet told, one sentence for each class of failure.
    public synchronized List<String> untold() {
        List<String> sentences = new ArrayList<>();
        for (Kind kind : kinds.values()) {
            if (kind.untold > 0) {
                sentences.add("%s; `cascade fix` lists them".formatted(kind));
                kind.untold = 0;
            }
        }
        sentences.forEach(log::info);
        return sentences;
    }

    /// How many classes of failure are remembered.
    synchronized int kinds() {
        return kinds.size();
    }

    private static String what(Throwable fault) {
        return switch (fault) {
            case MalformedMemory _ -> "that cannot be indexed as they are";
            case Unavailable _ -> "that could not be read just now";
            default -> "that met an internal error (%s)".formatted(
                    fault.getClass().getSimpleName());
        };
    }
}
