package dev.cascade.steps.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import org.apache.lucene.document.Document;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/// Makes of an index one that another Cascade would have made.
public final class MadeOtherwise {

    private MadeOtherwise() {}

    /// The last commit says something else.
    public static void saying(Path folder, Consumer<Map<String, String>> change) {
        commit(folder, IndexWriterConfig.OpenMode.APPEND, change);
    }

    /// As an earlier one said it, which named neither analyzer nor fields.
    public static void sayingLess(Path folder) {
        saying(folder, data -> data.keySet()
                .removeIf(key -> key.startsWith("cascade.field.")
                        || key.equals("cascade.analyzer")));
    }

    /// All documents are gone but one, whose field `name` has a type that Lucene takes for another.
    public static void retyped(Path folder, String name) {
        commit(folder, IndexWriterConfig.OpenMode.CREATE,
                data -> data.put("cascade.field." + name, "values_sorted"),
                new SortedDocValuesField(name, new BytesRef("other")));
    }

    private static void commit(Path folder, IndexWriterConfig.OpenMode mode,
            Consumer<Map<String, String>> change, SortedDocValuesField... fields) {
        try (Directory directory = FSDirectory.open(folder);
                IndexWriter writer = new IndexWriter(directory,
                        new IndexWriterConfig().setOpenMode(mode).setCodec(new VectorCodec()))) {
            Map<String, String> data = new HashMap<>(CommitData.read(folder).toMap());
            change.accept(data);
            for (SortedDocValuesField field : fields) {
                Document made = new Document();
                made.add(field);
                writer.addDocument(made);
            }
            writer.setLiveCommitData(data.entrySet());
            writer.commit();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
