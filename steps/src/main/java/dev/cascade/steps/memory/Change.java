package dev.cascade.steps.memory;

import org.jspecify.annotations.Nullable;

/// A file whose entries in the index are not known to be those that are wanted.
///
/// @param wanted
///            the fingerprint last seen on disk; null if the file is gone
/// @param lsn
///            grows with every newly observed difference
/// @param attempts
///            how often the file could not be read so far
/// @param approved
///            whether a person said that it may lose all of its entries
public record Change(MemoryPath path, String kind, long lsn, @Nullable Fingerprint wanted,
        int attempts, boolean approved) {}
