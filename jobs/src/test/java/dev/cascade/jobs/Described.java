package dev.cascade.jobs;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.cascade.config.Home;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.IndexedFile;

/// All that an index holds, as text by path: two indexes are equal if these are.
public final class Described {

    private Described() {}

    /// The first generation of the index of `home`.
    public static Map<String, String> of(Home home) {
        Map<String, String> described = new TreeMap<>();
        try (IndexView view = IndexView.open(home.index(1));
                Stream<IndexedFile> files = view.files()) {
            files.forEach(
                    file -> described.put(file.path().value(), view.describe(file.path())));
        }
        return described;
    }
}
