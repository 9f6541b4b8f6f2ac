package dev.cascade.steps.memory;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What an entry is, independent of the file that holds it. Two files may claim the same row.
///
/// @param owner
///            empty if the kind has none; the path of the file if the kind has no scope either, so
///            that the rows of two notes never conflict
/// @param entryId
///            the id within its owner, kind and scope
public record RowId(String kind, Scope scope, String owner, String entryId) {

    /// The computed key: each part with its length in bytes in front, so no two rows share one.
    public String key() {
        return Stream.of(kind, scope.ownerType(), scope.app(), scope.project(), owner, entryId)
                .map(part -> part.getBytes(StandardCharsets.UTF_8).length + ":" + part)
                .collect(Collectors.joining());
    }

    /// The short form that people know: `<owner>_<entry id>`.
    public String shown() {
        return owner.isEmpty() ? entryId : owner + "_" + entryId;
    }

    /// The row of another entry of the same owner, kind and scope.
    public RowId withEntryId(String other) {
        return new RowId(kind, scope, owner, other);
    }
}
