package dev.cascade.steps.memory;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A file as it was understood.
///
/// @param kind
///            the name of its kind
/// @param owner
///            who it belongs to, from its frontmatter; empty if the kind has no owner
/// @param title
///            what the file calls itself
/// @param entries
///            in the order of the file; no id twice
/// @param deprecations
///            old entry id to the id that takes its place, as this file declares
/// @param findings
///            what was odd
/// @param contentSha256
///            the digest of its bytes and those of its companions
public record MemoryDocument(MemoryPath path, String kind, Scope scope, String owner, String title,
        List<Entry> entries, SortedMap<String, String> deprecations, List<Finding> findings,
        String contentSha256) {

    public MemoryDocument {
        entries = List.copyOf(entries);
        deprecations = Collections.unmodifiableSortedMap(new TreeMap<>(deprecations));
        findings = List.copyOf(findings);
    }

    /// How many entries were left out because they could not be read.
    public int skippedEntries() {
        return (int) findings.stream().filter(Finding::entrySkipped).count();
    }
}
