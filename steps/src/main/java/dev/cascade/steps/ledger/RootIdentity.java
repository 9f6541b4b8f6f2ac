package dev.cascade.steps.ledger;

import dev.cascade.config.Layout;

/// Which root a state belongs to.
///
/// @param id
///            made once, at random; it stands in the database, beside it, and in the index
/// @param path
///            where the root stood when the state was made
public record RootIdentity(String id, String path, Layout layout) {}
