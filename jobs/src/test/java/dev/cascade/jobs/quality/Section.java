package dev.cascade.jobs.quality;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An entry as every engine gets to see it.
///
/// @param path
///            the file that holds it, relative to the tree
/// @param id
///            its id within the file; the parts of a long section differ by what follows a `#`
/// @param headings
///            those that it stands under, its own included
/// @param body
///            its own text
/// @param others
///            more text that is searched, of the frontmatter
record Section(String path, String id, String title, List<String> headings, String body,
        List<String> others) {

    /// No answer is told apart from another by less.
    private static final String BETWEEN = "\n\n";

    Section {
        headings = List.copyOf(headings);
        others = List.copyOf(others);
    }

    /// What names it in its tree.
    String name() {
        return path + "#" + id;
    }

    /// What all parts of the same section have in common.
    String whole() {
        int part = id.indexOf('#');
        return path + "#" + (part < 0 ? id : id.substring(0, part));
    }

    boolean isFirstPart() {
        return id.indexOf('#') < 0;
    }

    boolean isBeforeTheFirstHeading() {
        return headings.isEmpty();
    }

    /// All that is searched, in one piece.
    String text() {
        return Stream
                .of(Stream.of(title), headings.stream(), Stream.of(body), others.stream())
                .flatMap(part -> part)
                .filter(part -> !part.isBlank())
                .collect(Collectors.joining(BETWEEN));
    }

    /// Equal for entries that say the same, in whatever file: one of them answers as well as another.
    String saying() {
        return title + BETWEEN + body;
    }
}
