package dev.cascade.steps.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexableFieldType;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

import dev.cascade.config.FieldRef;
import dev.cascade.config.FieldSpec;
import dev.cascade.config.KindSpec;
import dev.cascade.config.Kinds;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.RowId;
import dev.cascade.steps.memory.Scope;
import dev.cascade.steps.memory.TextVector;

/// Makes the documents that stand in the index for a file.
///
/// One for each entry, one for the file itself, and one for each row that the file deprecates. The
/// vector of an entry is one more field of its document.
final class Documents {

    private static final FieldType PROSE = text(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS, true);
    private static final FieldType WORDS = text(IndexOptions.DOCS_AND_FREQS, false);

    private final Map<String, Plan> plans = new HashMap<>();

    Documents(Kinds kinds) {
        kinds.inOrder().forEach(kind -> plans.put(kind.name(), Plan.of(kind)));
    }

    /// How the columns of a kind are indexed.
    private record Plan(String schemaId, Map<String, dev.cascade.config.FieldType> types,
            List<String> searched, List<String> embedded) {

        static Plan of(KindSpec kind) {
            Map<String, dev.cascade.config.FieldType> types = new HashMap<>();
            for (FieldSpec field : kind.fields().values()) {
                types.put(field.ref().column(), field.type());
            }
            return new Plan(IndexHeader.schemaId(kind), types,
                    kind.tokenised().stream().map(FieldRef::column).distinct().toList(),
                    kind.embedded().stream().map(FieldRef::column).distinct().toList());
        }
    }

    private static FieldType text(IndexOptions options, boolean lengthCounts) {
        FieldType type = new FieldType();
        type.setIndexOptions(options);
        type.setTokenized(true);
        type.setOmitNorms(!lengthCounts);
        type.freeze();
        return type;
    }

    /// How files of `kind` are indexed now; empty if there is no such kind any more.
    String schemaId(String kind) {
        Plan plan = plans.get(kind);
        return plan == null ? "" : plan.schemaId();
    }

    /// What is turned into a vector; empty if nothing is.
    String text(Entry entry) {
        Plan plan = plans.get(entry.row().kind());
        return plan == null ? "" : entry.text(plan.embedded());
    }

    /// The file's own document and those of its deprecations, which are replaced as one block.
    List<Document> about(MemoryDocument document, long revision) {
        return about(IndexedFile.of(document, plan(document.kind()).schemaId()),
                document.entries(), revision);
    }

    /// The same, of a file that is known from the index alone.
    List<Document> about(IndexedFile file, List<Entry> entries, long revision) {
        List<Document> block = new ArrayList<>();
        block.add(file(file, revision));
        RowId any = entries.stream()
                .findFirst()
                .map(Entry::row)
                .orElse(new RowId(file.kind(), file.scope(), file.owner(), "", ""));
        file.deprecations()
                .forEach((old, replacement) -> block.add(
                        deprecation(file.path(), any.withEntryId(old), replacement)));
        return block;
    }

    private static Document file(IndexedFile file, long revision) {
        Document made = about(Columns.FILE, file.path());
        keep(made, Columns.KIND, file.kind());
        keepScope(made, file.scope(), file.owner());
        keep(made, Columns.TITLE, file.title());
        keep(made, Columns.CONTENT, file.contentSha256());
        keep(made, Columns.SCHEMA, file.schemaId());
        made.add(new StoredField(Columns.stored(Columns.REVISION), revision));
        made.add(new StoredField(Columns.stored(Columns.LINES), encode(file.lines())));
        return made;
    }

    private static Document deprecation(MemoryPath path, RowId row, String replacement) {
        Document made = about(Columns.DEPRECATION, path);
        made.add(new StringField(Columns.DEPRECATES, Columns.term(row.key()), Field.Store.NO));
        keep(made, Columns.ENTRY_ID, row.entryId());
        keep(made, Columns.REPLACED_BY, replacement);
        return made;
    }

    private static Document about(String type, MemoryPath path) {
        Document made = typed(type, path);
        made.add(new StringField(Columns.ABOUT, path.value(), Field.Store.NO));
        return made;
    }

