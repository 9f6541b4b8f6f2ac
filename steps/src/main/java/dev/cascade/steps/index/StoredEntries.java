package dev.cascade.steps.index;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.ByteArrayDataInput;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.RowId;
import dev.cascade.steps.memory.Scope;

/// Reads back what [Documents] stored, for one request: each document is read once.
final class StoredEntries {

    private static final int NONE = -1;

    private final Postings postings;
    private final StoredFields stored;
    private final Map<Integer, Document> documents = new HashMap<>();
    private final Map<String, Optional<IndexedFile>> files = new HashMap<>();
    private final Map<String, Integer> representatives = new HashMap<>();

    StoredEntries(DirectoryReader reader) throws IOException {
        postings = new Postings(reader);
        stored = reader.storedFields();
    }

    Optional<IndexedFile> file(String path) throws IOException {
        Optional<IndexedFile> known = files.get(path);
        if (known == null) {
            known = readFile(path);
            files.put(path, known);
        }
        return known;
    }

    private Optional<IndexedFile> readFile(String path) throws IOException {
        Document file = null;
        SortedMap<String, String> deprecations = new TreeMap<>();
        for (int id : postings.live(new Term(Columns.ABOUT, path))) {
            Document document = document(id);
            if (Columns.FILE.equals(document.get(Columns.TYPE))) {
                file = document;
            } else {
                deprecations.put(value(document, Columns.ENTRY_ID),
                        value(document, Columns.REPLACED_BY));
            }
        }
        return file == null
                ? Optional.empty()
                : Optional.of(new IndexedFile(new MemoryPath(path), value(file, Columns.KIND),
                        scope(file), value(file, Columns.OWNER), value(file, Columns.TITLE),
                        value(file, Columns.CONTENT), value(file, Columns.SCHEMA), lines(file),
                        deprecations));
    }

    /// The entry in document `id`, with its line and what takes its place.
    IndexedEntry entry(int id) throws IOException {
        return entry(document(id));
    }

    private Document document(int id) throws IOException {
        Document known = documents.get(id);
        if (known == null) {
            known = stored.document(id);
            documents.put(id, known);
        }
        return known;
    }

    private IndexedEntry entry(Document document) throws IOException {
        RowId row = row(document);
        MemoryPath path = path(document);
        int line = file(path.value()).map(file -> file.line(row.entryId())).orElse(0);
        String timestamp = document.get(Columns.stored(Columns.TIMESTAMP));
        Entry entry = new Entry(row, line, value(document, Columns.TITLE),
                Arrays.asList(document.getValues(Columns.stored(Columns.HEADINGS))),
                timestamp == null ? null : Instant.parse(timestamp),
                document.get(Columns.stored(Columns.PARENT)), source(document),
                value(document, Columns.CONTENT));
        return new IndexedEntry(path, entry, replacement(row));
    }

    /// The row of document `id` if search may show it: no file deprecates the row, and no earlier
    /// file claims it. Each row is looked up once.
    Optional<RowId> shownRow(int id) throws IOException {
        RowId row = row(document(id));
        String key = Columns.term(row.key());
        Integer known = representatives.get(key);
        if (known == null) {
            known = representative(key);
            representatives.put(key, known);
        }
        return known == id ? Optional.of(row) : Optional.empty();
    }

    /// The document that stands for a row: that of the first file; [#NONE] if it is deprecated.
    private int representative(String row) throws IOException {
        if (!postings.live(new Term(Columns.DEPRECATES, row)).isEmpty()) {
            return NONE;
        }
        FirstByPath first = new FirstByPath();
        postings.each(new Term(Columns.ROW, row), first);
        return first.document;
    }

    private static final class FirstByPath implements Postings.Visitor {

        private int document = NONE;
        private BytesRef path = new BytesRef();
        private @Nullable LeafReaderContext segment;
        private @Nullable SortedDocValues paths;

        @Override
        public void visit(LeafReaderContext in, int id) throws IOException {
            if (paths == null || segment != in) {
                paths = DocValues.getSorted(in.reader(), Columns.PATH);
                segment = in;
            }
            if (!paths.advanceExact(id)) {
                return;
            }
            BytesRef candidate = paths.lookupOrd(paths.ordValue());
            if (document == NONE || candidate.compareTo(path) < 0) {
                document = in.docBase + id;
                path = BytesRef.deepCopyOf(candidate);
            }
        }
    }

    /// The values of document `id` that words were looked up in.
    List<String> searched(int id) throws IOException {
        Document document = document(id);
        List<String> values = new ArrayList<>();
        for (String column : value(document, Columns.BODY).split(" ", -1)) {
            values.addAll(Arrays.asList(document.getValues(Columns.source(column))));
        }
        return values;
    }

    /// The entries in `ids`, in the order of their files and lines.
    List<IndexedEntry> entries(List<Integer> ids) throws IOException {
        List<IndexedEntry> entries = new ArrayList<>();
        for (int id : ids) {
            entries.add(entry(id));
        }
        entries.sort(Comparator.comparing(IndexedEntry::path)
                .thenComparingInt(entry -> entry.entry().line())
                .thenComparing(entry -> entry.entry().id()));
        return entries;
    }

    /// What takes the place of a deprecated row; the first file by path decides.
    private @Nullable String replacement(RowId row) throws IOException {
        Document first = null;
        for (int id : postings.live(new Term(Columns.DEPRECATES, Columns.term(row.key())))) {
            Document document = document(id);
            if (first == null || path(document).compareTo(path(first)) < 0) {
                first = document;
            }
        }
        return first == null ? null : value(first, Columns.REPLACED_BY);
    }

    private static SortedMap<String, List<String>> source(Document document) {
        SortedMap<String, List<String>> source = new TreeMap<>();
        String prefix = Columns.source("");
        for (IndexableField field : document) {
            if (field.name().startsWith(prefix)) {
                source.computeIfAbsent(field.name().substring(prefix.length()),
                        _ -> new ArrayList<>()).add(field.stringValue());
            }
        }
        for (String column : document.getValues(Columns.stored(Columns.EMPTY))) {
            source.put(column, List.of());
        }
        return source;
    }

    private static SortedMap<String, Integer> lines(Document file) throws IOException {
        SortedMap<String, Integer> lines = new TreeMap<>();
        BytesRef encoded = file.getBinaryValue(Columns.stored(Columns.LINES));
        ByteArrayDataInput in = new ByteArrayDataInput(encoded.bytes, encoded.offset,
                encoded.length);
        for (int left = in.readVInt(); left > 0; left--) {
            String id = in.readString();
            lines.put(id, in.readVInt());
        }
        return lines;
    }

    private static RowId row(Document document) {
        return new RowId(value(document, Columns.KIND), scope(document),
                value(document, Columns.OWNER), value(document, Columns.ROW_FILE),
                value(document, Columns.ENTRY_ID));
    }

    private static MemoryPath path(Document document) {
        return new MemoryPath(document.get(Columns.PATH));
    }

    private static Scope scope(Document document) {
        return new Scope(value(document, Columns.APP), value(document, Columns.PROJECT),
                value(document, Columns.OWNER_TYPE));
    }

    private static String value(Document document, String column) {
        return document.get(Columns.stored(column));
    }
}
