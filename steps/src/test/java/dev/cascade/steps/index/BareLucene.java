package dev.cascade.steps.index;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;

import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.parse.MemoryParser;
import dev.cascade.steps.parse.SourceFile;

/// What a first run is measured against: the same files, read and parsed once, the same fields and the
/// same analysis, with as many threads; and nothing else. No ledger, no fingerprints, one commit at the
/// end, so nothing of it survives a kill.
///
/// `BareLucene ROOT INDEX THREADS`
public final class BareLucene {

    private static final double RAM_BUFFER_MB = 256;
    private static final int IN_HAND = 1000;

    private final MemoryParser parser = new MemoryParser();
    private final Documents documents;
    private final Kinds kinds;
    private final Path root;
    private final IndexWriter writer;

    private BareLucene(Path root, IndexWriter writer) {
        this.kinds = Kinds.of(Home.of(root, null), Layout.of(root));
        this.documents = new Documents(kinds);
        this.root = root;
        this.writer = writer;
    }

    static void main(String[] args) throws IOException, InterruptedException {
        try (Directory directory = FSDirectory.open(Path.of(args[1]));
                IndexWriter writer = new IndexWriter(directory,
                        new IndexWriterConfig(new MemoryAnalyzer())
                                .setRAMBufferSizeMB(RAM_BUFFER_MB))) {
            new BareLucene(Path.of(args[0]), writer).index(Integer.parseInt(args[2]));
            writer.commit();
            System.out.println(writer.getDocStats().numDocs);
        }
    }

    private void index(int threads) throws IOException, InterruptedException {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        Semaphore room = new Semaphore(IN_HAND);
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".md")) {
                    room.acquireUninterruptibly();
                    workers.execute(() -> {
                        try {
                            index(file);
                        } catch (IOException | RuntimeException ex) {
                            failure.set(ex);
                        } finally {
                            room.release();
                        }
                    });
                }
                return FileVisitResult.CONTINUE;
            }
        });
        workers.shutdown();
        workers.awaitTermination(1, TimeUnit.DAYS);
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
    }

    private void index(Path file) throws IOException {
        Path relative = root.relativize(file);
        MemoryDocument document = parser.parse(
                new SourceFile(MemoryPath.of(relative), Files.readAllBytes(file), new TreeMap<>()),
                kinds.claiming(relative).orElseThrow());
        for (Entry entry : document.entries()) {
            writer.addDocument(documents.entry(document.path(), entry, null));
        }
        writer.addDocuments(documents.about(document, 1));
    }
}
