package dev.cascade.steps;

import java.util.Optional;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.TextVector;

/// The generation that a run writes.
///
/// @param index opened for writing
/// @param isLive whether it is the one that is searched
/// @param live the generation that is searched, where this is another; null if this is it
/// @param searched whether search finds entries of a file now; a file that is about to lose them all
///        counts as a removal
public record Target(long generation, MemoryIndex index, boolean isLive,
        @Nullable LiveView live, Predicate<MemoryPath> searched) {

    /// The generation that is searched.
    public static Target live(long generation, MemoryIndex index) {
        return new Target(generation, index, true, null,
                path -> !index.digests(path).isEmpty());
    }

    /// A generation that is being built.
    ///
    /// @param live the one that is searched meanwhile
    public static Target building(long generation, MemoryIndex index, LiveView live) {
        return new Target(generation, index, false, live,
                path -> live.view().filter(view -> !view.digests(path).isEmpty()).isPresent());
    }

    /// What is searched now, if this is another generation and that one can be read.
    Optional<IndexView> searchedNow() {
        return live == null ? Optional.empty() : live.view();
    }

    /// The vector that an entry has in the generation that is searched, where this is another.
    Optional<TextVector> standing(MemoryPath path, String entryId) {
        return searchedNow().flatMap(view -> view.vector(path, entryId));
    }
}
