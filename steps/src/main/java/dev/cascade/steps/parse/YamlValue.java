package dev.cascade.steps.parse;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A value as it stands in YAML, or in the head of an entry, with the line it begins in.
///
/// Scalars keep the text as written: `1.10` stays `1.10` and a date stays a date's text.
sealed interface YamlValue {

    int line();

    /// Nothing: `null`, `~` or no value at all.
    record Nothing(int line) implements YamlValue {}

    /// A single value.
    ///
    /// @param bare
    ///            whether it is a number or a boolean to YAML, rather than text
    record Scalar(int line, String text, boolean bare) implements YamlValue {}

    /// A list.
    record Sequence(int line, List<YamlValue> items) implements YamlValue {

        public Sequence {
            items = List.copyOf(items);
        }
    }

    /// Keys and values, in the order of the file.
    record Mapping(int line, Map<String, YamlValue> entries) implements YamlValue {

        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        YamlValue get(String key) {
            return entries.getOrDefault(key, new Nothing(line));
        }
    }

    static YamlValue text(int line, String text) {
        return new Scalar(line, text, false);
    }

    /// What a complaint calls it.
    default String describe() {
        return switch (this) {
            case Nothing _ -> "nothing";
            case Scalar scalar -> "'" + Blanks.shorten(scalar.text(), 60) + "'";
            case Sequence _ -> "a list";
            case Mapping _ -> "a mapping";
        };
    }
}
