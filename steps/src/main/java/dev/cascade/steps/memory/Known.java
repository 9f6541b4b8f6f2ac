package dev.cascade.steps.memory;

import org.jspecify.annotations.Nullable;

/// What the ledger remembers of a file when a walk comes by.
///
/// @param wanted
///            the fingerprint last seen on disk; null if the file was gone
/// @param missing
///            whether its removal is already proposed
/// @param held
///            whether a person has yet to decide about it, or decided that its entries stay
/// @param schemaId
///            the schema under which its entries stand in the index; null if that is not known
/// @param unsure
///            whether it was touched so recently when it was read that it must be looked at again
public record Known(MemoryPath path, String kind, @Nullable Fingerprint wanted, boolean missing,
        boolean held, @Nullable String schemaId, boolean unsure) {}
