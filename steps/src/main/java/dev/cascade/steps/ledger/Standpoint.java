package dev.cascade.steps.ledger;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MemoryPath;

/// What the ledger claims of one file in the live generation.
///
/// @param state its state word
/// @param wanted the fingerprint last seen on disk; null if it was seen to be gone
/// @param indexed the fingerprint whose entries stand in the index; null if none or not known
public record Standpoint(MemoryPath path, String kind, String state, @Nullable Fingerprint wanted,
        @Nullable Fingerprint indexed,
        @Nullable String schemaId, @Nullable String contentSha256, int entries) {}
