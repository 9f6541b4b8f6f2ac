package dev.cascade.steps.memory;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What an entry is, independent of the file that holds it. Two files may claim the same row.
///
/// @param owner
///            empty if the kind has none
/// @param file
///            the path of the file if the kind has neither scope nor owner, so that the rows of two
///            notes never conflict; empty otherwise
/// @param entryId
///            the id within all of these
public record RowId(String kind, Scope scope, String owner, String file, String entryId) {

    /// The computed key: each part with its length in bytes in front, so no two rows share one.
    public String key() {
        Stream<String> whose = Stream.of(kind, scope.ownerType(), scope.app(), scope.project(),
                owner);
        Stream<String> which = file.isEmpty() ? Stream.of(entryId) : Stream.of(file, entryId);
        return Stream.concat(whose, which)
                .map(part -> part.getBytes(StandardCharsets.UTF_8).length + ":" + part)
                .collect(Collectors.joining());
    }

    /// The short form that people know: `<owner>_<entry id>`, or `<path>#<section>` of a note.
    public String shown() {
        if (!file.isEmpty()) {
            return file + "#" + entryId;
        }
        return owner.isEmpty() ? entryId : owner + "_" + entryId;
    }

    /// The row of another entry of the same owner, kind and scope.
    public RowId withEntryId(String other) {
        return new RowId(kind, scope, owner, file, other);
    }
}
