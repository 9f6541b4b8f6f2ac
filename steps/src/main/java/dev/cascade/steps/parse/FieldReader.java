package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.FieldRef;
import dev.cascade.config.FieldSpec;
import dev.cascade.config.FieldType;
import dev.cascade.config.KindSpec;
import dev.cascade.config.Shape;
import dev.cascade.steps.memory.Finding;

/// Takes the fields that a kind declares for one part of a file, and brings them into kept form.
///
/// The result holds the fields that have a value or a default; a list may be empty.
final class FieldReader {

    /// The index keeps such a value whole, and has a limit of its own.
    private static final int MAX_KEYWORD = 4000;

    private final Map<String, FieldSpec> specs;
    private final boolean lenient;
    private final List<Finding> findings;

    FieldReader(KindSpec kind, FieldRef.Place place, List<Finding> findings) {
        specs = kind.fieldsIn(place);
        lenient = kind.shape() == Shape.NOTE;
        this.findings = findings;
    }

    boolean knows(String name) {
        return specs.containsKey(name);
    }

    /// @param line
    ///            where a missing field would have to stand
    Map<FieldRef, List<String>> read(Map<String, YamlValue> written, int line)
            throws UnreadableField {
        Map<FieldRef, List<String>> kept = new HashMap<>();
        for (Map.Entry<String, FieldSpec> declared : specs.entrySet()) {
            FieldSpec spec = declared.getValue();
            List<String> values = kept(spec, written.get(declared.getKey()), line);
            if (values != null) {
                kept.put(spec.ref(), values);
            }
        }
        return kept;
    }

    private @Nullable List<String> kept(FieldSpec spec, @Nullable YamlValue written, int line)
            throws UnreadableField {
        try {
            YamlValue value = written == null ? new YamlValue.Nothing(line) : written;
            refuseNullList(spec, written);
            List<String> values = isMissing(value) ? fallback(spec) : converted(spec, value);
            if (spec.required() && (values == null || values.isEmpty())) {
                throw missing(spec, line);
            }
            return values;
        } catch (UnreadableField ex) {
            if (!lenient || spec.required()) {
                throw ex;
            }
            findings.add(Finding.warning(ex.line(),
                    "%s; the field was left out: %s".formatted(ex.what(), ex.remedy())));
            return null;
        }
    }

    private static boolean isMissing(YamlValue value) {
        return switch (value) {
            case YamlValue.Nothing _ -> true;
            case YamlValue.Scalar scalar -> Blanks.strip(scalar.text()).isEmpty();
            case YamlValue.Sequence _,YamlValue.Mapping _ -> false;
        };
    }

    /// A list that is written as null is only the same as no list where the kind has a default.
    private void refuseNullList(FieldSpec spec, @Nullable YamlValue written)
            throws UnreadableField {
        if (written instanceof YamlValue.Nothing && spec.type() == FieldType.LIST
                && spec.fallback() == null && !lenient) {
            throw new UnreadableField(written.line(), "%s is null".formatted(name(spec)),
                    "write [] or take the line away");
        }
    }

    private @Nullable List<String> fallback(FieldSpec spec) throws UnreadableField {
        String text = spec.fallback();
        if (text == null) {
            return null;
        }
        if (text.isEmpty()) {
            return List.of();
        }
        return spec.type() == FieldType.JSON ? List.of(text)
                : converted(spec, YamlValue.text(0, text));
    }

    private List<String> converted(FieldSpec spec, YamlValue value) throws UnreadableField {
        return switch (spec.type()) {
            case TEXT -> List.of(Blanks.stripRight(scalar(spec, value)));
            case KEYWORD -> List.of(keyword(spec, value, Blanks.strip(scalar(spec, value))));
            case LIST -> list(spec, value);
            case TIMESTAMP -> List.of(timestamp(spec, value));
            case INTEGER -> List.of(number(spec, value, "a whole number",
                    Numbers.integer(Blanks.strip(scalar(spec, value)))));
            case DECIMAL -> List.of(number(spec, value, "a decimal number",
                    Numbers.decimal(Blanks.strip(scalar(spec, value)))));
            case JSON -> List.of(Json.of(value));
        };
    }

