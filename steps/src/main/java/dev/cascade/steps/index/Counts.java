package dev.cascade.steps.index;

/// How much stands in an index.
///
/// @param files
///            files, also those without an entry
/// @param entries
///            entries that are not deprecated
/// @param deprecated
///            entries that search leaves out because a file deprecates their row
public record Counts(long files, long entries, long deprecated) {}
