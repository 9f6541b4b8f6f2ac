package dev.cascade.steps.ledger;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MemoryPath;

/// What the ledger is told about one file after a chunk.
public sealed interface Settlement {

    MemoryPath path();

    /// What was read stands in the index.
    ///
    /// @param seen
    ///            what was read, and so what is wanted
    /// @param finding
    ///            what was odd about skipped entries; null if none was skipped
    record Done(MemoryPath path, Fingerprint seen, boolean unsure, String schemaId,
            String contentSha256, int entries, int skippedEntries, int line,
            @Nullable String finding) implements Settlement {}

    /// The file is gone and nothing of it is left in the index.
    record Removed(MemoryPath path) implements Settlement {}

    /// The file cannot be indexed as it is.
    record Refused(MemoryPath path, Fingerprint wanted, int line, String reason)
            implements
                Settlement {}

    /// The file could not be read just now.
    record Deferred(MemoryPath path, Instant until, String reason) implements Settlement {}

    /// The file lost all of its entries, and a person has to say whether that is right.
    record Held(MemoryPath path, Fingerprint seen, long gate) implements Settlement {}
}
