package dev.cascade.steps.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/// Which files of a root a run concerns. Neither "all" nor "none" is ever spelled as an empty list.
public final class Selection {

    private static final Selection EVERYTHING = new Selection(null, null);

    private final @Nullable List<MemoryPath> below;
    private final @Nullable String kind;

    private Selection(@Nullable List<MemoryPath> below, @Nullable String kind) {
        this.below = below;
        this.kind = kind;
    }

    public static Selection everything() {
        return EVERYTHING;
    }

    /// The files at `paths` and below them.
    ///
    /// @throws IllegalArgumentException
    ///             if `paths` is empty
    public Selection below(List<MemoryPath> paths) {
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("a selection of no paths selects nothing");
        }
        List<MemoryPath> outermost = new ArrayList<>();
        paths.stream()
                .sorted()
                .filter(
                        path -> outermost.stream().noneMatch(path::isAtOrBelow))
                .forEach(outermost::add);
        return new Selection(List.copyOf(outermost), kind);
    }

    /// Of these, the files of one kind.
    public Selection ofKind(String name) {
        return new Selection(below, name);
    }

    public boolean isEverything() {
        return below == null && kind == null;
    }

    /// The paths it is limited to; empty if it is not limited to paths.
    public Optional<List<MemoryPath>> paths() {
        return Optional.ofNullable(below);
    }

    /// The kind it is limited to, if it is.
    public Optional<String> kind() {
        return Optional.ofNullable(kind);
    }

    public boolean contains(MemoryPath path, String itsKind) {
        return (kind == null || kind.equals(itsKind))
                && (below == null || below.stream().anyMatch(path::isAtOrBelow));
    }

    /// Whether a selected file can stand in the folder `path` or below it.
    public boolean reaches(MemoryPath folder) {
        return below == null || below.stream()
                .anyMatch(path -> folder.isAtOrBelow(path) || path.isAtOrBelow(folder));
    }
}