    private static Document typed(String type, MemoryPath path) {
        Document made = new Document();
        made.add(new StringField(Columns.TYPE, type, Field.Store.YES));
        made.add(new StringField(Columns.PATH, path.value(), Field.Store.YES));
        made.add(new SortedDocValuesField(Columns.PATH, new BytesRef(path.value())));
        return made;
    }

    /// The type of each field that is more than stored, by name, but for the vectors: as it stands in
    /// the documents of an entry that has it all.
    SortedMap<String, String> fields() {
        SortedMap<String, String> fields = new TreeMap<>();
        MemoryPath path = new MemoryPath("a");
        plans.forEach((kind, plan) -> {
            RowId row = new RowId(kind, Scope.NONE, "", "", "a");
            SortedMap<String, List<String>> values = new TreeMap<>();
            plan.types().forEach((column, type) -> values.put(column, List.of(switch (type) {
                case TIMESTAMP -> Instant.EPOCH.toString();
                case TEXT, KEYWORD, LIST, INTEGER, DECIMAL, JSON -> "0";
            })));
            plan.searched().forEach(column -> values.putIfAbsent(column, List.of("0")));
            Entry whole = new Entry(row, 1, "a", List.of("a"), Instant.EPOCH, "a", values, "");
            describe(entry(path, whole, null), fields);
            IndexedFile file = new IndexedFile(path, kind, Scope.NONE, "", "", "", "",
                    new TreeMap<>(), new TreeMap<>(Map.of("a", "b")));
            about(file, List.of(whole), 0).forEach(made -> describe(made, fields));
        });
        fields.values().removeIf(String::isEmpty);
        return fields;
    }

    /// Fields that share a name are one to Lucene.
    private static void describe(Document made, SortedMap<String, String> fields) {
        Map<String, SortedSet<String>> types = new HashMap<>();
        made.forEach(field -> types.computeIfAbsent(field.name(), _ -> new TreeSet<>())
                .addAll(properties(field.fieldType())));
        types.forEach((name, properties) -> fields.put(name, String.join("+", properties)));
    }

    private static List<String> properties(IndexableFieldType type) {
        List<String> properties = new ArrayList<>();
        if (type.indexOptions() != IndexOptions.NONE) {
            properties.add(type.indexOptions().name().toLowerCase(Locale.ROOT));
            if (!type.omitNorms()) {
                properties.add("norms");
            }
        }
        if (type.docValuesType() != DocValuesType.NONE) {
            properties.add("values_" + type.docValuesType().name().toLowerCase(Locale.ROOT));
        }
        if (type.pointDimensionCount() > 0) {
            properties.add("points");
        }
        return properties;
    }

    /// @param vector
    ///            null if there is none yet
    Document entry(MemoryPath path, Entry entry, @Nullable TextVector vector) {
        Plan plan = plan(entry.row().kind());
        Document made = typed(Columns.ENTRY, path);
        identify(made, path, entry);
        describe(made, entry);
        entry.fields().forEach((column, values) -> keepColumn(made, plan, column, values));
        for (String column : plan.searched()) {
            for (String value : entry.fields().getOrDefault(column, List.of())) {
                made.add(new Field(Columns.BODY, value, PROSE));
                if (!Columns.PROSE.containsKey(column)) {
                    made.add(new Field(Columns.words(column), value, WORDS));
                }
            }
        }
        keep(made, Columns.BODY, String.join(" ", plan.searched()));
        if (!entry.text(plan.embedded()).isEmpty()) {
            made.add(new StringField(Columns.EMBEDS, "", Field.Store.NO));
        }
        if (vector != null) {
            made.add(new KnnFloatVectorField(Columns.vector(vector.space()),
                    vector.vector().values(), VectorSimilarityFunction.DOT_PRODUCT));
            made.add(new BinaryDocValuesField(Columns.VECTOR_TEXT,
                    new BytesRef(vector.textSha256())));
        }
        return made;
    }

