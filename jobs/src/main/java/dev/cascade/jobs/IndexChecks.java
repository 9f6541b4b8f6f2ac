package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.jobs.Check.Answer;
import dev.cascade.jobs.DoctorReport.Level;
import dev.cascade.steps.GenerationFolders;
import dev.cascade.steps.Root;
import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.Conflict;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.RootIdentity;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Watermark;

/// Whether the index that is searched is whole and the one that the ledger speaks of, and what lies
/// beside it.
final class IndexChecks {

    private static final int MOST_CONFLICTS = 20;

    private final Home home;
    private final Supplier<CascadeProperties> properties;
    private final Clock clock;
    private final boolean deep;

    IndexChecks(Home home, Supplier<CascadeProperties> properties, Clock clock, boolean deep) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
        this.deep = deep;
    }

    List<Check> all() {
        return List.of(new Check("index", () -> asking(this::index)),
                new Check("index_schema", () -> asking(this::schema)),
                new Check("generations", () -> generations()));
    }

    private <T> Optional<T> ask(Function<StateDatabase, T> question) {
        return StateDatabase.look(home.database(), clock, question);
    }

    private Answer asking(Function<Ledger, Answer> question) {
        return ask(database -> question.apply(new Ledger(database.dataSource(), clock)))
                .orElseGet(IndexChecks::nobodyToAsk);
    }

    private static Answer nobodyToAsk() {
        return Answer.unknown("there is no database of this version to compare it with", null);
    }

    private Answer index(Ledger ledger) {
        Standing standing = ledger.standing();
        Path folder = home.index(standing.generation());
        try (IndexView view = IndexView.open(folder)) {
            if (deep) {
                view.requireWhole();
            }
            Answer whole = Answer.ok("g%06d opens%s: %d files in %d segments, %d bytes".formatted(
                    standing.generation(), deep ? " and is what was written" : "",
                    view.counts().files(), view.segments(), view.bytes()));
            return whole.and(belongs(ledger, view.commit())).and(conflicts(view));
        } catch (IndexProblem ex) {
            return Answer.thrown(Level.PROBLEM, ex);
        }
    }

    private static Answer conflicts(IndexView view) {
        List<Conflict> conflicts = view.conflicts(MOST_CONFLICTS);
        return conflicts.isEmpty() ? Answer.ok("each entry is in one file")
                : Answer.warning("entries of the same id stand in more than one file",
                        "Give one of them another id; until then search shows the first by path.")
                        .listing(conflicts.stream()
                                .map(conflict -> "%s: %s".formatted(conflict.row().shown(),
                                        conflict.paths()))
                                .toList());
    }

    private Answer belongs(Ledger ledger, CommitData commit) {
        Standing now = ledger.standing();
        String id = ledger.identity().map(RootIdentity::id).orElse("(no id)");
        if (!commit.header().rootId().equals(id)
                || commit.header().generation() != now.generation()) {
            return Answer.problem(
                    "it belongs to root %s, generation %d, and not to root %s, generation %d"
                            .formatted(commit.header().rootId(), commit.header().generation(), id,
                                    now.generation()),
                    "Put the right index back, or run cascade rebuild.");
        }
        Watermark seen = commit.watermark().orElse(Watermark.NONE);
        if (now.agreesWith(seen)) {
            return Answer.ok("it agrees with the ledger");
        }
        String apart = "it stands at run %d, commit %d and the ledger at run %d, commit %d"
                .formatted(seen.run(), seen.chunk(), now.settled().run(), now.settled().chunk());
        return RunLock.isFreeOrOurs(home.lock())
                ? Answer.warning(apart, "cascade sync, which compares every file again")
                : Answer.unknown(apart + ", for a run writes just now",
                        "Look again when it ended.");
    }

    private Answer schema(Ledger ledger) {
        Map<String, String> recorded = ledger.schemas();
        Map<String, String> present = Root.unproven(home, properties.get(), ledger.identity())
                .schemaIds();
        TreeSet<String> differing = new TreeSet<>(present.keySet());
        differing.addAll(recorded.keySet());
        differing.removeIf(kind -> String.valueOf(present.get(kind))
                .equals(String.valueOf(recorded.get(kind))));
        Optional<Drift> drift = ask(
                database -> Drift.of(home, properties.get(), database, clock))
                .flatMap(Function.identity());
        if (drift.isPresent()) {
            return Answer.warning(drift.get().told(), "cascade rebuild, or the next cascade sync");
        }
        return differing.isEmpty()
                ? Answer.ok("%d kinds are indexed as they are described".formatted(present.size()))
                : Answer.warning("%d kinds were described otherwise when they were indexed: %s"
                        .formatted(differing.size(), String.join(", ", differing)),
                        "cascade sync, which indexes their files again");
    }

    private Answer generations() throws IOException {
        Optional<List<Long>> known = ask(this::numbers);
        if (known.isEmpty()) {
            return nobodyToAsk();
        }
        List<Path> beyond = new GenerationFolders(home).beyond(known.get());
        Answer leftovers = beyond.isEmpty()
                ? Answer.ok("%d generations, and no folder of any other".formatted(
                        known.get().size()))
                : Answer.warning(
                        "%d folders of generations that are no more".formatted(beyond.size()),
                        "cascade doctor --apply, or the next cascade sync that has something to do")
                        .listing(beyond.stream().map(Path::toString).toList())
                        .curedBy(() -> sweep(beyond.size()));
        return leftovers.and(unfinished());
    }

    private List<Long> numbers(StateDatabase database) {
        return new Generations(database.dataSource(), clock).numbers();
    }

    private String sweep(int folders) throws IOException, RunLock.Held {
        try (RunLock _ = RunLock.take(home.lock(), Duration.ZERO)) {
            new GenerationFolders(home).sweep(ask(this::numbers).orElseThrow());
        }
        return "%d folders were deleted".formatted(folders);
    }

    private Answer unfinished() throws IOException {
        Optional<Standing> building = ask(
                database -> new Generations(database.dataSource(), clock).building())
                .flatMap(Function.identity());
        if (building.isEmpty()) {
            return Answer.ok("none is unfinished");
        }
        String name = "g%06d".formatted(building.get().generation());
        return RunLock.holder(home.rebuildLock())
                .map(who -> Answer.ok("%s is being built (%s)".formatted(name, who)))
                .orElseGet(() -> Answer.warning(name + " was left unfinished",
                        "cascade rebuild, which goes on with it"));
    }
}
