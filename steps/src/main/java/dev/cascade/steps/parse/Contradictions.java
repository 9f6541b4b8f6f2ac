package dev.cascade.steps.parse;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.MemoryPath;

/// Warns where a daily log says the same thing twice and differently. None of it changes what
/// is indexed.
final class Contradictions {

    private static final Pattern WRITTEN_ID = Pattern
            .compile("([A-Za-z0-9_-]+)_([0-9]{8})_([0-9]{4,})");
    private static final Pattern DATE_IN_NAME = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})\\.");

    private final MemoryPath path;
    private final KindSpec kind;
    private final List<Finding> findings;

    Contradictions(MemoryPath path, KindSpec kind, List<Finding> findings) {
        this.path = path;
        this.kind = kind;
        this.findings = findings;
    }

    void warn(YamlValue.Mapping frontmatter, String owner, List<Markers.Marked> entries) {
        warnAboutOwner(frontmatter, owner);
        warnAboutCount(frontmatter, entries.size());
        String date = frontmatter.get("date") instanceof YamlValue.Scalar scalar
                ? Blanks.strip(scalar.text())
                : "";
        warnAboutDate(frontmatter, date);
        entries.forEach(entry -> warnAboutId(entry, date));
    }

    private void warnAboutOwner(YamlValue.Mapping frontmatter, String owner) {
        boolean owned = kind.scoped() && kind.owner() != null
                && List.of("users", "agents").contains(path.component(2));
        if (owned && !path.component(3).equals(owner)) {
            add(frontmatter.line(), "the folder says '%s', the frontmatter '%s'; the latter counts"
                    .formatted(path.component(3), owner));
        }
    }

    private void warnAboutCount(YamlValue.Mapping frontmatter, int seen) {
        if (frontmatter.get("entry_count") instanceof YamlValue.Scalar count
                && !Blanks.strip(count.text()).equals(Integer.toString(seen))) {
            add(count.line(), "entry_count is %s, but %d entries were seen"
                    .formatted(count.describe(), seen));
        }
    }

    private void warnAboutDate(YamlValue.Mapping frontmatter, String date) {
        Matcher named = DATE_IN_NAME.matcher(path.name());
        if (!date.isEmpty() && named.find() && !named.group(1).equals(date)) {
            add(frontmatter.get("date").line(), "date is '%s', but the file is named for %s"
                    .formatted(Blanks.shorten(date, 40), named.group(1)));
        }
    }

    private void warnAboutId(Markers.Marked entry, String date) {
        Matcher id = WRITTEN_ID.matcher(entry.id());
        if (!id.matches()) {
            return;
        }
        if (kind.prefix() != null && !id.group(1).equals(kind.prefix())) {
            add(entry.line(), "entry %s does not begin with %s_".formatted(entry.id(),
                    kind.prefix()));
        }
        if (!date.isEmpty() && !id.group(2).equals(date.replace("-", ""))) {
            add(entry.line(), "entry %s is not of the file's date %s".formatted(entry.id(),
                    Blanks.shorten(date, 40)));
        }
        String header = header(entry.body());
        if (!header.isEmpty() && !header.equals(entry.id())) {
            add(entry.line(), "entry %s has the header '%s'".formatted(entry.id(),
                    Blanks.shorten(header, 80)));
        }
    }

    private static String header(String body) {
        if (!body.startsWith("## ")) {
            return "";
        }
        int end = body.indexOf('\n');
        return Blanks.strip(body.substring(3, end < 0 ? body.length() : end));
    }

    private void add(int line, String what) {
        findings.add(Finding.warning(line, what));
    }
}
