package dev.cascade.jobs;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.cascade.config.Home;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.IndexedFile;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;

/// All that an index holds, as text by path: two indexes are equal if these are.
public final class Described {

    private Described() {}

    /// The folder of the generation that is searched.
    public static Path live(Home home) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            return home.index(new Ledger(database.dataSource(), Clock.systemUTC()).standing()
                    .generation());
        }
    }

    /// The generation of `home` that is searched.
    public static Map<String, String> of(Home home) {
        Map<String, String> described = new TreeMap<>();
        try (IndexView view = IndexView.open(live(home));
                Stream<IndexedFile> files = view.files()) {
            files.forEach(
                    file -> described.put(file.path().value(), view.describe(file.path())));
        }
        return described;
    }
}
