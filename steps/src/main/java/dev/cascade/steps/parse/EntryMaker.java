package dev.cascade.steps.parse;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.Digests;
import dev.cascade.config.FieldRef;
import dev.cascade.config.FieldSpec;
import dev.cascade.config.FieldType;
import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.RowId;

/// Makes the entries of one file out of values in kept form.
///
/// The values of the frontmatter belong to every entry; those of the entry itself win over them.
final class EntryMaker {

    private static final int LEAD = 80;
    private static final int MAX_TITLE = 200;

    private final KindSpec kind;
    private final RowId row;
    private final Map<FieldRef, List<String>> shared;

    /// @param row
    ///            the row of any entry of the file
    EntryMaker(KindSpec kind, RowId row, Map<FieldRef, List<String>> shared) {
        this.kind = kind;
        this.row = row;
        this.shared = Map.copyOf(shared);
    }

    KindSpec kind() {
        return kind;
    }

    RowId row() {
        return row;
    }

    Map<FieldRef, List<String>> shared() {
        return shared;
    }

    Entry entry(String id, int line, Map<FieldRef, List<String>> own) {
        Map<FieldRef, List<String>> values = merged(own);
        return entry(id, line, title(id, values), List.of(), values);
    }

    /// An entry that stands below headings and is called by one.
    Entry section(String id, int line, String title, List<String> headings,
            Map<FieldRef, List<String>> own) {
        return entry(id, line, Blanks.shorten(title, MAX_TITLE), headings, merged(own));
    }

    private Entry entry(String id, int line, String title, List<String> headings,
            Map<FieldRef, List<String>> values) {
        return new Entry(row.withEntryId(id), line, title, headings, timestamp(values),
                first(values, kind.parent()), columns(values), contentSha256(values));
    }

    private Map<FieldRef, List<String>> merged(Map<FieldRef, List<String>> own) {
        Map<FieldRef, List<String>> values = new HashMap<>(shared);
        values.putAll(own);
        return values;
    }

    private String title(String id, Map<FieldRef, List<String>> values) {
        String named = first(values, kind.title());
        if (named != null) {
            return Blanks.shorten(named, MAX_TITLE);
        }
        for (FieldRef primary : kind.tokenised()) {
            String lead = first(values, primary);
            if (lead != null) {
                return Blanks.shorten(lead, LEAD);
            }
        }
        return id.isEmpty() ? kind.name() : id;
    }

    /// The text of a field; null if it has none.
    static @Nullable String first(Map<FieldRef, List<String>> values, @Nullable FieldRef ref) {
        List<String> texts = ref == null ? List.of() : values.getOrDefault(ref, List.of());
        return texts.isEmpty() || texts.getFirst().isEmpty() ? null : texts.getFirst();
    }

    private @Nullable Instant timestamp(Map<FieldRef, List<String>> values) {
        FieldRef ref = kind.timestamp();
        String text = first(values, ref);
        if (ref == null || text == null) {
            return null;
        }
        boolean millis = kind.field(ref)
                .map(FieldSpec::type)
                .orElse(FieldType.TEXT) == FieldType.INTEGER;
        return millis ? Instant.ofEpochMilli(Long.parseLong(text))
                : Timestamps.parse(text).or(() -> Timestamps.startOfDay(text)).orElse(null);
    }

    private static SortedMap<String, List<String>> columns(Map<FieldRef, List<String>> values) {
        SortedMap<String, List<String>> columns = new TreeMap<>();
        values.forEach((ref, texts) -> {
            if (texts.stream().anyMatch(text -> !text.isEmpty())) {
                columns.put(ref.column(), texts);
            }
        });
        return columns;
    }

    private String contentSha256(Map<FieldRef, List<String>> values) {
        String lines = kind.hashed()
                .stream()
                .sorted(Comparator.comparing(FieldRef::toString))
                .map(ref -> ref + "=" + hashed(ref, values.get(ref)))
                .collect(Collectors.joining("\n"));
        return Digests.sha256(lines.getBytes(StandardCharsets.UTF_8));
    }

    private String hashed(FieldRef ref, @Nullable List<String> texts) {
        if (texts == null) {
            return "";
        }
        boolean list = kind.field(ref)
                .map(FieldSpec::type)
                .orElse(FieldType.TEXT) == FieldType.LIST;
        return list ? Json.of(texts) : String.join("", texts);
    }
}
