package dev.cascade.steps.parse;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryPath;

/// Reads `deprecated_entries`: which entries were replaced by which, as one file declares.
final class Deprecations {

    private static final String KEY = "deprecated_entries";
    private static final int MAX_ID = 1000;

    private final MemoryPath path;
    private final List<Finding> findings;

    Deprecations(MemoryPath path, List<Finding> findings) {
        this.path = path;
        this.findings = findings;
    }

    /// @throws MalformedMemory
    ///             if there is something other than a mapping
    SortedMap<String, String> of(KindSpec kind, YamlValue.Mapping frontmatter) {
        SortedMap<String, String> replaced = new TreeMap<>();
        YamlValue declared = frontmatter.get(KEY);
        if (declared instanceof YamlValue.Nothing) {
            return replaced;
        }
        if (!kind.deprecations()) {
            findings.add(Finding.warning(declared.line(),
                    "%s has no meaning in the kind %s and was ignored; take it away".formatted(KEY,
                            kind.name())));
            return replaced;
        }
        if (!(declared instanceof YamlValue.Mapping mapping)) {
            throw new MalformedMemory(path, declared.line(),
                    "%s is %s".formatted(KEY, declared.describe()),
                    "make it a mapping from the old id to the new one");
        }
        mapping.entries().forEach((old, by) -> {
            if (by instanceof YamlValue.Scalar id && isId(old) && isId(id.text())) {
                replaced.put(Blanks.strip(old), Blanks.strip(id.text()));
            } else {
                findings.add(Finding.warning(by.line(),
                        "%s maps '%s' to %s, which was ignored; name one entry id"
                                .formatted(KEY, Blanks.shorten(old, 60), by.describe())));
            }
        });
        return replaced;
    }

    private static boolean isId(String text) {
        return !Blanks.strip(text).isEmpty() && text.length() <= MAX_ID;
    }
}
