package dev.cascade.cron.web;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// Files that failed get another try.
record Retry(WatchedRoot root) {

    /// How long it waits for another run to let go of the root.
    private static final Duration TURN = Duration.ofSeconds(10);

    /// The root is held by another run for longer than anyone waits.
    static final class Busy extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Busy(Held held) {
            super(held.getMessage(), held);
        }
    }

    /// @param paths
    ///            files and folders, of which those too are tried that cannot be indexed as they are;
    ///            none means all that a retry can help
    /// @return empty if it goes on for longer than `patience`
    /// @throws IllegalArgumentException
    ///             if a path leads out of the root
    /// @throws Busy
    ///             if another run holds the root
    Optional<RunReport> of(List<String> paths, Duration patience) {
        List<MemoryPath> below = paths.stream().map(MemoryPath::new).toList();
        Selection selection = below.isEmpty() ? Selection.everything()
                : Selection.everything().below(below);
        return WatchedRoot.within(patience, () -> {
            try {
                return root.jobs().fix(selection, !below.isEmpty(), TURN);
            } catch (Held held) {
                throw new Busy(held);
            } finally {
                root.forget();
            }
        });
    }
}
