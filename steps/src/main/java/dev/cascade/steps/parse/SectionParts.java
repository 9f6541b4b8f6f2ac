package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.List;

/// Divides the text of a section into parts of bounded length, between paragraphs where it can.
final class SectionParts {

    static final int MAX_CHARS = 4000;

    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private int line;

    private SectionParts() {}

    /// @param line
    ///            where it begins, counted like those of the pieces
    record Part(int line, String text) {}

    static List<Part> of(List<PlainText.Piece> pieces) {
        SectionParts dividing = new SectionParts();
        pieces.forEach(dividing::add);
        dividing.finish();
        return dividing.parts;
    }

    private void add(PlainText.Piece piece) {
        if (text.length() + piece.separator().length() + piece.text().length() > MAX_CHARS) {
            finish();
        }
        if (piece.text().length() > MAX_CHARS) {
            cut(piece);
        } else {
            append(piece.line(), piece.separator(), piece.text());
        }
    }

    private void append(int at, String separator, String piece) {
        if (text.isEmpty()) {
            line = at;
        } else {
            text.append(separator);
        }
        text.append(piece);
    }

    private void finish() {
        if (!text.isEmpty()) {
            parts.add(new Part(line, text.toString()));
            text.setLength(0);
        }
    }

    /// Divides one overlong piece at the end of a line, else between words, else anywhere.
    private void cut(PlainText.Piece piece) {
        String rest = piece.text();
        int start = 0;
        int at = piece.line();
        while (start < rest.length()) {
            int end = end(rest, start);
            append(at, "", rest.substring(start, end));
            if (end < rest.length()) {
                finish();
            }
            at += (int) rest.substring(start, end).chars().filter(c -> c == '\n').count();
            start = end;
        }
    }

    private static int end(String text, int start) {
        int limit = start + MAX_CHARS;
        if (limit >= text.length()) {
            return text.length();
        }
        String window = text.substring(start, limit);
        int lineEnd = window.lastIndexOf('\n');
        int wordEnd = lineEnd > 0 ? lineEnd : window.lastIndexOf(' ');
        return wordEnd > 0 ? start + wordEnd + 1 : Blanks.boundary(text, limit);
    }
}
