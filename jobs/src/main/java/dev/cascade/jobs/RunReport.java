package dev.cascade.jobs;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.Tally;
import dev.cascade.steps.ledger.Failure;

/// What a run did, as it is told to people and programs.
///
/// @param executionId the Spring Batch execution; null if there was nothing to do, or nothing was done
/// @param more whether files stay owed that another run would take up
/// @param failing how many files are in trouble, whether this run met it or an earlier one
/// @param failures the first thousand of them, by path
/// @param gates what waits for a person
/// @param problem why the run did not come to its end; null if it did
public record RunReport(@Nullable Long executionId, String job, Outcome outcome, Files files,
        Entries entries, Embedding embedding, long durationMs, boolean more, long failing,
        List<Trouble> failures, List<GateReport> gates, List<String> warnings,
        @Nullable Problem problem) {

    /// How a run ended.
    public enum Outcome {
        COMPLETED, COMPLETED_WITH_FAILURES, GUARDED, STOPPED, FAILED
    }

    /// Counts of files.
    public record Files(long seen, long added, long modified, long deleted, long unchanged,
            long indexed, long failed, long deferred) {}

    /// Counts of entries.
    public record Entries(long upserted, long deleted, long kept) {}

    /// Counts of texts that were turned into vectors.
    public record Embedding(long texts, long cached, long requests) {
        static final Embedding NONE = new Embedding(0, 0, 0);
    }

    /// A file in trouble.
    public record Trouble(String path, @Nullable Integer line, String reason, boolean retryable) {
        static Trouble of(Failure failure) {
            return new Trouble(failure.path().value(), failure.line(), failure.reason(),
                    failure.retryable());
        }
    }

    /// What kept a run from its end.
    public record Problem(String message, String remedy, Fault fault) {}

    /// Whose fault it was: a guard stopped it, what it stands on is unusable, there was no room on
    /// the disk, or it is ours.
    public enum Fault {
        GUARD, PRECONDITION, GROUND, INTERNAL
    }

    private static final int KEPT_FAILURES = 20;

    /// What the history keeps of it.
    RunReport brief() {
        return new RunReport(executionId, job, outcome, files, entries, embedding, durationMs,
                more, failing, failures.stream().limit(KEPT_FAILURES).toList(), gates, warnings,
                problem);
    }

    /// The same, with `more` to tell.
    RunReport warning(List<String> more) {
        List<String> all = new ArrayList<>(more);
        all.addAll(warnings);
        return new RunReport(executionId, job, outcome, files, entries, embedding, durationMs,
                this.more, failing, failures, gates, List.copyOf(all), problem);
    }

    /// A run of a job that indexes nothing.
    ///
    /// @param seen files that it looked at
    static RunReport chore(@Nullable Long executionId, String job, Outcome outcome, long seen,
            long failing, List<Trouble> failures, long durationMs, List<String> warnings,
            @Nullable Problem problem) {
        return new RunReport(executionId, job, outcome, new Files(seen, 0, 0, 0, 0, 0, 0, 0),
                new Entries(0, 0, 0), Embedding.NONE, durationMs, false, failing, failures,
                List.of(), warnings, problem);
    }

    /// A firing that was skipped.
    static RunReport skipped(String job, String reason) {
        return chore(null, job, Outcome.GUARDED, 0, 0, List.of(), 0, List.of(),
                new Problem("skipped: " + reason,
                        "`cascade resume` ends a pause; a command typed by hand runs all the same.",
                        Fault.GUARD));
    }

    static Files files(Tally.Counts counts) {
        return new Files(counts.seen(), counts.added(), counts.modified(), counts.deleted(),
                counts.unchanged(), counts.indexed(), counts.failed(), counts.deferred());
    }

    static Embedding embedding(Tally.Vectors vectors) {
        return new Embedding(vectors.texts(), vectors.cached(), vectors.requests());
    }

    static Entries entries(Tally.Counts counts) {
        return new Entries(counts.entriesUpserted(), counts.entriesDeleted(),
                counts.entriesKept());
    }
}
