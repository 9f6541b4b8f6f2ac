package dev.cascade.steps.index;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;

import dev.cascade.steps.memory.Watermark;

/// What stands beside the documents in a commit and becomes durable with them, or not at all.
///
/// @param watermark
///            empty until the first chunk was committed
public record CommitData(IndexHeader header, Optional<Watermark> watermark) {

    private static final String ROOT = "cascade.root";
    private static final String GENERATION = "cascade.generation";
    private static final String FORMAT = "cascade.format";
    private static final String ANALYZER = "cascade.analyzer";
    private static final String FIELD = "cascade.field.";
    private static final String SCHEMA = "cascade.schema";
    private static final String LUCENE = "cascade.lucene";
    private static final String RUN = "cascade.run";
    private static final String CHUNK = "cascade.chunk";

    /// Reads the last commit in `folder` without a writer and without opening its documents.
    ///
    /// @throws MissingIndex
    ///             if there is none
    /// @throws DamagedIndex
    ///             if it cannot be understood
    public static CommitData read(Path folder) {
        try (Directory directory = IndexFolder.open(folder)) {
            return of(SegmentInfos.readLatestCommit(directory).getUserData());
        } catch (IOException | IllegalArgumentException ex) {
            throw IndexProblem.reading(folder, ex);
        }
    }

    static CommitData of(Map<String, String> data) throws CorruptIndexException {
        try {
            IndexHeader header = new IndexHeader(value(data, ROOT),
                    Long.parseLong(value(data, GENERATION)),
                    schema(data), value(data, SCHEMA), value(data, LUCENE));
            return new CommitData(header,
                    data.containsKey(RUN)
                            ? Optional.of(new Watermark(Long.parseLong(value(data, RUN)),
                                    Long.parseLong(value(data, CHUNK))))
                            : Optional.empty());
        } catch (NumberFormatException ex) {
            throw new CorruptIndexException("a number in its header is none", "commit data", ex);
        }
    }

    /// Indexes were made before commits named analyzer and fields.
    private static IndexSchema schema(Map<String, String> data) throws CorruptIndexException {
        SortedMap<String, String> fields = new TreeMap<>();
        data.forEach((key, type) -> {
            if (key.startsWith(FIELD)) {
                fields.put(key.substring(FIELD.length()), type);
            }
        });
        return new IndexSchema(Integer.parseInt(value(data, FORMAT)),
                data.getOrDefault(ANALYZER, IndexSchema.UNNAMED_ANALYZER), fields);
    }

    Map<String, String> toMap() {
        Map<String, String> data = new LinkedHashMap<>();
        data.put(ROOT, header.rootId());
        data.put(GENERATION, Long.toString(header.generation()));
        data.put(FORMAT, Integer.toString(header.schema().format()));
        data.put(ANALYZER, header.schema().analyzer());
        header.schema().fields().forEach((name, type) -> data.put(FIELD + name, type));
        data.put(SCHEMA, header.schemaId());
        data.put(LUCENE, header.lucene());
        watermark.ifPresent(mark -> {
            data.put(RUN, Long.toString(mark.run()));
            data.put(CHUNK, Long.toString(mark.chunk()));
        });
        return data;
    }

    private static String value(Map<String, String> data, String key)
            throws CorruptIndexException {
        String value = data.get(key);
        if (value == null) {
            throw new CorruptIndexException("it was not made by Cascade, " + key + " is missing",
                    "commit data");
        }
        return value;
    }
}
