package dev.cascade.steps.index;

import java.util.List;

import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.RowId;

/// A row that more than one file claims.
///
/// @param paths
///            the files in the order of their paths; search shows the first
public record Conflict(RowId row, List<MemoryPath> paths) {

    public Conflict {
        paths = List.copyOf(paths);
    }
}
