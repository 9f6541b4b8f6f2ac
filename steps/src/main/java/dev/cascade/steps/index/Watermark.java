package dev.cascade.steps.index;

/// How far a commit has come: the last chunk whose entries it holds.
///
/// @param run
///            our id of the run
/// @param chunk
///            the number of the chunk within it
public record Watermark(long run, long chunk) {}
