package dev.cascade.steps.parse;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.cascade.config.FieldRef;
import dev.cascade.config.FieldRef.Place;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.Finding;

/// Reads a daily log: one entry for each pair of markers, each with a head and sections.
///
/// An entry that cannot be read is left out with a finding; its siblings are not touched by it.
final class DailyLog {

    private final EntryMaker maker;
    private final List<Finding> findings;
    private final FieldReader inline;
    private final FieldReader sections;

    DailyLog(EntryMaker maker, List<Finding> findings) {
        this.maker = maker;
        this.findings = findings;
        inline = new FieldReader(maker.kind(), Place.INLINE, findings);
        sections = new FieldReader(maker.kind(), Place.SECTION, findings);
    }

    List<Entry> entries(List<Markers.Marked> marked) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Markers.Marked each : marked) {
            Integer before = seen.put(each.id(), each.line());
            if (before != null) {
                findings.add(Finding.warning(each.line(),
                        "entry %s stands in line %d too; the last one counts, give each its own id"
                                .formatted(each.id(), before)));
                entries.remove(each.id());
            }
            addTo(entries, each);
        }
        return List.copyOf(entries.values());
    }

    private void addTo(Map<String, Entry> entries, Markers.Marked marked) {
        EntryBody body = EntryBody.of(marked.body(), marked.bodyLine());
        warnAboutSections(marked, body);
        try {
            Map<FieldRef, List<String>> own = new HashMap<>();
            own.putAll(inline.read(body.inline(), marked.line()));
            own.putAll(sections.read(body.sections(), marked.line()));
            entries.put(marked.id(), maker.entry(marked.id(), marked.line(), own));
        } catch (UnreadableField ex) {
            findings.add(Finding.skippedEntry(ex.line(), "entry %s was left out: %s; %s"
                    .formatted(marked.id(), ex.what(), ex.remedy())));
        }
    }

    private void warnAboutSections(Markers.Marked marked, EntryBody body) {
        body.sections().forEach((title, value) -> {
            if (!sections.knows(title)) {
                findings.add(Finding.warning(value.line(),
                        "entry %s has the section '%s', which is unknown and not indexed; indent the line if it is text"
                                .formatted(marked.id(), Blanks.shorten(title, 80))));
            }
        });
        body.repeated()
                .forEach((name, line) -> findings.add(Finding.warning(line,
                        "entry %s has '%s' more than once; the last one counts"
                                .formatted(marked.id(), Blanks.shorten(name, 80)))));
    }
}
