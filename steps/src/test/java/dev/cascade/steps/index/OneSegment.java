package dev.cascade.steps.index;

import java.io.IOException;
import java.nio.file.Path;

import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/// Copies an index into one segment without deleted documents: the least that it can take.
///
/// `OneSegment INDEX COPY`
public final class OneSegment {

    private OneSegment() {}

    static void main(String[] args) throws IOException {
        try (Directory from = FSDirectory.open(Path.of(args[0]));
                Directory to = FSDirectory.open(Path.of(args[1]));
                IndexWriter writer = new IndexWriter(to,
                        new IndexWriterConfig().setCodec(new VectorCodec()))) {
            writer.addIndexes(from);
            writer.forceMerge(1);
        }
    }
}
