package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.cascade.config.FieldRef;
import dev.cascade.config.FieldRef.Place;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryPath;

/// Reads a list inside the frontmatter, each of its maps an entry.
///
/// An item without an id of its own refuses the file; one that lacks another field is left out.
final class FrontmatterList {

    private static final int MAX_ID = 4000;

    private final MemoryPath path;
    private final EntryMaker maker;
    private final List<Finding> findings;
    private final FieldReader items;
    private final String list;
    private final FieldRef idField;

    FrontmatterList(MemoryPath path, EntryMaker maker, List<Finding> findings) {
        this.path = path;
        this.maker = maker;
        this.findings = findings;
        items = new FieldReader(maker.kind(), Place.ITEM, findings);
        list = Objects.requireNonNull(maker.kind().listField(), "a list has a name");
        idField = Objects.requireNonNull(maker.kind().entryId(), "an item has an id");
    }

    List<Entry> entries(YamlValue.Mapping frontmatter) {
        return switch (frontmatter.get(list)) {
            case YamlValue.Nothing _ -> List.of();
            case YamlValue.Sequence sequence -> entries(sequence);
            case YamlValue other -> throw refused(other.line(),
                    "%s is %s".formatted(list, other.describe()), "make it a list of mappings");
        };
    }

    private List<Entry> entries(YamlValue.Sequence sequence) {
        List<Entry> entries = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (YamlValue item : sequence.items()) {
            if (!(item instanceof YamlValue.Mapping mapping)) {
                throw refused(item.line(), "an item of %s is %s".formatted(list, item.describe()),
                        "make it a mapping with %s".formatted(idField.name()));
            }
            String id = id(mapping);
            if (!ids.add(id)) {
                throw refused(item.line(), "%s '%s' occurs twice in %s".formatted(idField.name(),
                        Blanks.shorten(id, 80), list), "give each item its own");
            }
            addTo(entries, id, mapping);
        }
        return entries;
    }

    private String id(YamlValue.Mapping item) {
        String id = item.get(idField.name()) instanceof YamlValue.Scalar scalar
                ? Blanks.strip(scalar.text())
                : "";
        if (id.isEmpty() || id.length() > MAX_ID) {
            throw refused(item.line(), "an item of %s has %s %s".formatted(list,
                    id.isEmpty() ? "no" : "an overlong", idField.name()),
                    "give it one of at most %d characters".formatted(MAX_ID));
        }
        return id;
    }

    private void addTo(List<Entry> entries, String id, YamlValue.Mapping item) {
        try {
            Map<FieldRef, List<String>> own = items.read(item.entries(), item.line());
            entries.add(maker.entry(id, item.line(), own));
        } catch (UnreadableField ex) {
            findings.add(Finding.skippedEntry(ex.line(), "entry %s was left out: %s; %s"
                    .formatted(Blanks.shorten(id, 80), ex.what(), ex.remedy())));
        }
    }

    private MalformedMemory refused(int line, String what, String remedy) {
        return new MalformedMemory(path, line, what, remedy);
    }
}
