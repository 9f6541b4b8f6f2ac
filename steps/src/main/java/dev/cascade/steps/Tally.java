package dev.cascade.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation.Reason;

/// What one run has done so far. Read while it grows, by whoever shows progress.
public final class Tally {

    private static final int MAX_WARNINGS = 100;

    private volatile Differences.@Nullable Census census;
    private volatile long observedFrom;
    private final AtomicLong owed = new AtomicLong();
    private final LongAdder beats = new LongAdder();
    private volatile String step = "the walk";
    private volatile @Nullable String givenUp;
    private final AtomicLong unsettled = new AtomicLong();
    private final AtomicLong handled = new AtomicLong();
    private final AtomicLong indexed = new AtomicLong();
    private final AtomicLong deleted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong deferred = new AtomicLong();
    private final AtomicLong stillOwed = new AtomicLong();
    private final AtomicLong entriesUpserted = new AtomicLong();
    private final AtomicLong entriesDeleted = new AtomicLong();
    private final AtomicLong entriesKept = new AtomicLong();
    private final AtomicLong texts = new AtomicLong();
    private final AtomicLong cached = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> insisted = new ArrayList<>();
    private long moreWarnings;

    /// The counts of a run.
    ///
    /// @param seen files that the walk saw
    /// @param indexed files that were read and now stand in the index as they are on disk
    /// @param failed files that were refused
    /// @param deferred files that could not be read just now or changed under our hands
    public record Counts(long seen, long added, long modified, long deleted, long unchanged,
            long indexed, long failed, long deferred, long entriesUpserted, long entriesDeleted,
            long entriesKept) {}

    void watch(Differences.Census counted) {
        census = counted;
    }

    /// Whatever this run observes has such an lsn, or a higher one.
    void oweFrom(long lsn) {
        observedFrom = lsn;
    }

    /// No file with a lower lsn is owed; 0 as long as that is not known. It spares those who look for what
    /// is owed in a large tree a look at all of it.
    public long lowestOwed() {
        Differences.Census walked = census;
        return walked == null || !walked.isWhole() ? 0
                : Math.min(observedFrom, walked.lowestOpen());
    }

    /// Something was begun or done that shows in no other number yet.
    void beat() {
        beats.increment();
    }

    /// A step of the run gets on.
    public void enter(String name) {
        step = name;
    }

    /// Grows as long as the run gets on, however slowly.
    public long progress() {
        return beats.sum() + seen() + handled() + texts.get() + cached.get();
    }

    /// What the run was at last, as one clause.
    public String told() {
        return "it was in %s, with %d files seen, %d of %d files handled and %d texts embedded"
                .formatted(step, seen(), handled(), owed(), texts.get());
    }

    /// Says why the run is asked to end.
    public void giveUp(String reason) {
        givenUp = reason;
    }

    /// Why it was asked to end, if that was said.
    public Optional<String> givenUp() {
        return Optional.ofNullable(givenUp);
    }

    void leave(long files) {
        unsettled.set(files);
    }

    void expect(long files) {
        owed.set(files);
    }

    /// A file now stands in the index as it is on disk.
    void addIndexed(long upserted, long removed, long kept) {
        handled.incrementAndGet();
        indexed.incrementAndGet();
        entriesUpserted.addAndGet(upserted);
        entriesDeleted.addAndGet(removed);
        entriesKept.addAndGet(kept);
    }

    void addDeleted() {
        handled.incrementAndGet();
        deleted.incrementAndGet();
    }

    void addStillOwed() {
        handled.incrementAndGet();
        stillOwed.incrementAndGet();
    }

    void addRefused() {
        handled.incrementAndGet();
        refused.incrementAndGet();
    }

    void addDeferred() {
        handled.incrementAndGet();
        deferred.incrementAndGet();
    }

    void addVectors(long asked, long foundInCache) {
        texts.addAndGet(asked);
        cached.addAndGet(foundInCache);
    }

    void setRequests(long sent) {
        requests.set(sent);
    }

    /// Texts that got a vector by asking, and without asking, and requests that were sent for it.
    public record Vectors(long texts, long cached, long requests) {}

    public Vectors vectors() {
        return new Vectors(texts.get(), cached.get(), requests.get());
    }

    static String told(MemoryPath path, Finding finding) {
        return finding.line() > 0 ? "%s:%d: %s".formatted(path, finding.line(), finding.what())
                : "%s: %s".formatted(path, finding.what());
    }

    /// Adds a sentence to what the run tells.
    public synchronized void warn(String sentence) {
        if (warnings.size() < MAX_WARNINGS) {
            warnings.add(sentence);
        } else {
            moreWarnings++;
        }
    }

    /// Adds a sentence that is kept however many there are.
    public synchronized void insist(String sentence) {
        insisted.add(sentence);
    }

    /// What was odd, one sentence each; the first hundred, and how many more there were.
    public synchronized List<String> warnings() {
        List<String> told = new ArrayList<>(warnings);
        if (moreWarnings > 0) {
            told.add(String.format(Locale.ROOT, "%,d more warnings were not kept", moreWarnings));
        }
        told.addAll(insisted);
        return List.copyOf(told);
    }

    public Counts counts() {
        Differences.Census walked = census;
        return new Counts(walked == null ? 0 : walked.seen(),
                walked == null ? 0 : walked.differing(Reason.ADDED),
                walked == null ? 0 : walked.differing(Reason.MODIFIED), deleted.get(),
                walked == null ? 0 : walked.unchanged(), indexed.get(), refused.get(),
                deferred.get() + stillOwed.get(), entriesUpserted.get(), entriesDeleted.get(),
                entriesKept.get());
    }

    /// Files seen by the walk so far.
    public long seen() {
        Differences.Census walked = census;
        return walked == null ? 0 : walked.seen();
    }

    /// Files that were owed when apply began; 0 before.
    public long owed() {
        return owed.get();
    }

    /// Files that changed just now and are left to a later run.
    public long unsettled() {
        return unsettled.get();
    }

    /// Files that apply is done with, one way or the other.
    public long handled() {
        return handled.get();
    }
}
