package dev.cascade.steps.memory;

/// An entry as it stands in the index, and the vector that it is to have.
public record EntryVector(MemoryPath path, Entry entry, TextVector vector) {}
