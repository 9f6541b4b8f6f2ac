package dev.cascade.jobs;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.ledger.Gate;
import dev.cascade.steps.ledger.Gates;

/// A decision that a guard left to a person, as it is told.
///
/// @param files how many files still wait for it, or are kept by it
/// @param paths the first of them
/// @param expiresAt when an approval that was not used lapses; null if it was not approved
/// @param reason what the person said; null before a decision
public record GateReport(long id, String kind, String job, Gate.Status status, Instant createdAt,
        @Nullable Instant decidedAt, @Nullable Instant expiresAt, String summary, String digest,
        @Nullable String reason, long files, List<String> paths) {

    private static final int MOST_PATHS = 20;

    static GateReport of(Gate gate, Gates gates) {
        return new GateReport(gate.id(), gate.kind(), gate.job(), gate.status(),
                gate.createdAt(), gate.decidedAt(), gate.expiresAt(), gate.summary(),
                gate.digest(), gate.reason(), gate.holds(), gates.held(gate.id(), MOST_PATHS));
    }

    static List<GateReport> pending(Gates gates) {
        return gates.pending().stream().map(gate -> of(gate, gates)).toList();
    }
}
