package dev.cascade.jobs;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.steps.EmbeddingForecast;
import dev.cascade.steps.Preview;
import dev.cascade.steps.Root;
import dev.cascade.steps.ledger.Gate;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.RunControl.Control;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Selection;

/// What a run would do. Making it writes nothing.
///
/// @param changes the first of the files that differ, by path
/// @param more whether there are more changes than are listed
/// @param tokens roughly how many tokens an embedder would get to read
/// @param guards what each guard would do
public record Plan(RunReport.Files files, RunReport.Embedding embedding, long tokens,
        List<Change> changes, boolean more, List<Guarding> guards, List<String> warnings) {

    private static final int MOST_CHANGES = 1000;

    /// A file that differs: `new`, `modified` or `deleted`, or `back` for one that returned.
    public record Change(String what, String path) {}

    /// What a guard would do.
    ///
    /// @param verdict `pass`, `hold`: a part would wait for a person, or `stop`
    public record Guarding(String guard, String verdict, String detail) {}

    /// Compares the tree with the ledger.
    ///
    /// @param forced whether every file seen would be read again
    public static Plan of(Home home, CascadeProperties properties, Selection selection,
            boolean forced, Clock clock) {
        if (!StateDatabase.isCurrent(home.database())) {
            Root.requireMarkdown(home, properties);
            return of(Preview.ofUnknown(home, properties, selection), _ -> List.of());
        }
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), clock);
            Root root = Root.known(home, properties, ledger);
            return of(Preview.of(root, ledger, selection, forced),
                    files -> guards(database, properties, selection, files, clock));
        }
    }

    /// The same plan, and what an embedder would be asked for, if there is one. It reads the files that
    /// differ.
    public Plan forecasting(Home home, CascadeProperties properties, Selection selection,
            boolean forced, Clock clock) {
        if (!properties.embedding().isOn()) {
            return this;
        }
        EmbeddingForecast.Count count = count(home, properties, selection, forced, clock);
        return new Plan(files, new RunReport.Embedding(count.texts(), count.cached(),
                count.requests()), count.tokens(), changes, more, guards, warnings);
    }

    private static EmbeddingForecast.Count count(Home home, CascadeProperties properties,
            Selection selection, boolean forced, Clock clock) {
        if (!StateDatabase.isCurrent(home.database())) {
            EmbeddingForecast forecast = new EmbeddingForecast(Root.unadopted(home, properties),
                    properties, null, clock);
            forecast.add(Preview.ofUnknown(home, properties, selection).differences());
            return forecast.count();
        }
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), clock);
            Root root = Root.known(home, properties, ledger);
            VectorState vectors = new VectorState(home, properties, database, clock);
            EmbeddingForecast forecast = new EmbeddingForecast(root, properties,
                    vectors.vectors().orElse(null), clock);
            forecast.add(Preview.of(root, ledger, selection, forced).differences());
            vectors.looking(view -> {
                forecast.add(view, selection);
                return true;
            }, false);
            return forecast.count();
        }
    }

    private static List<Guarding> guards(StateDatabase database, CascadeProperties properties,
            Selection selection, RunReport.Files files, Clock clock) {
        Gates gates = new Gates(database.dataSource(), clock);
        Control control = new RunControl(database.dataSource(), clock).current();
        List<Gate> pending = gates.pending();
        return List.of(new Guarding("root", "pass", "it is readable, and the same as before"),
                removals(properties, selection, files, gates),
                new Guarding("gates", pending.isEmpty() ? "pass" : "hold",
                        "%d gates wait for a person, with %d files".formatted(pending.size(),
                                pending.stream().mapToLong(Gate::holds).sum())),
                new Guarding("schedule", control.holdsUp() ? "stop" : "pass",
                        control.holdsUp() ? "scheduled runs are " + control.told()
                                : "scheduled runs go on"),
                budget(properties, new Ledger(database.dataSource(), clock), selection, files));
    }

    /// Approved ones go whatever the limit; those that wait count against it.
    private static Guarding removals(CascadeProperties properties, Selection selection,
            RunReport.Files files, Gates gates) {
        long known = gates.knownFiles();
        long limit = properties.guard().limit(known);
        long approved = gates.all()
                .stream()
                .filter(gate -> gate.status() == Gate.Status.APPROVED
                        && !gate.kind().equals(Gate.REBUILD))
                .mapToLong(Gate::holds)
                .sum();
        long gone = Math.max(0, files.deleted() - approved);
        String detail = "%d of %d indexed files are missing, %d may go".formatted(gone, known,
                limit);
        if (selection.isEverything() && files.seen() == 0 && known > 0) {
            return new Guarding("removals", "stop", detail + "; the root holds no Markdown");
        }
        if (gone == 0 || gone + gates.held() <= limit) {
            return new Guarding("removals", "pass", detail);
        }
        return selection.isEverything()
                && properties.guard().isForeign(gone, files.seen() - files.added())
                        ? new Guarding("removals", "stop",
                                detail + "; unless they moved, it is another root")
                        : new Guarding("removals", "hold",
                                detail + "; those that moved go all the same");
    }

    private static Guarding budget(CascadeProperties properties, Ledger ledger,
            Selection selection, RunReport.Files files) {
        long owed = ledger.countOwed(selection, 0) + files.added() + files.modified();
        long budget = properties.budget().files();
        boolean over = budget > 0 && owed > budget;
        return new Guarding("budget", over ? "hold" : "pass",
                "at most %d files to read, %s".formatted(owed,
                        budget == 0 ? "no limit of files" : "%d a run".formatted(budget)));
    }

    private static Plan of(Preview preview, Function<RunReport.Files, List<Guarding>> guards) {
        List<Change> changes = new ArrayList<>();
        long[] counts = new long[3];
        boolean more = false;
        while (preview.differences().hasNext()) {
            Observation next = preview.differences().next();
            String what = switch (next) {
                case Observation.Differs differs when differs
                        .reason() == Observation.Reason.ADDED ->
                    "new";
                case Observation.Differs _ -> "modified";
                case Observation.Missing _ -> "deleted";
                case Observation.Back _ -> "back";
            };
            switch (what) {
                case "new" -> counts[0]++;
                case "modified" -> counts[1]++;
                case "deleted" -> counts[2]++;
                default -> {
                }
            }
            more = changes.size() >= MOST_CHANGES;
            if (!more) {
                changes.add(new Change(what, next.path().value()));
            }
        }
        long seen = preview.seen().getAsLong();
        RunReport.Files files = new RunReport.Files(seen, counts[0], counts[1], counts[2],
                seen - counts[0] - counts[1], 0, 0, 0);
        return new Plan(files, RunReport.Embedding.NONE, 0, Collections.unmodifiableList(changes),
                more, guards.apply(files), preview.warnings().get());
    }

    /// Refuses a selection that names nothing: no such file and none remembered, a file that no kind
    /// claims, no such kind.
    public static void requireKnown(Home home, CascadeProperties properties, Selection selection,
            Clock clock) {
        if (selection.isEverything()) {
            return;
        }
        if (!StateDatabase.isCurrent(home.database())) {
            requireKnown(Root.unadopted(home, properties), null, selection);
            return;
        }
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), clock);
            requireKnown(Root.known(home, properties, ledger), ledger, selection);
        }
    }

    private static void requireKnown(Root root, @Nullable Ledger ledger, Selection selection) {
        selection.kind().ifPresent(kind -> requireKind(root, kind));
        for (MemoryPath path : selection.paths().orElse(List.of())) {
            if (ledger == null || !ledger.remembers(path)) {
                requireFile(root, path);
            }
        }
    }

    private static void requireKind(Root root, String kind) {
        if (root.kinds().named(kind).isEmpty()) {
            throw new ConfigurationProblem(
                    "there is no kind '%s' in the %s layout".formatted(kind,
                            root.identity().layout().name().toLowerCase(Locale.ROOT)),
                    "Use one of: %s.".formatted(String.join(", ", root.kinds()
                            .inOrder()
                            .stream()
                            .map(known -> known.name())
                            .toList())));
        }
    }

    private static void requireFile(Root root, MemoryPath path) {
        if (!Files.exists(path.in(root.home().root()), LinkOption.NOFOLLOW_LINKS)) {
            throw new ConfigurationProblem(
                    "%s is neither in the tree nor in the ledger".formatted(path),
                    "Check the spelling; `cascade sync` without a path takes everything.");
        }
        root.requireDirect(path);
        boolean folder = Files.isDirectory(path.in(root.home().root()), LinkOption.NOFOLLOW_LINKS);
        if (!folder && !root.tree().covers(path)) {
            throw new ConfigurationProblem(
                    "%s does not match any kind, or is excluded from the walk".formatted(path),
                    "See the globs in docs/configuration.md, or declare a kind in kinds.yaml.");
        }
    }
}
