package dev.cascade.steps.index;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryPath;

/// An entry as it stands in the index.
///
/// @param path
///            the file that holds it
/// @param entry
///            all that was stored of it, with its present line
/// @param replacedBy
///            the id that takes its place, if any file deprecates its row
public record IndexedEntry(MemoryPath path, Entry entry, @Nullable String replacedBy) {

    /// Whether search leaves it out.
    public boolean isDeprecated() {
        return replacedBy != null;
    }
}
