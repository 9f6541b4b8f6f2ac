package dev.cascade.steps.ledger;

import dev.cascade.steps.memory.Watermark;

/// How far the ledger has come with one generation of the index.
///
/// @param settled
///            the last commit whose outcome the ledger holds
/// @param openRun
///            the run that may have committed once more
public record Standing(long generation, Watermark settled, long openRun) {

    /// Whether an index at `seen` is the one this ledger speaks of: at the last settled commit, or
    /// exactly one ahead within the open run.
    public boolean agreesWith(Watermark seen) {
        Watermark ahead = openRun == settled.run() ? new Watermark(openRun, settled.chunk() + 1)
                : new Watermark(openRun, 1);
        return seen.equals(settled) || (openRun > 0 && seen.equals(ahead));
    }
}
