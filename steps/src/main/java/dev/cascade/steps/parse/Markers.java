package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryPath;

/// Finds the entries of a daily log: what stands between `<!-- entry:ID -->` and the first close
/// marker with the same id behind it.
///
/// Markers may stand anywhere in a line, also inside code. What is between belongs to the entry,
/// other markers included; what is outside of entries is ignored.
final class Markers {

    private static final Pattern OPEN = Pattern.compile("<!-- entry:([A-Za-z0-9_-]{1,200}) -->");
    private static final Pattern CLOSE = Pattern.compile("<!-- /entry:[A-Za-z0-9_-]{1,200} -->");

    /// Anything that somebody may have meant as a marker.
    private static final Pattern ALIKE = Pattern.compile(
            "<!--[ \t]{0,8}/?[ \t]{0,8}entry[ \t]{0,8}:[^<>\n]{0,240}>",
            Pattern.CASE_INSENSITIVE);

    private final MemoryPath path;
    private final SourceText source;
    private final List<Finding> findings;

    Markers(MemoryPath path, SourceText source, List<Finding> findings) {
        this.path = path;
        this.source = source;
        this.findings = findings;
    }

    /// An entry as it stands in the file.
    ///
    /// @param line
    ///            the line of its open marker
    /// @param bodyLine
    ///            the line in which `body` begins
    record Marked(String id, int line, String body, int bodyLine) {}

    /// The entries from `start` on, in the order of the file.
    ///
    /// @throws MalformedMemory
    ///             if one is never closed
    List<Marked> from(int start) {
        String text = source.text();
        List<Marked> entries = new ArrayList<>();
        Matcher open = OPEN.matcher(text);
        int resume = start;
        while (open.find(resume)) {
            warnAboutStrays(resume, open.start());
            String id = open.group(1);
            String closer = "<!-- /entry:" + id + " -->";
            int close = text.indexOf(closer, open.end());
            if (close < 0) {
                throw unclosed(id, closer, open);
            }
            entries.add(marked(id, open, close));
            resume = close + closer.length();
        }
        warnAboutStrays(resume, text.length());
        return entries;
    }

    private Marked marked(String id, Matcher open, int close) {
        String text = source.text();
        int line = source.lineAt(open.start());
        Matcher nested = OPEN.matcher(text).region(open.end(), close);
        if (nested.find()) {
            findings.add(Finding.warning(source.lineAt(nested.start()),
                    "entry %s opens inside of entry %s and is read as its text; close %s first"
                            .formatted(nested.group(1), id, id)));
        }
        int start = open.end();
        while (start < close && text.charAt(start) == '\n') {
            start++;
        }
        int end = close;
        while (end > start && text.charAt(end - 1) == '\n') {
            end--;
        }
        return new Marked(id, line, text.substring(start, end), source.lineAt(start));
    }

    private MalformedMemory unclosed(String id, String closer, Matcher open) {
        int line = source.lineAt(open.start());
        Matcher alike = ALIKE.matcher(source.text()).region(open.end(), source.text().length());
        String near = "";
        while (near.isEmpty() && alike.find()) {
            if (alike.group().contains("/") && alike.group().contains(id)) {
                near = " (line %d has '%s')".formatted(source.lineAt(alike.start()),
                        alike.group());
            }
        }
        return new MalformedMemory(path, line, "entry %s is never closed%s".formatted(id, near),
                "add %s or remove line %d".formatted(closer, line));
    }

    private void warnAboutStrays(int start, int end) {
        Matcher alike = ALIKE.matcher(source.text()).region(start, end);
        while (alike.find()) {
            boolean close = CLOSE.matcher(alike.group()).matches();
            findings.add(Finding.warning(source.lineAt(alike.start()), close
                    ? "%s closes nothing; remove it, or quote no close marker inside the entry above"
                            .formatted(alike.group())
                    : "%s is no marker; write <!-- entry:ID --> with one blank on either side and an id of letters, digits, _ and -"
                            .formatted(Blanks.shorten(alike.group(), 80))));
        }
    }
}
