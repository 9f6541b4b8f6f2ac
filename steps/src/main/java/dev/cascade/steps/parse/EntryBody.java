package dev.cascade.steps.parse;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The text between the markers of an entry, taken apart: inline fields in its head, then sections.
///
/// There is no escaping and no idea of code fences: a line `### x` begins a section wherever it
/// stands. Of fields and sections with the same name the last one counts.
///
/// @param header
///            what follows `##` in the head; empty if there is no such line
/// @param inline
///            the fields `**key**: value` above the first section
/// @param repeated
///            names that occur again, with the line of the last occurrence
record EntryBody(String header, Map<String, YamlValue> inline, Map<String, YamlValue> sections,
        Map<String, Integer> repeated) {

    private static final String SECTION = "###";
    private static final String STARS = "**";

    /// @param firstLine
    ///            the line of the file in which `text` begins
    static EntryBody of(String text, int firstLine) {
        return new Parting(text, firstLine).body();
    }

    /// The title in a section line; empty if `line` is none.
    private static Optional<String> sectionTitle(String line) {
        boolean marked = line.startsWith(SECTION) && line.length() > SECTION.length()
                && Blanks.isBlank(line.charAt(SECTION.length()));
        return marked
                ? Optional.of(Blanks.strip(line.substring(SECTION.length())))
                        .filter(title -> !title.isEmpty())
                : Optional.empty();
    }

    /// One way through the lines.
    private static final class Parting {

        private final String text;
        private final int firstLine;
        private String header = "";
        private final Map<String, YamlValue> inline = new LinkedHashMap<>();
        private final Map<String, YamlValue> sections = new LinkedHashMap<>();
        private final Map<String, Integer> repeated = new TreeMap<>();

        Parting(String text, int firstLine) {
            this.text = text;
            this.firstLine = firstLine;
        }

        EntryBody body() {
            Optional<String> title = Optional.empty();
            int titleLine = 0;
            int contentStart = 0;
            int line = firstLine;
            for (int at = 0; at < text.length(); line++) {
                int end = endOfLine(at);
                String current = text.substring(at, end);
                Optional<String> next = sectionTitle(current);
                if (next.isPresent()) {
                    keep(title, titleLine, contentStart, at);
                    title = next;
                    titleLine = line;
                    contentStart = Math.min(text.length(), end + 1);
                } else if (title.isEmpty()) {
                    head(current, line);
                }
                at = end + 1;
            }
            keep(title, titleLine, contentStart, text.length());
            return new EntryBody(header, inline, sections, repeated);
        }

        private int endOfLine(int at) {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end;
        }

        private void keep(Optional<String> title, int line, int start, int end) {
            title.ifPresent(name -> put(sections, name, line, content(start, end)));
        }

        private String content(int start, int end) {
            int first = start;
            while (first < end && text.charAt(first) == '\n') {
                first++;
            }
            return Blanks.stripRight(text.substring(first, end));
        }

        private void head(String line, int number) {
            if (header.isEmpty() && line.startsWith("##") && !line.startsWith(SECTION)) {
                header = Blanks.strip(line.substring(2));
            } else if (line.startsWith(STARS)) {
                field(line, number);
            }
        }

        private void field(String line, int number) {
            int end = line.indexOf('*', STARS.length());
            if (end < 0 || !line.startsWith("**:", end)) {
                return;
            }
            String key = Blanks.strip(line.substring(STARS.length(), end));
            if (!key.isEmpty()) {
                put(inline, key, number, Blanks.strip(line.substring(end + 3)));
            }
        }

        private void put(Map<String, YamlValue> part, String name, int line, String value) {
            if (part.put(name, YamlValue.text(line, value)) != null) {
                repeated.put(name, line);
            }
        }
    }
}
