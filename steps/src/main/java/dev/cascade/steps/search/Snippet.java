package dev.cascade.steps.search;

import java.util.List;

/// A passage of an entry in one line.
///
/// @param marks
///            the parts that were looked for, ascending and apart
/// @param place
///            where in the text of the entry stands what the marks show
public record Snippet(String text, List<Mark> marks, Mark place) {

    public static final Snippet EMPTY = new Snippet("", List.of(), new Mark(0, 0));

    public Snippet {
        marks = List.copyOf(marks);
    }

    /// A part of the text, by the indexes of its characters.
    ///
    /// @param end
    ///            the index after its last character
    public record Mark(int start, int end) {}

    /// The text with every mark between `before` and `after`.
    public String marked(String before, String after) {
        StringBuilder marked = new StringBuilder();
        int done = 0;
        for (Mark mark : marks) {
            marked.append(text, done, mark.start())
                    .append(before)
                    .append(text, mark.start(), mark.end())
                    .append(after);
            done = mark.end();
        }
        return marked.append(text, done, text.length()).toString();
    }
}
