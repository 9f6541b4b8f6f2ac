package dev.cascade.steps.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import org.apache.lucene.document.Document;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KeepOnlyLastCommitDeletionPolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;

import dev.cascade.steps.memory.Watermark;

/// Lucene's writer with our settings, and the data that goes into each commit.
final class CommittingWriter implements Closeable {

    /*
     * Only the last commit is kept. A reader that has it open, in whatever process, keeps its files
     * open, and the file system keeps those until they are closed.
     *
     * Closing a writer aborts the merges that are under way. A run that commits one small chunk and
     * ends would abort them each time and segments would pile up, so closing waits for a moment.
     */

    private static final Logger log = LoggerFactory.getLogger(CommittingWriter.class);
    private static final Duration PATIENCE_ON_CLOSE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final double DELETES_ALLOWED_PERCENT = 20;
    private static final double DELETES_LEFT_PERCENT = 5;

    private final Path folder;
    private final Directory directory;
    private volatile IndexHeader header;
    private final DataSize ramBuffer;
    private final VectorCodec codec = new VectorCodec();
    private ConcurrentMergeScheduler merges = new Merges();
    private volatile IndexWriter lucene;
    private volatile CommitData committed;
    private final LongAdder written = new LongAdder();
    private boolean isDirty;

    private CommittingWriter(Path folder, Directory directory, IndexHeader header,
            DataSize ramBuffer) throws IOException {
        this.folder = folder;
        this.directory = directory;
        this.header = header;
        this.ramBuffer = ramBuffer;
        this.lucene = newWriter();
        try {
            this.committed = begin();
        } catch (IOException | RuntimeException ex) {
            lucene.rollback();
            throw ex;
        }
    }

    static CommittingWriter open(Path folder, IndexHeader header, DataSize ramBuffer) {
        try {
            Files.createDirectories(folder);
            Directory directory = FSDirectory.open(folder);
            try {
                return new CommittingWriter(folder, directory, header, ramBuffer);
            } catch (IOException | RuntimeException ex) {
                directory.close();
                throw ex;
            }
        } catch (IOException | IllegalArgumentException ex) {
            throw IndexProblem.reading(folder, ex);
        }
    }

    private IndexWriter newWriter() throws IOException {
        merges = new Merges();
        TieredMergePolicy policy = new TieredMergePolicy();
        policy.setDeletesPctAllowed(DELETES_ALLOWED_PERCENT);
        policy.setForceMergeDeletesPctAllowed(DELETES_LEFT_PERCENT);
        return new IndexWriter(directory, new IndexWriterConfig(new MemoryAnalyzer())
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND)
                .setCommitOnClose(false)
                .setIndexDeletionPolicy(new KeepOnlyLastCommitDeletionPolicy())
                .setMergePolicy(policy)
                .setCodec(codec)
                .setMergeScheduler(merges)
                .setRAMBufferSizeMB(ramBuffer.toBytes() / (1024.0 * 1024.0)));
    }

    /// Commits the header of a new index, or reads and checks that of an old one. One that was made in
    /// another way as a whole goes on saying so, whatever is added to it.
    private CommitData begin() throws IOException {
        Iterable<Map.Entry<String, String>> found = lucene.getLiveCommitData();
        if (!DirectoryReader.indexExists(directory)) {
            CommitData first = new CommitData(header, Optional.empty());
            commit(first);
            return first;
        }
        CommitData last = CommitData.of(toMap(found));
        if (!last.header().rootId().equals(header.rootId())
                || last.header().generation() != header.generation()) {
            throw new ForeignIndex(folder, last.header(), header);
        }
        if (!header.schema().from(last.header().schema()).isOfKindsAlone()) {
            header = last.header();
        }
        return last;
    }

    private static Map<String, String> toMap(
            @Nullable Iterable<Map.Entry<String, String>> entries) {
        return entries == null
                ? Map.of()
                : StreamSupport.stream(entries.spliterator(), false)
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    CommitData committed() {
        return committed;
    }

    /// The last commit; `previous` lends what has not changed since. Nothing may have been written
    /// after the commit.
    IndexView view(@Nullable IndexView previous) {
        try {
            DirectoryReader reader = previous == null
                    ? DirectoryReader.open(lucene)
                    : DirectoryReader.openIfChanged(previous.reader(), lucene);
            if (reader == null && previous != null) {
                previous.reader().incRef();
                reader = previous.reader();
            }
            return IndexView.of(folder, reader);
        } catch (IOException | IllegalArgumentException ex) {
            throw IndexProblem.reading(folder, ex);
        }
    }

    /// Does `work`, which may change documents.
    void change(IndexWorkers.Work work) throws IOException {
        isDirty = true;
        work.run();
    }

    /// Puts `made` in the place of what `old` names; just adds it if that is null.
    void replace(@Nullable Term old, List<Document> made) throws IOException {
        if (old == null) {
            lucene.addDocuments(made);
        } else {
            lucene.updateDocuments(old, made);
        }
        written.add(made.size());
    }

    /// How many documents were handed to Lucene so far.
    long written() {
        return written.sum();
    }

    void delete(Term... terms) throws IOException {
        lucene.deleteDocuments(terms);
    }

    void commit(Watermark watermark) throws IOException {
        CommitData data = new CommitData(header, Optional.of(watermark));
        commit(data);
        committed = data;
        isDirty = false;
    }

    private void commit(CommitData data) throws IOException {
        lucene.setLiveCommitData(data.toMap().entrySet());
        lucene.commit();
    }

    void rollback() throws IOException {
        lucene.rollback();
        lucene = newWriter();
        committed = CommitData.of(toMap(lucene.getLiveCommitData()));
        isDirty = false;
    }

    /// Merges deletes away.
    ///
    /// @return whether that was done by the deadline
    boolean mergeDeletes(Duration deadline) throws IOException {
        if (isDirty) {
            throw new IllegalStateException("commit or roll back before merging");
        }
        lucene.forceMergeDeletes(false);
        commitMerges(deadline);
        return merges.mergeThreadCount() == 0;
    }

    private void commitMerges(Duration deadline) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        try {
            while (merges.mergeThreadCount() > 0 && System.nanoTime() - end < 0) {
                Thread.sleep(POLL);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return;
        }
        if (lucene.hasUncommittedChanges()) {
            commit(committed);
        }
    }

    long bytes() {
        try {
            long bytes = 0;
            for (String name : directory.listAll()) {
                bytes += length(name);
            }
            return bytes;
        } catch (IOException ex) {
            throw IndexProblem.reading(folder, ex);
        }
    }

    private long length(String name) throws IOException {
        try {
            return directory.fileLength(name);
        } catch (NoSuchFileException ex) {
            return 0;
        }
    }

    /// Merges in the background. One that fails loses nothing: what it was to merge stays as it is, and
    /// a disk that is full is met again by the next commit, which tells the run.
    private final class Merges extends ConcurrentMergeScheduler {

        @Override
        protected void handleMergeException(Throwable failure) {
            log.warn("the segments in {} could not be merged: {}", folder,
                    String.valueOf(failure.getMessage()));
        }
    }

    @Override
    public void close() {
        try (directory) {
            try {
                if (lucene.isOpen() && !isDirty) {
                    commitMerges(PATIENCE_ON_CLOSE);
                }
            } finally {
                lucene.rollback();
            }
        } catch (IOException ex) {
            throw IndexProblem.writing(folder, ex);
        }
    }
}
