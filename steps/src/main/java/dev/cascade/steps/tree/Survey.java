package dev.cascade.steps.tree;

import java.util.List;
import java.util.Optional;

/// What one look at all that stands below a root found odd about it.
///
/// @param files
///            that count
/// @param folders
///            that were entered, with the root
/// @param unclaimed
///            Markdown that no kind claims, each with the reason
/// @param older
///            Markdown whose place is that of memory roots from before there were apps and projects
/// @param inFuture
///            files that count and are dated later than now
/// @param alike
///            names that differ by case or by the Unicode form alone
/// @param foldsCase
///            whether the file system takes `A` and `a` for one name; empty if no name could tell
public record Survey(long files, long folders, Some unclaimed, Some older, Some inFuture,
        Some alike, Optional<Boolean> foldsCase) {

    /// How many there are, and the first of them by path.
    public record Some(long count, List<String> first) {

        public Some {
            first = List.copyOf(first);
        }
    }
}
