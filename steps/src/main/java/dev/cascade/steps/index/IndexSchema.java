package dev.cascade.steps.index;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

import dev.cascade.config.Kinds;

/// How an index is made: its format, its analyzer, and the type of each field that can be searched.
///
/// @param format
///            the layout of documents and fields
/// @param fields
///            the type of each field, by name; empty if that is not known
public record IndexSchema(int format, String analyzer, SortedMap<String, String> fields) {

    /// Grows whenever the same entry would be written in another way.
    public static final int FORMAT = 2;

    /// That of indexes whose commits do not name theirs.
    static final String UNNAMED_ANALYZER = "icu-bigram-kstem-1";

    private static final int MOST_FIELDS = 5000;
    private static final int LONGEST_NAME = 256;
    private static final Pattern TYPE = Pattern.compile("[a-z_+]{1,100}");

    public IndexSchema {
        fields = Collections.unmodifiableSortedMap(bounded(fields));
    }

    /// What does not fit into a commit is not compared.
    private static SortedMap<String, String> bounded(SortedMap<String, String> fields) {
        SortedMap<String, String> bounded = new TreeMap<>();
        for (Map.Entry<String, String> field : fields.entrySet()) {
            boolean isTold = field.getKey().length() <= LONGEST_NAME
                    && TYPE.matcher(field.getValue()).matches();
            if (isTold && bounded.size() < MOST_FIELDS) {
                bounded.put(field.getKey(), field.getValue());
            }
        }
        return bounded;
    }

    /// How an index of `kinds` is made now.
    public static IndexSchema of(Kinds kinds) {
        return new IndexSchema(FORMAT, MemoryAnalyzer.ID, new Documents(kinds).fields());
    }

    /// How `found` differs from what is wanted, which is this.
    public SchemaDifference from(IndexSchema found) {
        List<String> missing = new ArrayList<>();
        List<String> extra = new ArrayList<>();
        List<String> retyped = new ArrayList<>();
        if (!found.fields.isEmpty()) {
            compare(found, missing, extra, retyped);
        }
        List<String> made = new ArrayList<>();
        if (found.format != format) {
            made.add("format: %d, now %d".formatted(found.format, format));
        }
        if (!found.analyzer.equals(analyzer)) {
            made.add("analyzer: %s, now %s".formatted(found.analyzer, analyzer));
        }
        return new SchemaDifference(missing, extra, retyped, made);
    }

    private void compare(IndexSchema found, List<String> missing, List<String> extra,
            List<String> retyped) {
        fields.forEach((name, type) -> {
            String before = found.fields.get(name);
            if (before == null) {
                missing.add(name);
            } else if (!before.equals(type)) {
                retyped.add("%s: %s, now %s".formatted(name, before, type));
            }
        });
        found.fields.keySet()
                .stream()
                .filter(name -> !fields.containsKey(name))
                .forEach(extra::add);
    }
}
