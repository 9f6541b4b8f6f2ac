package dev.cascade.config;

import java.util.Locale;

/// Where in a file a value stands: `section:Content`, `inline:timestamp`, `frontmatter:user_id`,
/// `item:title`, `body`, `references_content`.
///
/// @param place
///            which part of the file
/// @param name
///            the key within that part; empty for [Place#BODY] and [Place#REFERENCES_CONTENT]
public record FieldRef(Place place, String name) {

    /// The parts of a file that hold values.
    public enum Place {
        SECTION, INLINE, FRONTMATTER, ITEM, BODY, REFERENCES_CONTENT;

        private boolean isNamed() {
            return this != BODY && this != REFERENCES_CONTENT;
        }
    }

    public static final FieldRef BODY = new FieldRef(Place.BODY, "");
    public static final FieldRef REFERENCES_CONTENT = new FieldRef(Place.REFERENCES_CONTENT, "");

    public FieldRef {
        if (place.isNamed() == name.isBlank()) {
            throw new IllegalArgumentException("'%s:%s' is no place in a file"
                    .formatted(place.name().toLowerCase(Locale.ROOT), name));
        }
    }

    /// Reads the form that [#toString] writes.
    ///
    /// @throws IllegalArgumentException
    ///             if `text` names no place
    public static FieldRef parse(String text) {
        int colon = text.indexOf(':');
        String place = colon < 0 ? text : text.substring(0, colon);
        String name = colon < 0 ? "" : text.substring(colon + 1);
        for (Place candidate : Place.values()) {
            if (candidate.name().toLowerCase(Locale.ROOT).equals(place)) {
                return new FieldRef(candidate, name);
            }
        }
        throw new IllegalArgumentException(
                "'%s' is no place in a file; use section:X, inline:x, frontmatter:x, item:x, body or references_content"
                        .formatted(text));
    }

    /// The name under which the value is kept in the index: `section:TaskIntent` is `task_intent`.
    public String column() {
        if (!place.isNamed()) {
            return place == Place.BODY ? "body" : "references_content";
        }
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        String prefix = place.name().toLowerCase(Locale.ROOT);
        return place.isNamed() ? prefix + ":" + name : prefix;
    }
}
