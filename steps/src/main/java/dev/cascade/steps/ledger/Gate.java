package dev.cascade.steps.ledger;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// A decision that a guard left to a person.
///
/// @param kind
///            what is to be decided: `removals` of files that vanished, `emptied` files that lost all of
///            their entries, or a `rebuild` whose generation lacks files that the live one holds
/// @param run
///            the run whose guard opened it
/// @param digest
///            of the paths that it was made for; another set of paths is another gate
/// @param expiresAt
///            when an approval that was not used lapses; null if it was not approved
/// @param reason
///            what the person said; null before a decision
/// @param holds
///            files that still wait for it, or are kept by it
public record Gate(long id, String kind, String job, long run, Status status, Instant createdAt,
        @Nullable Instant decidedAt, @Nullable Instant expiresAt, String summary, String digest,
        @Nullable String reason, long holds) {

    public static final String REBUILD = "rebuild";

    /// How far the decision is.
    ///
    /// - `PENDING`: the files wait
    /// - `APPROVED`: the next run lets them go; the next rebuild takes their present entries over
    /// - `REJECTED`: their entries stay; the new generation is given up
    /// - `EXPIRED`: the approval was not used in time, or the files are back
    public enum Status {
        PENDING, APPROVED, REJECTED, EXPIRED
    }
}
