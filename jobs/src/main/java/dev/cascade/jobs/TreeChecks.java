package dev.cascade.jobs;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.jobs.Check.Answer;
import dev.cascade.jobs.DoctorReport.Level;
import dev.cascade.steps.Root;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.RootIdentity;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.tree.Survey;
import dev.cascade.steps.tree.UnreadableTree;

/// What is odd about the files themselves; all of it is seen in one look at the tree.
final class TreeChecks {

    private final Home home;
    private final Supplier<CascadeProperties> properties;
    private final Clock clock;
    private @Nullable Survey survey;
    private @Nullable RuntimeException failure;

    TreeChecks(Home home, Supplier<CascadeProperties> properties, Clock clock) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
    }

    List<Check> all() {
        return List.of(new Check("tree", this::tree),
                new Check("unmatched_files", this::unmatchedFiles),
                new Check("file_times", this::fileTimes),
                new Check("file_names", this::fileNames));
    }

    private synchronized Survey survey() {
        if (failure != null) {
            throw failure;
        }
        if (survey == null) {
            try {
                survey = Root.unproven(home, properties.get(), identity())
                        .tree()
                        .survey(Kinds.of(home, Layout.EVEROS), clock.instant());
            } catch (RuntimeException ex) {
                failure = ex;
                throw ex;
            }
        }
        return survey;
    }

    /// A database that cannot be asked keeps nobody from looking at the tree.
    private Optional<RootIdentity> identity() {
        try {
            return StateDatabase.look(home.database(), clock,
                    database -> new Ledger(database.dataSource(), clock).identity())
                    .flatMap(recorded -> recorded);
        } catch (RuntimeException _) {
            return Optional.empty();
        }
    }

    private Answer tree() {
        try {
            Survey seen = survey();
            return seen.files() > 0
                    ? Answer.ok("%d files count, in %d folders".formatted(seen.files(),
                            seen.folders()))
                    : Answer.problem(
                            "no Markdown that any kind claims, in %d folders".formatted(
                                    seen.folders()),
                            "Name another folder with --root; if it is a mount, mount it.");
        } catch (UnreadableTree | UncheckedIOException ex) {
            return Answer.thrown(Level.PROBLEM, ex);
        }
    }

    private Answer unmatchedFiles() {
        Survey.Some unclaimed = survey().unclaimed();
        Survey.Some older = survey().older();
        Answer answer = unclaimed.count() == 0 ? Answer.ok("a kind claims every Markdown file")
                : Answer.warning("%d Markdown files match no kind and are not searched".formatted(
                        unclaimed.count()),
                        "Rename or move them, or describe them in %s.".formatted(home.kindsFile()))
                        .listing(unclaimed.first());
        return older.count() == 0 ? answer
                : Answer.warning(
                        "%d files stand as in an older memory root, without app and project, and are not taken for memories"
                                .formatted(older.count()),
                        "Move what stands there to default_app/default_project/ in the root; then cascade sync")
                        .listing(older.first())
                        .and(answer);
    }

    private Answer fileTimes() {
        Survey.Some inFuture = survey().inFuture();
        return inFuture.count() == 0 ? Answer.ok("no file is dated later than now")
                : Answer.warning(
                        "%d files are dated later than now; they never settle, and each run reads them again"
                                .formatted(inFuture.count()),
                        "Set the clock if it is wrong, or date the files anew (touch FILE).")
                        .listing(inFuture.first());
    }

    private Answer fileNames() {
        Survey seen = survey();
        String folding = seen.foldsCase()
                .map(folds -> folds ? "the file system takes upper and lower case for the same"
                        : "the file system tells upper from lower case")
                .orElse("no name tells whether the file system folds case");
        return seen.alike().count() == 0
                ? Answer.ok(folding + "; no two names of a folder are alike but for case and form")
                : Answer.warning(
                        "%s; %d names differ from a neighbour's by case or Unicode form alone"
                                .formatted(folding, seen.alike().count()),
                        "Rename them before the tree is copied to a system that takes them for one.")
                        .listing(seen.alike().first());
    }
}
