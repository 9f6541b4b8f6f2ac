package dev.cascade.config;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/// The keys of a tree of records, in kebab-case.
final class Keys {

    private Keys() {}

    static List<String> of(Class<?> type, String prefix) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + "." + kebab(component.getName());
            if (component.getType().isRecord()) {
                keys.addAll(of(component.getType(), key));
            } else {
                keys.add(key);
            }
        }
        return keys;
    }

    static Map<String, String> values(Record settings, String prefix) {
        Map<String, String> values = new LinkedHashMap<>();
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            String key = prefix + "." + kebab(component.getName());
            try {
                Object value = component.getAccessor().invoke(settings);
                if (value instanceof Record nested) {
                    values.putAll(values(nested, key));
                } else {
                    values.put(key, render(value));
                }
            } catch (ReflectiveOperationException ex) {
                throw new LinkageError("%s is public".formatted(component), ex);
            }
        }
        return values;
    }

    private static String render(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Duration duration -> render(duration);
            case DataSize size -> size.toBytes() % (1 << 20) == 0 ? size.toMegabytes() + "MB"
                    : size.toBytes() + "B";
            case Enum<?> choice -> choice.name().toLowerCase(Locale.ROOT);
            default -> value.toString();
        };
    }

    /// In the largest unit that says it exactly: 30d, not 2592000000ms.
    static String render(Duration duration) {
        return Stream.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS)
                .filter(unit -> duration.toMillis() % unit.getDuration().toMillis() == 0)
                .filter(unit -> !duration.isZero() || unit == ChronoUnit.SECONDS)
                .findFirst()
                .map(unit -> DurationStyle.SIMPLE.print(duration, unit))
                .orElseGet(() -> DurationStyle.SIMPLE.print(duration));
    }

    /// The one spelling of a key that may be written with other cases and dashes.
    static String canonical(String key) {
        return kebab(key).replace("_", "-").replaceAll("\\[\\d+]", "");
    }

    /// The known key that was probably meant.
    static Optional<String> nearest(String key, List<String> known) {
        String wanted = canonical(key);
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return known.stream()
                .min(Comparator.comparing(candidate -> distance.apply(wanted, candidate)))
                .filter(candidate -> distance.apply(wanted, candidate) <= wanted.length() / 3);
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
