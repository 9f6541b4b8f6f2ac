package dev.cascade.cron.cli;

import java.util.stream.Stream;

/// Text that does nothing to a terminal but show.
///
/// File names and their contents come from elsewhere; an escape sequence in them could repaint the
/// screen or hide what stands there.
final class Visible {

    private Visible() {}

    /// `text` with every control character and every change of direction written as an escape.
    static String of(String text) {
        if (text.codePoints().noneMatch(Visible::isHarmful)) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            if (isHarmful(point)) {
                visible.append("\\u%04x".formatted(point));
            } else {
                visible.appendCodePoint(point);
            }
        });
        return visible.toString();
    }

    /// Like [#of], but lines stay lines and tabs stay tabs.
    static String lines(String text) {
        return String.join("\n", text.lines()
                .map(line -> String.join("\t", Stream.of(line.split("\t", -1))
                        .map(Visible::of)
                        .toList()))
                .toList());
    }

    private static boolean isHarmful(int point) {
        return Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE
                || (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069)
                || point == 0x200e || point == 0x200f || point == 0x061c;
    }
}
