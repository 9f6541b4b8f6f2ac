package dev.cascade.config;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Everything an operator may say, bound once from all sources and checked.
///
/// The keys are these names in kebab-case below `cascade:`, such as `cascade.reconcile.chunk-size`.
///
/// @param layout
///            how the root is organised; `auto` looks at its folders once and records the answer
public record CascadeProperties(@DefaultValue("auto") LayoutChoice layout,
        @DefaultValue Reconcile reconcile, @DefaultValue Retry retry, @DefaultValue Guard guard,
        @DefaultValue Budget budget, @DefaultValue Index index, @DefaultValue History history) {

    /// What to take for the layout of a root.
    public enum LayoutChoice {
        AUTO, EVEROS, NOTES
    }

    /// How a reconcile run goes about its files.
    ///
    /// @param chunkSize
    ///            files that are committed together, 1 to 10,000
    /// @param concurrency
    ///            files that are read and parsed at once, 1 to 256; 0 means one for each processor
    /// @param maxFileSize
    ///            a larger file is refused, 1 KB to 1 GB
    public record Reconcile(@DefaultValue("200") int chunkSize, @DefaultValue("0") int concurrency,
            @DefaultValue("16MB") DataSize maxFileSize) {

        public Reconcile {
            Range.of(1, 10_000).check("cascade.reconcile.chunk-size", chunkSize);
            Range.of(0, 256).check("cascade.reconcile.concurrency", concurrency);
            Range.of(1024, 1L << 30)
                    .check("cascade.reconcile.max-file-size",
                            maxFileSize.toBytes());
        }

        /// The number of files in work at once, with 0 resolved.
        public int workers() {
            return concurrency > 0 ? concurrency : Runtime.getRuntime().availableProcessors();
        }
    }

    /// What happens to a file that could not be read just now.
    ///
    /// @param maxAttempts
    ///            tries within one run, 1 to 10
    /// @param backoff
    ///            how long the file then waits, doubled each time, 100 ms to 1 h
    /// @param maxBackoff
    ///            the longest wait, at least `backoff`, at most 7 d
    /// @param totalBudget
    ///            attempts over all runs after which only the longest wait is used, 1 to 1,000
    public record Retry(@DefaultValue("3") int maxAttempts, @DefaultValue("2s") Duration backoff,
            @DefaultValue("1h") Duration maxBackoff, @DefaultValue("12") int totalBudget) {

        public Retry {
            Range.of(1, 10).check("cascade.retry.max-attempts", maxAttempts);
            Range.of(100, Duration.ofHours(1).toMillis())
                    .check("cascade.retry.backoff",
                            backoff.toMillis());
            Range.of(backoff.toMillis(), Duration.ofDays(7).toMillis())
                    .check("cascade.retry.max-backoff", maxBackoff.toMillis());
            Range.of(1, 1000).check("cascade.retry.total-budget", totalBudget);
        }
    }

    /// How much may vanish in one run before a person is asked.
    ///
    /// @param maxRemovals
    ///            files, 0 to 1,000,000,000
    /// @param maxRemovalShare
    ///            percent of the files that are known, 0 to 100; ten files may always go
    /// @param approvalExpires
    ///            how long an approval that was not used stands, 1 min to 30 d
    public record Guard(@DefaultValue("1000") long maxRemovals,
            @DefaultValue("20") int maxRemovalShare,
            @DefaultValue("1d") Duration approvalExpires) {

        private static final long ALWAYS = 10;

        public Guard {
            Range.of(0, 1_000_000_000).check("cascade.guard.max-removals", maxRemovals);
            Range.of(0, 100).check("cascade.guard.max-removal-share", maxRemovalShare);
            Range.of(Duration.ofMinutes(1).toMillis(), Duration.ofDays(30).toMillis())
                    .check("cascade.guard.approval-expires", approvalExpires.toMillis());
        }

        /// The most files that may go in one run out of `known`.
        public long limit(long known) {
            return Math.min(maxRemovals, Math.max(ALWAYS, known * maxRemovalShare / 100));
        }

        /// Whether it looks as if another root stood in the place of this one: so many files are gone,
        /// and of those that are there so many were known. A handful can well be replaced by others.
        public boolean isForeign(long gone, long stillKnown) {
            return stillKnown == 0 && gone > ALWAYS;
        }
    }

    /// How much one run may do; the rest stays owed. 0 means no limit.
    ///
    /// @param files
    ///            files that are read, 0 to 1,000,000,000
    /// @param bytes
    ///            bytes that are read, 0 to 1 PB
    /// @param minutes
    ///            minutes after which no further file is begun, 0 to 10,080
    public record Budget(@DefaultValue("0") long files, @DefaultValue("0MB") DataSize bytes,
            @DefaultValue("0") int minutes) {

        public Budget {
            Range.of(0, 1_000_000_000).check("cascade.budget.files", files);
            Range.of(0, 1L << 50).check("cascade.budget.bytes", bytes.toBytes());
            Range.of(0, 10_080).check("cascade.budget.minutes", minutes);
        }
    }

    /// How the index is written.
    ///
    /// @param ramBuffer
    ///            memory for documents that are not yet flushed, 1 MB to 2 GB
    public record Index(@DefaultValue("64MB") DataSize ramBuffer) {

        public Index {
            Range.of(1 << 20, 2L << 30).check("cascade.index.ram-buffer", ramBuffer.toBytes());
        }
    }

    /// How much of the past is kept.
    ///
    /// @param keep
    ///            how long finished executions can be listed, 1 h to 3,650 d
    /// @param recordNoOpRuns
    ///            whether a run that found nothing to do is recorded too
    /// @param tombstones
    ///            how long the row of a deleted file is kept, 1 h to 3,650 d
    public record History(@DefaultValue("30d") Duration keep,
            @DefaultValue("false") boolean recordNoOpRuns,
            @DefaultValue("30d") Duration tombstones) {

        public History {
            Range ages = Range.of(Duration.ofHours(1).toMillis(),
                    Duration.ofDays(3650).toMillis());
            ages.check("cascade.history.keep", keep.toMillis());
            ages.check("cascade.history.tombstones", tombstones.toMillis());
        }
    }

    private record Range(long low, long high) {

        static Range of(long low, long high) {
            return new Range(low, high);
        }

        void check(String key, long value) {
            if (value < low || value > high) {
                throw new IllegalArgumentException(
                        "%s is %d, outside of %d to %d".formatted(key, value, low, high));
            }
        }
    }
}
