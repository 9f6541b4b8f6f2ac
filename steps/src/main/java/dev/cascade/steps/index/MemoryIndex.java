package dev.cascade.steps.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

import org.apache.lucene.index.Term;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import dev.cascade.config.Digests;
import dev.cascade.config.KindSpec;
import dev.cascade.config.Kinds;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.EntryVector;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.TextVector;
import dev.cascade.steps.memory.Watermark;

/// One generation of the index, open for writing; there is no other way to write to it.
///
///     index.apply(outcomes);
///     index.commit(new Watermark(run, chunk));   // or index.rollback() after any exception
///
/// Reading ([#digests], [#holds]) is as of the last commit and free to any thread, also while one
/// thread applies and commits.
public final class MemoryIndex implements Closeable {

    /*
     * A document is known by its path and entry id, never by its row: two files that claim one row
     * both stand here, so neither has to be written again when the other goes. For the same reason
     * a deprecation is a document of the file that declares it.
     *
     * A path that no segment has ever heard of and that was not touched since the last commit is
     * added without asking for what it might replace; that spares a cold run a search for each of
     * its entries.
     */

    /// Entries that one worker writes at a time.
    private static final int BATCH = 64;

    private final Path folder;
    private final Documents documents;
    private final IndexWorkers workers = new IndexWorkers(
            Runtime.getRuntime().availableProcessors());
    private final CommittingWriter writer;
    private final Set<MemoryPath> touched = new HashSet<>();
    private final ReadWriteLock viewLock = new ReentrantReadWriteLock();
    private IndexView view;

    private MemoryIndex(Path folder, Documents documents, CommittingWriter writer) {
        this.folder = folder;
        this.documents = documents;
        this.writer = writer;
        this.view = writer.view(null);
    }

    /// Opens the index in `folder` for writing, or makes an empty one there.
    ///
    /// @param ramBuffer
    ///            memory for documents that are not yet flushed
    /// @throws IndexInUse
    ///             if someone else writes there
    /// @throws DamagedIndex
    ///             if what is there cannot be read
    /// @throws ForeignIndex
    ///             if it belongs to another root or generation
    public static MemoryIndex open(Path folder, String rootId, long generation, Kinds kinds,
            DataSize ramBuffer) {
        IndexHeader header = IndexHeader.of(rootId, generation, kinds);
        CommittingWriter writer = CommittingWriter.open(folder, header, ramBuffer);
        try {
            return new MemoryIndex(folder, new Documents(kinds), writer);
        } catch (RuntimeException ex) {
            writer.close();
            throw ex;
        }
    }

    /// Changes whenever files of `kind` would be indexed differently.
    public static String schemaId(KindSpec kind) {
        return IndexHeader.schemaId(kind);
    }

    public IndexHeader header() {
        return writer.committed().header();
    }

    /// The last committed chunk; empty in a new index.
    public Optional<Watermark> watermark() {
        return writer.committed().watermark();
    }

    /// The digest of every entry of a file, by entry id. Entries that were indexed in another way
    /// than their kind now asks for have the digest "", which equals none.
    public Map<String, String> digests(MemoryPath path) {
        return look(committed -> {
            Map<String, String> digests = new TreeMap<>(committed.digests(path));
            if (!digests.isEmpty() && committed.file(path).filter(this::isCurrent).isEmpty()) {
                digests.replaceAll((_, _) -> "");
            }
            return digests;
        });
    }

    private boolean isCurrent(IndexedFile file) {
        return file.schemaId().equals(documents.schemaId(file.kind()));
    }

    /// Whether all that is known of the file itself stands here just so: its title, lines,
    /// deprecations and so on. Its entries are compared by their [#digests].
    public boolean holds(MemoryDocument document) {
        IndexedFile wanted = IndexedFile.of(document, documents.schemaId(document.kind()));
        return look(committed -> committed.file(document.path()).filter(wanted::equals))
                .isPresent();
    }

    public Counts counts() {
        return look(IndexView::counts);
    }

    /// The size of the index on disk.
    public long bytes() {
        return writer.bytes();
    }

