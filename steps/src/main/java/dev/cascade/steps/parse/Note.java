package dev.cascade.steps.parse;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.commonmark.node.Heading;
import org.commonmark.node.Node;

import dev.cascade.config.FieldRef;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.Finding;

/// Reads a note: one entry for the text before the first heading, and one for each section.
///
/// Headings inside of quotes and list items are text. A long section becomes several entries.
final class Note {

    /// Deeper than Markdown's six levels no section can lie.
    private static final int LEVELS = 6;

    private final EntryMaker maker;
    private final String title;
    private final List<Finding> findings;
    private final int linesBefore;
    private final SectionIds ids = new SectionIds();
    private final Deque<Open> around = new ArrayDeque<>(LEVELS);
    private final List<Entry> entries = new ArrayList<>();

    /// @param title
    ///            what the note calls itself where no heading does
    /// @param linesBefore
    ///            how many lines of the file stand above the text
    Note(EntryMaker maker, String title, int linesBefore, List<Finding> findings) {
        this.maker = maker;
        this.title = title;
        this.linesBefore = linesBefore;
        this.findings = findings;
    }

    /// A section that is being read.
    private record Open(int level, String id, String title, int line,
            List<PlainText.Piece> pieces) {}

    /// The first heading of level one; empty if there is none.
    static Optional<String> firstHeading(Node document) {
        for (Node node = document.getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading heading && heading.getLevel() == 1) {
                return Optional.of(Blanks.collapse(PlainText.inline(heading)))
                        .filter(text -> !text.isEmpty());
            }
        }
        return Optional.empty();
    }

    List<Entry> entries(Node document) {
        Open section = new Open(0, SectionIds.PREAMBLE, title, 1, new ArrayList<>());
        for (Node node = document.getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading heading) {
                close(section);
                section = open(heading);
            } else {
                section.pieces().addAll(PlainText.pieces(node));
            }
        }
        close(section);
        if (entries.isEmpty()) {
            add(section, section.id(), section.line(), "");
        }
        return entries;
    }

    private Open open(Heading heading) {
        while (!around.isEmpty() && around.getLast().level() >= heading.getLevel()) {
            around.removeLast();
        }
        String text = Blanks.shorten(PlainText.inline(heading), 200);
        String id = ids.next(around.isEmpty() ? "" : around.getLast().id(), text);
        Open section = new Open(heading.getLevel(), id, text, PlainText.line(heading, 1),
                new ArrayList<>());
        around.addLast(section);
        return section;
    }

    private void close(Open section) {
        List<SectionParts.Part> parts = SectionParts.of(section.pieces());
        if (parts.isEmpty() && section.level() > 0) {
            add(section, section.id(), section.line(), "");
        }
        for (int i = 0; i < parts.size(); i++) {
            SectionParts.Part part = parts.get(i);
            boolean startsAtHeading = i == 0 && section.level() > 0;
            add(section, i == 0 ? section.id() : section.id() + "#" + (i + 1),
                    startsAtHeading ? section.line() : part.line(), part.text());
        }
    }

    private void add(Open section, String id, int line, String text) {
        List<String> headings = section.level() == 0 ? List.of()
                : around.stream().map(Open::title).toList();
        entries.add(maker.section(id, linesBefore + line,
                section.title().isEmpty() ? title : section.title(), headings,
                Map.of(FieldRef.BODY, List.of(text))));
    }

    /// Tells what was done to bound the cost of reading, if anything was.
    void warnAbout(Markdown markdown) {
        if (markdown.isBounded()) {
            findings.add(Finding.warning(0,
                    "the file has so many lines, or a paragraph so many brackets, stars or tags, that markup was taken as text; break it up"));
        }
    }
}
