package dev.cascade.jobs.quality;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;

/// Lucene as it comes: one field, the standard analyzer, BM25, and a query that is a bag of words.
final class BareLucene implements Engine {

    private static final String TEXT = "text";

    private final List<Section> sections;
    private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
    private final StandardAnalyzer analyzer = new StandardAnalyzer();
    private final DirectoryReader reader;

    BareLucene(List<Section> sections) {
        this.sections = List.copyOf(sections);
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(analyzer))) {
            for (Section section : sections) {
                Document document = new Document();
                document.add(new TextField(TEXT, section.text(), Field.Store.NO));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
            writer.commit();
            reader = DirectoryReader.open(directory);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public String name() {
        return "Lucene";
    }

    @Override
    public List<Section> search(String query, int limit) {
        Query words = new QueryBuilder(analyzer).createBooleanQuery(TEXT, query);
        List<Section> found = new ArrayList<>();
        try {
            if (words != null) {
                for (ScoreDoc hit : new IndexSearcher(reader).search(words, limit).scoreDocs) {
                    found.add(sections.get(hit.doc));
                }
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return found;
    }

    @Override
    public void close() {
        try (directory; reader; analyzer) {
            return;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