    /// How many documents this object has written so far, of all types.
    long documentsWritten() {
        return writer.written();
    }

    private <T> T look(Function<IndexView, T> question) {
        Lock lock = viewLock.readLock();
        lock.lock();
        try {
            return question.apply(view);
        } finally {
            lock.unlock();
        }
    }

    private void show(IndexView next) {
        Lock lock = viewLock.writeLock();
        lock.lock();
        try {
            view.close();
            view = next;
        } finally {
            lock.unlock();
        }
    }

    /// Writes what the outcomes say, for the next commit. Doing it twice is the same as once. After
    /// an exception the caller has to [#rollback].
    ///
    /// @throws IllegalArgumentException
    ///             if two outcomes are of one path
    public synchronized void apply(List<Outcome> outcomes) {
        List<IndexWorkers.Work> works = new ArrayList<>();
        Set<MemoryPath> seen = new HashSet<>();
        for (Outcome outcome : outcomes) {
            if (!seen.add(outcome.path())) {
                throw new IllegalArgumentException(
                        "two outcomes in one chunk for " + outcome.path());
            }
            switch (outcome) {
                case Outcome.Indexed indexed -> plan(indexed, works);
                case Outcome.Gone gone -> {
                    touched.add(gone.path());
                    works.add(() -> writer.delete(new Term(Columns.PATH, gone.path().value())));
                }
                case Outcome.Untouched _,Outcome.StillOwed _,Outcome.NotTried _ -> {
                }
            }
        }
        if (!works.isEmpty()) {
            writing(() -> writer.change(() -> workers.doAll(works)));
        }
    }

    /// The width of the vectors of `space` as of the last commit; 0 if there are none.
    public int vectorWidth(String space) {
        return look(committed -> committed.vectorWidth(space));
    }

    /// Gives entries their vectors, for the next commit; nothing else of them changes.
    public synchronized void applyVectors(List<EntryVector> vectors) {
        List<IndexWorkers.Work> works = new ArrayList<>();
        for (int from = 0; from < vectors.size(); from += BATCH) {
            List<EntryVector> batch = vectors.subList(from,
                    Math.min(from + BATCH, vectors.size()));
            batch.forEach(one -> touched.add(one.path()));
            works.add(() -> {
                for (EntryVector one : batch) {
                    writer.replace(key(one.path(), one.entry()),
                            List.of(documents.entry(one.path(), one.entry(), one.vector())));
                }
            });
        }
        if (!works.isEmpty()) {
            writing(() -> writer.change(() -> workers.doAll(works)));
        }
    }

    /// Takes over what another generation holds of these files, for the next commit, in the place of
    /// what this one holds of them. Files of a kind that is no more are left out.
    ///
    /// @param from null if there is none: then nothing of these files is left
    /// @param space of vectors that are taken over too; null takes all
    /// @return of how many files anything was there
    public synchronized long carry(List<Change> files, @Nullable IndexView from,
            @Nullable String space) {
        AtomicLong found = new AtomicLong();
        for (Change change : files) {
            MemoryPath path = change.path();
            touched.add(path);
            writing(() -> writer.change(() -> {
                writer.delete(new Term(Columns.PATH, path.value()));
                Optional<IndexedFile> file = from == null ? Optional.empty()
                        : from.file(path)
                                .filter(held -> !documents.schemaId(held.kind()).isEmpty());
                if (from != null && file.isPresent()) {
                    carry(file.get(), change.lsn(), from, space);
                    found.incrementAndGet();
                }
            }));
        }
        return found.get();
    }

    private void carry(IndexedFile file, long revision, IndexView from, @Nullable String space)
            throws IOException {
        List<Entry> entries = from.entries(file.path()).stream().map(IndexedEntry::entry).toList();
        for (Entry entry : entries) {
            TextVector vector = from.vector(file.path(), entry.id())
                    .filter(held -> space == null || held.space().equals(space))
                    .orElse(null);
            writer.replace(null, List.of(documents.entry(file.path(), entry, vector)));
        }
        writer.replace(null, documents.about(file, entries, revision));
    }

