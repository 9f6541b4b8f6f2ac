package dev.cascade.steps.ledger;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.MemoryPath;

/// A file that is not indexed as it stands on disk, or only in part, and why.
///
/// @param line
///            where the trouble was seen; null if it concerns the file as a whole
/// @param skippedEntries
///            entries that were left out of an otherwise indexed file
public record Failure(MemoryPath path, String kind, boolean retryable, int attempts,
        @Nullable Instant firstFailedAt, @Nullable Instant lastAttemptAt,
        @Nullable Instant deferredUntil, @Nullable Integer line, int skippedEntries,
        String reason) {}