    private static void identify(Document made, MemoryPath path, Entry entry) {
        RowId row = entry.row();
        made.add(new StringField(Columns.KEY, Columns.key(path.value(), entry.id()),
                Field.Store.NO));
        made.add(new StringField(Columns.ROW, Columns.term(row.key()), Field.Store.NO));
        made.add(new StringField(Columns.SHOWN, Columns.term(row.shown()), Field.Store.NO));
        made.add(new BinaryDocValuesField(Columns.ID, new BytesRef(entry.id())));
        made.add(new BinaryDocValuesField(Columns.DIGEST, new BytesRef(entry.digest())));
        keepWhole(made, Columns.ENTRY_ID, entry.id());
        keepWhole(made, Columns.KIND, row.kind());
        keepScope(made, row.scope(), row.owner());
        whole(made, Columns.APP, row.scope().app());
        whole(made, Columns.PROJECT, row.scope().project());
        whole(made, Columns.OWNER, row.owner());
        keep(made, Columns.ROW_FILE, row.file());
    }

    private static void describe(Document made, Entry entry) {
        keep(made, Columns.TITLE, entry.title());
        made.add(new Field(Columns.TITLE, entry.title(), PROSE));
        for (String heading : entry.headings()) {
            keep(made, Columns.HEADINGS, heading);
            made.add(new Field(Columns.HEADINGS, heading, PROSE));
        }
        keep(made, Columns.CONTENT, entry.contentSha256());
        Instant timestamp = entry.timestamp();
        if (timestamp != null) {
            keep(made, Columns.TIMESTAMP, timestamp.toString());
            made.add(new LongField(Columns.TIMESTAMP, millis(timestamp), Field.Store.NO));
        }
        String parent = entry.parentId();
        if (parent != null) {
            keep(made, Columns.PARENT, parent);
        }
    }

    private static void keepColumn(Document made, Plan plan, String column, List<String> values) {
        if (values.isEmpty()) {
            keep(made, Columns.EMPTY, column);
        }
        for (String value : values) {
            made.add(new StoredField(Columns.source(column), value));
            switch (plan.types().getOrDefault(column, dev.cascade.config.FieldType.TEXT)) {
                case KEYWORD, LIST -> whole(made, Columns.keyword(column), value);
                case INTEGER -> number(() -> made.add(new LongField(Columns.integer(column),
                        Long.parseLong(value), Field.Store.NO)));
                case DECIMAL -> number(() -> made.add(new DoubleField(Columns.decimal(column),
                        Double.parseDouble(value), Field.Store.NO)));
                case TIMESTAMP -> number(() -> made.add(new LongField(Columns.time(column),
                        millis(OffsetDateTime.parse(value).toInstant()), Field.Store.NO)));
                case TEXT, JSON -> {
                }
            }
        }
    }

    /// A value that is no number of its type is kept as text and cannot be filtered by range.
    private static void number(Runnable adding) {
        try {
            adding.run();
        } catch (NumberFormatException | DateTimeParseException ex) {
            return;
        }
    }

    private static long millis(Instant instant) {
        long second = Math.clamp(instant.getEpochSecond(), Long.MIN_VALUE / 2000,
                Long.MAX_VALUE / 2000);
        return second * 1000 + instant.getNano() / 1_000_000;
    }

    private static void keepScope(Document made, Scope scope, String owner) {
        keep(made, Columns.APP, scope.app());
        keep(made, Columns.PROJECT, scope.project());
        keep(made, Columns.OWNER_TYPE, scope.ownerType());
        keep(made, Columns.OWNER, owner);
    }

    private static void keepWhole(Document made, String column, String value) {
        keep(made, column, value);
        whole(made, column, value);
    }

    private static void whole(Document made, String column, String value) {
        made.add(new StringField(column, Columns.term(value), Field.Store.NO));
    }

    private static void keep(Document made, String column, String value) {
        made.add(new StoredField(Columns.stored(column), value));
    }

    private static BytesRef encode(SortedMap<String, Integer> lines) {
        try {
            ByteBuffersDataOutput out = new ByteBuffersDataOutput();
            out.writeVInt(lines.size());
            for (Map.Entry<String, Integer> line : lines.entrySet()) {
                out.writeString(line.getKey());
                out.writeVInt(line.getValue());
            }
            return new BytesRef(out.toArrayCopy());
        } catch (IOException ex) {
            throw new UncheckedIOException("memory cannot be written", ex);
        }
    }

    private Plan plan(String kind) {
        Plan plan = plans.get(kind);
        if (plan == null) {
            throw new IllegalArgumentException("there is no kind '%s' here".formatted(kind));
        }
        return plan;
    }
}