    private void plan(Outcome.Indexed indexed, List<IndexWorkers.Work> works) {
        MemoryPath path = indexed.path();
        MemoryDocument document = indexed.document();
        long revision = indexed.change().lsn();
        boolean isNew = !touched.contains(path) && look(committed -> committed.isUnknown(path));
        touched.add(path);
        List<Entry> upserts = indexed.diff().upserts();
        for (int from = 0; from < upserts.size(); from += BATCH) {
            List<Entry> batch = upserts.subList(from, Math.min(from + BATCH, upserts.size()));
            works.add(() -> write(path, batch, isNew, indexed.vectors()));
        }
        if (!indexed.diff().deletes().isEmpty()) {
            works.add(() -> writer.delete(indexed.diff()
                    .deletes()
                    .stream()
                    .map(id -> new Term(Columns.KEY, Columns.key(path.value(), id)))
                    .toArray(Term[]::new)));
        }
        works.add(() -> writer.replace(isNew ? null : new Term(Columns.ABOUT, path.value()),
                documents.about(document, revision)));
    }

    private void write(MemoryPath path, List<Entry> batch, boolean isNew,
            Map<String, TextVector> vectors) throws IOException {
        for (Entry entry : batch) {
            TextVector vector = vectors.get(entry.id());
            if (vector == null && !isNew) {
                vector = keptVector(path, entry);
            }
            writer.replace(isNew ? null : key(path, entry),
                    List.of(documents.entry(path, entry, vector)));
        }
    }

    /// The vector that the entry has already, if its text is still the same: whatever else of it
    /// changed, a good vector is never replaced by none.
    private @Nullable TextVector keptVector(MemoryPath path, Entry entry) {
        Optional<TextVector> standing = look(committed -> committed.hasNoVectors()
                ? Optional.empty()
                : committed.vector(path, entry.id()));
        return standing.filter(vector -> vector.textSha256().equals(textSha256(entry)))
                .orElse(null);
    }

    private static Term key(MemoryPath path, Entry entry) {
        return new Term(Columns.KEY, Columns.key(path.value(), entry.id()));
    }

    /// What is turned into a vector for `entry`; empty if nothing is.
    public String text(Entry entry) {
        return documents.text(entry);
    }

    private String textSha256(Entry entry) {
        return Digests.sha256(documents.text(entry).getBytes(StandardCharsets.UTF_8));
    }

    /// Makes all that was applied durable and visible, together with `watermark`.
    public synchronized void commit(Watermark watermark) {
        writing(() -> writer.commit(watermark));
        touched.clear();
        show(writer.view(view));
    }

    /// Forgets all that was applied since the last commit.
    public synchronized void rollback() {
        writing(writer::rollback);
        touched.clear();
        show(writer.view(null));
    }

    /// Merges deleted documents away if their share, from 0 to 1, is at least `threshold`.
    ///
    /// @param deadline
    ///            how long to wait for it; merges that are done by then count
    /// @return whether there was anything to do
    /// @throws IllegalStateException
    ///             if it was not done by then
    public synchronized boolean mergeDeletes(double threshold, Duration deadline) {
        if (look(IndexView::deletedShare) < threshold || look(IndexView::deletedShare) == 0) {
            return false;
        }
        AtomicBoolean done = new AtomicBoolean();
        writing(() -> done.set(writer.mergeDeletes(deadline)));
        show(writer.view(view));
        if (!done.get()) {
            throw new IllegalStateException(
                    "the deleted documents were not merged away within %d s".formatted(
                            deadline.toSeconds()));
        }
        return true;
    }

    private void writing(IndexWorkers.Work work) {
        try {
            work.run();
        } catch (AlreadyClosedException ex) {
            throw IndexProblem.writing(folder,
                    new IOException("it was closed after an earlier fault", ex));
        } catch (IOException ex) {
            throw IndexProblem.writing(folder, ex);
        }
    }

    /// Leaves the last commit as it is; what was applied since is lost.
    @Override
    public synchronized void close() {
        workers.close();
        Lock lock = viewLock.writeLock();
        lock.lock();
        try (writer) {
            view.close();
        } finally {
            lock.unlock();
        }
    }
}
