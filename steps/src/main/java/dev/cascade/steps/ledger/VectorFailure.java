package dev.cascade.steps.ledger;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.MemoryPath;

/// An entry whose vector could not be had; its keywords are searchable all the same.
///
/// @param digest
///            the entry as it was then
/// @param until
///            when it is tried again; null if it was refused for what it says
public record VectorFailure(MemoryPath path, String entryId, String digest, int attempts,
        @Nullable Instant until, String reason) {}
