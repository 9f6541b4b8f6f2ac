package dev.cascade.steps.search;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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

    /// A part of the text that is marked throughout, or not at all.
    public record Piece(String text, boolean marked) {}

    /// The text in pieces.
    public List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        int done = 0;
        for (Mark mark : marks) {
            pieces.add(new Piece(text.substring(done, mark.start()), false));
            pieces.add(new Piece(text.substring(mark.start(), mark.end()), true));
            done = mark.end();
        }
        pieces.add(new Piece(text.substring(done), false));
        return pieces;
    }

    /// The text with every mark between `before` and `after`.
    public String marked(String before, String after) {
        return pieces().stream()
                .map(piece -> piece.marked() ? before + piece.text() + after : piece.text())
                .collect(Collectors.joining());
    }
}
