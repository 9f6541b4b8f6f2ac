package dev.cascade.steps.memory;

/// A file as it was seen on disk during one walk.
///
/// @param kind
///            the name of the kind that claims it
public record Sighting(MemoryPath path, String kind, Fingerprint fingerprint) {}
