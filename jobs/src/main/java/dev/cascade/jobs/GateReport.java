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

    /// What comes of a yes.
    public String ifApproved() {
        return ofRebuild()
                ? "the next rebuild takes over the present entries of %d files".formatted(files)
                : "the next run lets %d files go".formatted(files);
    }

    /// What comes of a no.
    public String ifRejected() {
        return ofRebuild() ? "the new generation is given up, and the present one stays"
                : "the entries of %d files stay".formatted(files);
    }

    /// Whether it holds back a new generation, and no removals.
    public boolean ofRebuild() {
        return kind.equals(Gate.REBUILD);
    }

    static GateReport of(Gate gate, Gates gates) {
        return new GateReport(gate.id(), gate.kind(), gate.job(), gate.status(),
                gate.createdAt(), gate.decidedAt(), gate.expiresAt(), gate.summary(),
                gate.digest(), gate.reason(), gate.holds(), gates.held(gate.id(), MOST_PATHS));
    }

    static List<GateReport> pending(Gates gates) {
        return gates.pending().stream().map(gate -> of(gate, gates)).toList();
    }
}
