package dev.cascade.steps.parse;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.cascade.steps.memory.MemoryPath;

/// Values as JSON in one canonical text: keys sorted, separators `, ` and `: `, nothing escaped
/// that need not be.
final class Json {

    private Json() {}

    static String of(YamlValue value) {
        StringBuilder json = new StringBuilder();
        append(json, value);
        return json.toString();
    }

    static String of(List<String> texts) {
        return of(new YamlValue.Sequence(0,
                texts.stream().map(text -> YamlValue.text(0, text)).toList()));
    }

    private static void append(StringBuilder json, YamlValue value) {
        switch (value) {
            case YamlValue.Nothing _ -> json.append("null");
            case YamlValue.Scalar scalar when scalar.bare() -> appendBare(json, scalar.text());
            case YamlValue.Scalar scalar -> appendText(json, scalar.text());
            case YamlValue.Sequence list -> {
                String separator = "[";
                for (YamlValue item : list.items()) {
                    json.append(separator);
                    append(json, item);
                    separator = ", ";
                }
                json.append(list.items().isEmpty() ? "[]" : "]");
            }
            case YamlValue.Mapping mapping -> {
                Map<String, YamlValue> sorted = new TreeMap<>(MemoryPath::compareUtf8);
                sorted.putAll(mapping.entries());
                String separator = "{";
                for (Map.Entry<String, YamlValue> entry : sorted.entrySet()) {
                    json.append(separator);
                    appendText(json, entry.getKey());
                    json.append(": ");
                    append(json, entry.getValue());
                    separator = ", ";
                }
                json.append(sorted.isEmpty() ? "{}" : "}");
            }
        }
    }

    private static void appendBare(StringBuilder json, String text) {
        if (text.equals("true") || text.equals("false")) {
            json.append(text);
            return;
        }
        Numbers.integer(text)
                .or(() -> Numbers.decimal(text))
                .ifPresentOrElse(json::append, () -> appendText(json, text));
    }

    private static void appendText(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                default -> {
                    if (c < ' ') {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}
