package dev.cascade.steps.parse;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Names sections by the slugs of the headings above them, with an ordinal among equal siblings, so
/// that a section put in between leaves the other names alone.
final class SectionIds {

    /// The text before the first heading.
    static final String PREAMBLE = "_";

    private static final int MAX_SLUG = 60;

    private final Map<String, Integer> ordinals = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    /// @param parent
    ///            the id of the section around it; empty for an outermost one
    String next(String parent, String heading) {
        String plain = (parent.isEmpty() ? "" : parent + "/") + slug(heading);
        String id;
        do {
            int ordinal = ordinals.merge(plain, 1, Integer::sum);
            id = ordinal == 1 ? plain : plain + "-" + ordinal;
        } while (!taken.add(id));
        return id;
    }

    static String slug(String heading) {
        String lower = Normalizer.normalize(heading.substring(0, Math.min(heading.length(), 500)),
                Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
        StringBuilder slug = new StringBuilder();
        lower.codePoints().takeWhile(_ -> slug.length() < MAX_SLUG).forEach(c -> {
            if (isKept(c)) {
                slug.appendCodePoint(c);
            } else if (!slug.isEmpty() && slug.charAt(slug.length() - 1) != '-') {
                slug.append('-');
            }
        });
        if (!slug.isEmpty() && slug.charAt(slug.length() - 1) == '-') {
            slug.setLength(slug.length() - 1);
        }
        return slug.isEmpty() || slug.toString().equals(PREAMBLE) ? "section" : slug.toString();
    }

    private static boolean isKept(int c) {
        return Character.isLetterOrDigit(c) || c == '_'
                || Character.getType(c) == Character.NON_SPACING_MARK
                || Character.getType(c) == Character.COMBINING_SPACING_MARK;
    }
}