    private static String scalar(FieldSpec spec, YamlValue value) throws UnreadableField {
        if (value instanceof YamlValue.Scalar scalar) {
            return scalar.text();
        }
        throw new UnreadableField(value.line(),
                "%s is %s".formatted(name(spec), value.describe()), "write a single value");
    }

    private static String keyword(FieldSpec spec, YamlValue value, String text)
            throws UnreadableField {
        if (text.length() > MAX_KEYWORD) {
            throw new UnreadableField(value.line(),
                    "%s has %d characters".formatted(name(spec), text.length()),
                    "keep it to %d".formatted(MAX_KEYWORD));
        }
        return text;
    }

    private static String timestamp(FieldSpec spec, YamlValue value) throws UnreadableField {
        String text = Blanks.strip(scalar(spec, value));
        if (Timestamps.parse(text).isEmpty()) {
            throw new UnreadableField(value.line(),
                    "%s is %s, which is no time with offset".formatted(name(spec),
                            value.describe()),
                    "write it as 2026-03-04T09:15:00+00:00");
        }
        return text;
    }

    private static String number(FieldSpec spec, YamlValue value, String what,
            Optional<String> number) throws UnreadableField {
        return number.orElseThrow(() -> new UnreadableField(value.line(),
                "%s is %s, which is not %s".formatted(name(spec), value.describe(), what),
                "write digits, or take the line away if it may be missing"));
    }

    private List<String> list(FieldSpec spec, YamlValue value) throws UnreadableField {
        return switch (value) {
            case YamlValue.Sequence sequence -> items(spec, sequence);
            case YamlValue.Scalar scalar when isBracketed(scalar.text()) -> parts(spec, scalar,
                    withoutBrackets(scalar.text()));
            case YamlValue.Scalar scalar when lenient -> parts(spec, scalar, scalar.text());
            case YamlValue.Scalar scalar when spec.ref().place() == FieldRef.Place.INLINE -> {
                findings.add(Finding.warning(scalar.line(),
                        "%s is %s without brackets and was taken as empty; write [a, b]"
                                .formatted(name(spec), scalar.describe())));
                yield List.of();
            }
            case YamlValue other -> throw new UnreadableField(other.line(),
                    "%s is %s".formatted(name(spec), other.describe()),
                    "write a list, such as [a, b]");
        };
    }

    private static boolean isBracketed(String text) {
        String stripped = Blanks.strip(text);
        return stripped.startsWith("[") && stripped.endsWith("]");
    }

    private static String withoutBrackets(String text) {
        String stripped = Blanks.strip(text);
        return stripped.substring(1, stripped.length() - 1);
    }

    private static List<String> parts(FieldSpec spec, YamlValue value, String text)
            throws UnreadableField {
        List<String> parts = Stream.of(text.split(",", -1))
                .map(Blanks::strip)
                .filter(part -> !part.isEmpty())
                .toList();
        for (String part : parts) {
            keyword(spec, value, part);
        }
        return parts;
    }

    private static List<String> items(FieldSpec spec, YamlValue.Sequence sequence)
            throws UnreadableField {
        List<String> items = new ArrayList<>();
        for (YamlValue item : sequence.items()) {
            if (!isMissing(item)) {
                items.add(keyword(spec, item, Blanks.strip(scalar(spec, item))));
            }
        }
        return items;
    }

    private static UnreadableField missing(FieldSpec spec, int line) {
        return switch (spec.ref().place()) {
            case FRONTMATTER -> new UnreadableField(line,
                    "the frontmatter has no %s".formatted(spec.ref().name()),
                    "add '%s: …' between the lines ---".formatted(spec.ref().name()));
            case INLINE -> new UnreadableField(line, "%s is missing".formatted(name(spec)),
                    "add a line **%s**: … above the first ###".formatted(spec.ref().name()));
            case SECTION -> new UnreadableField(line,
                    "the section '%s' is missing or empty".formatted(spec.ref().name()),
                    "add a line ### %s with text below it".formatted(spec.ref().name()));
            case ITEM, BODY, REFERENCES_CONTENT -> new UnreadableField(line,
                    "%s is missing".formatted(name(spec)), "add it");
        };
    }

    private static String name(FieldSpec spec) {
        return spec.ref().name().isEmpty() ? spec.ref().toString() : spec.ref().name();
    }
}
