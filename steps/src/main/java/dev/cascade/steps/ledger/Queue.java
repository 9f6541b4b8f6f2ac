package dev.cascade.steps.ledger;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// How many files are in which state.
///
/// @param lastProcessed
///            the highest lsn at or below which nothing is pending
/// @param oldestPending
///            when the oldest pending difference was observed; null if nothing is pending
/// @param partlyIndexed
///            files of which entries were left out; they are among the done ones
/// @param kept
///            files that are gone or empty, whose entries stay because a person said so
public record Queue(long pending, long done, long failedRetryable, long failedPermanent,
        long maxLsn,
        long lastProcessed, @Nullable Instant oldestPending, long partlyIndexed, long kept) {

    public long lag() {
        return maxLsn - lastProcessed;
    }
}
