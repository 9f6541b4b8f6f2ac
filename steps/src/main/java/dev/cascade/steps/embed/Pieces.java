package dev.cascade.steps.embed;

import java.util.ArrayList;
import java.util.List;

/// Divides a text that is too long for a model: at a paragraph, else a line, a sentence, a blank, and
/// in the worst case between two characters.
final class Pieces {

    /// What stands behind this many pieces is left out: it would say little about the whole.
    private static final int MOST = 64;
    private static final List<String> BORDERS = List.of("\n\n", "\n", "。", ". ", " ");

    private Pieces() {}

    static List<String> of(String text, int longest) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < text.length() && pieces.size() < MOST) {
            int to = text.length() - from <= longest ? text.length()
                    : border(text, from, from + longest);
            String piece = text.substring(from, to);
            if (!piece.isBlank()) {
                pieces.add(piece);
            }
            from = to;
        }
        return pieces;
    }

    /// The best place to end a piece: a strong border in its second half, else a weaker one.
    private static int border(String text, int from, int limit) {
        int half = from + (limit - from) / 2;
        for (String border : BORDERS) {
            int at = text.lastIndexOf(border, limit - border.length());
            if (at > half) {
                return at + border.length();
            }
        }
        return Character.isLowSurrogate(text.charAt(limit)) ? limit - 1 : limit;
    }
}
