package dev.cascade.config;

import org.jspecify.annotations.Nullable;

/// One value that a kind reads from its files.
///
/// @param ref
///            where it stands
/// @param type
///            what it must look like
/// @param required
///            whether an entry (or, in frontmatter, the file) is refused without it
/// @param fallback
///            the value of a missing optional field; null if it simply stays absent
public record FieldSpec(FieldRef ref, FieldType type, boolean required, @Nullable String fallback) {

    public FieldSpec {
        if (required && fallback != null) {
            throw new IllegalArgumentException(
                    "%s cannot be required and have a default".formatted(ref));
        }
    }
}
