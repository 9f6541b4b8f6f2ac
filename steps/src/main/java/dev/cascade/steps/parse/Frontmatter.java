package dev.cascade.steps.parse;

import java.util.List;
import java.util.Map;

import dev.cascade.config.FieldRef;
import dev.cascade.config.FieldSpec;
import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryPath;

/// The YAML mapping at the head of a file, and where the body behind it begins.
///
/// @param values
///            lines are counted in the file
/// @param bodyStart
///            the offset of the first character behind the closing `---` line
record Frontmatter(YamlValue.Mapping values, int bodyStart) {

    private static final String FENCE = "---";
    private static final Frontmatter NONE = new Frontmatter(
            new YamlValue.Mapping(1, Map.of()), 0);

    /// Parts a file in frontmatter and body.
    ///
    /// A kind that takes nothing from the frontmatter reads a file with a broken one as all body.
    ///
    /// @throws MalformedMemory
    ///             if the kind needs a frontmatter and there is none that can be read
    static Frontmatter of(MemoryPath path, KindSpec kind, SourceText source,
            List<Finding> findings) {
        boolean begun = source.text().startsWith(FENCE + "\n") || source.text().equals(FENCE);
        if (!begun && !isNeeded(kind)) {
            return NONE;
        }
        try {
            return split(source.text());
        } catch (YamlProblem ex) {
            if (isNeeded(kind)) {
                throw new MalformedMemory(path, ex.line(),
                        "the frontmatter cannot be read: " + ex.what(),
                        "begin the file with a line ---, then YAML as 'key: value', then a line ---");
            }
            findings.add(Finding.warning(ex.line(),
                    "the frontmatter cannot be read: %s; it was indexed as text"
                            .formatted(ex.what())));
            return NONE;
        }
    }

    private static boolean isNeeded(KindSpec kind) {
        return kind.owner() != null || kind.type() != null || kind.listField() != null
                || kind.fieldsIn(FieldRef.Place.FRONTMATTER)
                        .values()
                        .stream()
                        .anyMatch(FieldSpec::required);
    }

    private static Frontmatter split(String text) throws YamlProblem {
        if (!text.startsWith(FENCE + "\n")) {
            throw new YamlProblem(1, "the first line is not ---");
        }
        int start = FENCE.length() + 1;
        int close = closer(text, start);
        YamlValue values = YamlReader.read(text.substring(start, close), 2);
        int bodyStart = Math.min(text.length(), close + FENCE.length() + 1);
        return switch (values) {
            case YamlValue.Mapping mapping -> new Frontmatter(mapping, bodyStart);
            case YamlValue.Nothing _ -> new Frontmatter(NONE.values(), bodyStart);
            case YamlValue other -> throw new YamlProblem(other.line(),
                    "it holds %s where a mapping is expected".formatted(other.describe()));
        };
    }

    private static int closer(String text, int start) throws YamlProblem {
        for (int at = start; at < text.length(); at = nextLine(text, at)) {
            if (text.startsWith(FENCE, at) && (at + FENCE.length() == text.length()
                    || text.charAt(at + FENCE.length()) == '\n')) {
                return at;
            }
        }
        throw new YamlProblem(1, "no later line is ---");
    }

    private static int nextLine(String text, int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end + 1;
    }
}
