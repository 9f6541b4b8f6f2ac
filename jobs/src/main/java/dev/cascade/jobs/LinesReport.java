package dev.cascade.jobs;

import java.time.Clock;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.steps.Root;
import dev.cascade.steps.SourceLines;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.MemoryPath;

/// Lines of a file as it is on disk now, which may be ahead of the index.
///
/// @param fromLine the first line that is told, counted from 1
/// @param toLine the last one; before `fromLine` if the file ends earlier
/// @param totalLines how many lines the file has
public record LinesReport(String path, int fromLine, int toLine, int totalLines, String text) {

    /// Reads them; only files of the tree that an index could hold are read.
    ///
    /// @throws IllegalArgumentException if the range is empty or too long
    public static LinesReport of(Home home, CascadeProperties properties, MemoryPath path,
            int from, int to, Clock clock) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Root root = Root.known(home, properties, new Ledger(database.dataSource(), clock));
            SourceLines read = SourceLines.read(root, properties, path, from, to, clock);
            return new LinesReport(path.value(), from, from + read.lines().size() - 1,
                    read.total(), String.join("\n", read.lines()));
        }
    }
}
