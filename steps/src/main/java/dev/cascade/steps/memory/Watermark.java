package dev.cascade.steps.memory;

/// A commit of the index: the run that made it, and its number within that run.
///
/// @param run
///            the id of the run in the ledger; 0 before the first
/// @param chunk
///            counted from 1
public record Watermark(long run, long chunk) {

    /// An index that nothing was ever committed to.
    public static final Watermark NONE = new Watermark(0, 0);
}
