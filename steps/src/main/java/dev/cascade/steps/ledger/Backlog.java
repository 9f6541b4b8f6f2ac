package dev.cascade.steps.ledger;

/// What the index is behind the tree by, as far as runs have seen it.
///
/// @param pending files that wait for a run
/// @param failed files whose entries are not those on disk, since they could not be indexed
public record Backlog(long pending, long failed) {}
