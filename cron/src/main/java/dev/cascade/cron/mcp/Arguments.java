package dev.cascade.cron.mcp;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/// What an agent gave to a tool; nothing of it is believed unseen.
///
/// Each method throws an [IllegalArgumentException] that says which argument is of the wrong kind.
record Arguments(Map<String, Object> given) {

    private static final int LONGEST_TEXT = 10_000;
    private static final int MOST_TEXTS = 100;

    /// Null if it was left out.
    @Nullable
    String text(String name) {
        return switch (given.get(name)) {
            case null -> null;
            case String text when text.length() <= LONGEST_TEXT -> text;
            case String _ -> throw wrong(name,
                    "longer than %d characters".formatted(LONGEST_TEXT));
            default -> throw wrong(name, "no text");
        };
    }

    String requiredText(String name) {
        String text = text(name);
        if (text == null || text.isBlank()) {
            throw wrong(name, "missing");
        }
        return text;
    }

    Set<String> texts(String name) {
        return switch (given.get(name)) {
            case null -> Set.of();
            case List<?> list when list.size() <= MOST_TEXTS -> {
                Set<String> texts = new LinkedHashSet<>();
                for (Object one : list) {
                    if (!(one instanceof String text) || text.length() > LONGEST_TEXT) {
                        throw wrong(name, "no list of texts");
                    }
                    texts.add(text);
                }
                yield texts;
            }
            default -> throw wrong(name, "no list of at most %d texts".formatted(MOST_TEXTS));
        };
    }

    boolean flag(String name) {
        return switch (given.get(name)) {
            case null -> false;
            case Boolean flag -> flag;
            default -> throw wrong(name, "neither true nor false");
        };
    }

    /// Null if it was left out.
    @Nullable
    Integer number(String name) {
        return switch (given.get(name)) {
            case null -> null;
            case Number number when number.doubleValue() == number.intValue() ->
                number.intValue();
            default -> throw wrong(name, "no whole number");
        };
    }

    private static IllegalArgumentException wrong(String name, String what) {
        return new IllegalArgumentException("the argument %s is %s".formatted(name, what));
    }
}
