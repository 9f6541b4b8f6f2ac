package dev.cascade.steps.index;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.Digests;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.EntryDiff;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.RowId;
import dev.cascade.steps.memory.Scope;

/// A file as the parser would have understood it, made by hand.
public final class Written {

    private static final Fingerprint SEEN = new Fingerprint(1, 2, 3, 4, "");

    private final MemoryPath path;
    private final String kind;
    private final Scope scope;
    private final String owner;
    private final List<Entry> entries = new ArrayList<>();
    private final SortedMap<String, String> deprecations = new TreeMap<>();
    private String title = "";
    private int line = 1;

    private Written(String path, String kind, Scope scope, String owner) {
        this.path = new MemoryPath(path);
        this.kind = kind;
        this.scope = scope;
        this.owner = owner;
    }

    public static Written note(String path) {
        return new Written(path, "note", Scope.NONE, "");
    }

    public static Written episodes(String path, String owner) {
        return new Written(path, "episode", new Scope("default", "default", "user"), owner);
    }

    public static Written of(String path, String kind, Scope scope, String owner) {
        return new Written(path, kind, scope, owner);
    }

    public Written titled(String name) {
        title = name;
        return this;
    }

    /// Leaves lines out before the next entry.
    public Written skip(int lines) {
        line += lines;
        return this;
    }

    public Written entry(String id, String text) {
        return entry(id, "", text);
    }

    public Written entry(String id, String heading, String text) {
        return entry(id, heading, null, null, Map.of(textColumn(), List.of(text)));
    }

    public Written entry(String id, String heading, @Nullable String timestamp,
            @Nullable String parent, Map<String, List<String>> fields) {
        entries.add(new Entry(new RowId(kind, scope, owner(), rowFile(), id), line, heading,
                heading.isEmpty() ? List.of() : List.of(heading),
                timestamp == null ? null : Instant.parse(timestamp), parent, new TreeMap<>(fields),
                sha(fields.toString())));
        line += 10;
        return this;
    }

    public Written deprecating(String old, String replacement) {
        deprecations.put(old, replacement);
        return this;
    }

    /// The rows of a note belong to their file.
    private String owner() {
        return kind.equals("note") ? "" : owner;
    }

    private String rowFile() {
        return kind.equals("note") ? path.value() : "";
    }

    private String textColumn() {
        return kind.equals("note") ? "body" : "content";
    }

    public MemoryPath path() {
        return path;
    }

    public MemoryDocument document() {
        return new MemoryDocument(path, kind, scope, owner, title, entries, deprecations, List.of(),
                sha(entries.toString() + deprecations));
    }

    /// The outcome of reading this file while `index` stands as it does.
    public Outcome.Indexed against(MemoryIndex index) {
        return new Outcome.Indexed(change(), SEEN, false, document(),
                EntryDiff.between(index.digests(path), entries));
    }

    public Outcome.Gone gone() {
        return new Outcome.Gone(change());
    }

    private Change change() {
        return new Change(path, kind, 7, SEEN, 0, false);
    }

    private static String sha(String text) {
        return Digests.sha256(text.getBytes(StandardCharsets.UTF_8));
    }
}
