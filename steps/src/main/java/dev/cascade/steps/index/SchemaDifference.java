package dev.cascade.steps.index;

import java.util.List;
import java.util.stream.Stream;

/// How an index was made in another way than one is made now.
///
/// @param missing
///            fields that it should have
/// @param extra
///            fields that it has and that are no more
/// @param retyped
///            fields that it has with another type; Lucene takes no document that has them as they are now
/// @param made
///            what holds for all of it: the format, the analyzer
public record SchemaDifference(List<String> missing, List<String> extra, List<String> retyped,
        List<String> made) {

    public SchemaDifference {
        missing = List.copyOf(missing);
        extra = List.copyOf(extra);
        retyped = List.copyOf(retyped);
        made = List.copyOf(made);
    }

    private static final int MOST_NAMED = 20;

    /// So many of them as a sentence can bear.
    public static List<String> named(List<String> all) {
        return all.size() <= MOST_NAMED ? all
                : Stream.concat(all.stream().limit(MOST_NAMED),
                        Stream.of("and %d more".formatted(all.size() - MOST_NAMED))).toList();
    }

    /// Whether it concerns some kinds alone, whose files can be indexed again where they are.
    public boolean isOfKindsAlone() {
        return retyped.isEmpty() && made.isEmpty();
    }

    /// Whether there is none.
    public boolean isNone() {
        return isOfKindsAlone() && missing.isEmpty() && extra.isEmpty();
    }
}
