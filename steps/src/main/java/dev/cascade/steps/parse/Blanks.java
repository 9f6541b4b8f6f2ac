package dev.cascade.steps.parse;

/// What counts as blank in memory files: every Unicode blank, no-break spaces and NEL included.
final class Blanks {

    private Blanks() {}

    static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    static String strip(String text) {
        int start = 0;
        while (start < text.length() && isBlank(text.charAt(start))) {
            start++;
        }
        return stripRight(text.substring(start));
    }

    static String stripRight(String text) {
        int end = text.length();
        while (end > 0 && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /// One line, with one space for each run of blanks.
    static String collapse(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), 256));
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isBlank(c)) {
                line.append(c);
            } else if (!line.isEmpty() && line.charAt(line.length() - 1) != ' ') {
                line.append(' ');
            }
        }
        return stripRight(line.toString());
    }

    /// At most `limit` characters of `text` in one line, cut between words where there are any.
    static String shorten(String text, int limit) {
        String line = collapse(text.substring(0, Math.min(text.length(), 8 * limit)));
        if (line.length() <= limit) {
            return line;
        }
        int end = line.lastIndexOf(' ', limit);
        return line.substring(0, end > limit / 2 ? end : boundary(line, limit)) + "…";
    }

    /// The nearest index at or below `index` that parts no pair of surrogates.
    static int boundary(CharSequence text, int index) {
        boolean parts = index > 0 && index < text.length()
                && Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index));
        return parts ? index - 1 : index;
    }
}
