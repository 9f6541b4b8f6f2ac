package dev.cascade.steps.ledger;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// A run as the history holds it.
///
/// @param executionId
///            the Spring Batch execution; null if none was needed
/// @param outcome
///            null while it runs, and for ever if it was killed
/// @param skipReason
///            why a firing did nothing; null if it ran
/// @param problem
///            what kept it from its end; null if nothing did, or if it was killed
public record Run(long run, @Nullable Long executionId, String job, @Nullable String outcome,
        @Nullable String skipReason, Instant startedAt, @Nullable Instant endedAt,
        @Nullable String problem) {}
