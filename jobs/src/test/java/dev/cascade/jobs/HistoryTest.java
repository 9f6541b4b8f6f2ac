package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.ledger.Failure;
import dev.cascade.steps.ledger.Gate;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

import static org.assertj.core.api.Assertions.assertThat;

/// The great property: after any history of edits, faults and restarts, the index equals a rebuild
/// from nothing.
///
/// `-Dcascade.histories=N` runs that many, `-Dcascade.history.seed=S` replays one.
@Tag("EV-01")
class HistoryTest {

    private static final int HISTORIES = Integer.getInteger("cascade.histories", 120);
    private static final long FIRST_SEED = Long.getLong("cascade.history.seed", 1);
    private static final int ROUNDS = 4;
    private static final int FIRST_MOOD = 2;

    /// What goes wrong while a run writes. Triggers make SQLite itself refuse a statement; without
    /// its lock file Lucene refuses the next commit.
    enum Fault {
        NONE(""), OBSERVE("BEFORE INSERT ON md_change_state"), FORGET(
                "BEFORE DELETE ON md_indexed"), PASS_REMOVAL(
                        "BEFORE UPDATE OF wanted ON md_change_state WHEN NEW.wanted IS NULL"), SETTLE(
                                "BEFORE INSERT ON md_indexed"), WATERMARK(
                                        "BEFORE UPDATE OF settled_chunk ON generation"), BATCH(
                                                "BEFORE UPDATE ON BATCH_STEP_EXECUTION WHEN NEW.STEP_NAME = 'apply' AND NEW.COMMIT_COUNT > 0"), INDEX(
                                                        ""), EDIT_DURING_RUN("");

        private final String trigger;

        Fault(String trigger) {
            this.trigger = trigger;
        }
    }

    @TempDir(factory = InMemory.class, cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    /// Hundreds of histories make tens of thousands of small commits. What is tested is their order;
    /// where the machine has a file system in memory, none of them waits for a disk.
    static final class InMemory implements TempDirFactory {

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
                throws IOException {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory) ? Files.createTempDirectory(memory, "cascade")
                    : Files.createTempDirectory("cascade");
        }
    }

    private final Map<RandomTree.Event, Integer> happened = new EnumMap<>(RandomTree.Event.class);
    private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
    private final Map<Outcome, Integer> rebuilt = new EnumMap<>(Outcome.class);
    private int gates;
    private final Map<Gate.Status, Integer> decided = new EnumMap<>(Gate.Status.class);

    @Test
    void afterAnyHistoryTheIndexEqualsARebuildFromNothing() throws Exception {
        boolean replay = System.getProperty("cascade.history.seed") != null;
        int histories = replay ? 1 : HISTORIES;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + histories; seed++) {
            try {
                live(seed);
            } catch (Exception | AssertionError failed) {
                throw new AssertionError(
                        "history %d: replay it with -Dcascade.history.seed=%d".formatted(seed,
                                seed),
                        failed);
            }
        }
        if (!replay) {
            assertThat(happened).as("every kind of event happened")
                    .containsOnlyKeys(RandomTree.Event.values());
            assertThat(struck).as("every kind of fault struck").containsOnlyKeys(Fault.values());
            assertThat(rebuilt).as("rebuilds ended well and badly")
                    .containsKeys(Outcome.COMPLETED, Outcome.FAILED);
            assertThat(decided).as("gates met every decision")
                    .containsKeys(Gate.Status.PENDING, Gate.Status.APPROVED,
                            Gate.Status.REJECTED);
        }
    }

    private void live(long seed) throws Exception {
        Random random = new Random(seed);
        Path root = Files.createDirectories(folder.resolve("h" + seed));
        RandomTree tree = new RandomTree(root, random, seed % 2 == 0);
        Home home = Home.of(root, null);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i <= random.nextInt(4); i++) {
                tree.happen();
            }
            run(home, tree, Fault.values()[random.nextInt(Fault.values().length)], random);
            decide(home);
        }
        boolean mended = random.nextBoolean();
        if (mended) {
            tree.mendAll();
        }
        settle(home);
        tree.happened().forEach((event, count) -> happened.merge(event, count, Integer::sum));
        assertEqualsRebuild(home, folder.resolve("rebuild" + seed), mended);
    }

    private void run(Home home, RandomTree tree, Fault fault, Random random) throws Exception {
        CascadeProperties properties = properties(2 + random.nextInt(4),
                random.nextBoolean() ? 1 : 1000);
        Jobs jobs = new Jobs(home, properties, Clock.systemUTC());
        boolean prepared = prepare(home, fault);
        Thread trouble = Thread.ofPlatform().start(() -> meddle(home, tree, fault, random));
        boolean failed = false;
        boolean rebuilds = home.isInitialised() && random.nextInt(4) == 0;
        try {
            RunReport report = rebuilds ? jobs.rebuild(new RebuildRequest(false), Duration.ZERO)
                    : jobs.reconcile(ReconcileRequest.everything(), Duration.ZERO);
            failed = report.outcome() == Outcome.FAILED;
            if (rebuilds) {
                rebuilt.merge(report.outcome(), 1, Integer::sum);
            }
        } catch (RuntimeException ex) {
            failed = true;
            assertThat(fault).as("a run without a fault fails: %s", ex).isNotEqualTo(Fault.NONE);
        } finally {
            trouble.join();
        }
        if (prepared) {
            execute(home, "DROP TRIGGER fault");
        }
        if (failed || fault == Fault.NONE || fault == Fault.EDIT_DURING_RUN) {
            struck.merge(fault, 1, Integer::sum);
        }
        assertThat(failed && fault == Fault.NONE).isFalse();
    }

    private static boolean prepare(Home home, Fault fault) throws SQLException {
        if (fault.trigger.isEmpty() || !home.isInitialised()) {
            return false;
        }
        execute(home, "CREATE TRIGGER fault " + fault.trigger
                + " BEGIN SELECT RAISE(ABORT, 'injected'); END");
        return true;
    }

    private static void meddle(Home home, RandomTree tree, Fault fault, Random random) {
        try {
            if (fault == Fault.INDEX) {
                Thread.sleep(20 + random.nextInt(40));
                Files.deleteIfExists(Described.live(home).resolve("write.lock"));
            } else if (fault == Fault.EDIT_DURING_RUN) {
                for (int i = 0; i < 5; i++) {
                    Thread.sleep(random.nextInt(15));
                    tree.editSome();
                }
            }
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static Decisions decisions(Home home) {
        return new Decisions(home, properties(1, 1), Clock.systemUTC());
    }

    /// Lets held files go, keeps their entries, or leaves that for later.
    private void decide(Home home) {
        if (!StateDatabase.isCurrent(home.database())) {
            return;
        }
        for (GateReport gate : decisions(home).gates()) {
            if (gate.status() == Gate.Status.PENDING && gate.files() > 0) {
                decided.merge(gate.status(), 1, Integer::sum);
                // The first gate meets every decision, one after the other, and the others some of them.
                int mood = (FIRST_MOOD + gates++) % 8;
                if (mood < 6) {
                    decisions(home).reject(gate.id(), "keep them");
                    decided.merge(Gate.Status.REJECTED, 1, Integer::sum);
                }
                if (mood > 1 && mood < 7) {
                    decisions(home).approve(gate.id(), "let them go");
                    decided.merge(Gate.Status.APPROVED, 1, Integer::sum);
                }
            }
        }
    }

    /// What a person kept cannot equal a rebuild; so at last everything is let go.
    private static void approveAll(Home home) {
        for (GateReport gate : decisions(home).gates()) {
            boolean open = gate.status() == Gate.Status.PENDING
                    || gate.status() == Gate.Status.REJECTED;
            if (open && gate.files() > 0) {
                decisions(home).approve(gate.id(), "let them go");
            }
        }
    }

    /// Runs without faults until there is nothing left to do.
    private static void settle(Home home) throws Exception {
        for (int i = 0; i < 5; i++) {
            Thread.sleep(25);
            if (StateDatabase.isCurrent(home.database())) {
                approveAll(home);
            }
            RunReport report = new Jobs(home, properties(3, 1000), Clock.systemUTC())
                    .reconcile(ReconcileRequest.everything(), Duration.ZERO);
            assertThat(report.outcome()).isIn(Outcome.COMPLETED,
                    Outcome.COMPLETED_WITH_FAILURES);
            if (report.executionId() == null) {
                return;
            }
        }
        throw new AssertionError("five runs over a tree at rest still found something to do");
    }

    private static void assertEqualsRebuild(Home home, Path elsewhere, boolean mended)
            throws Exception {
        Home rebuilt = Home.of(home.root(), elsewhere);
        Files.createDirectories(elsewhere);
        settle(rebuilt);
        List<MemoryPath> refused = refused(home);
        assertThat(refused).isEqualTo(refused(rebuilt));
        if (mended) {
            assertThat(refused).isEmpty();
        }
        Map<String, String> lived = Described.of(home);
        refused.forEach(path -> lived.remove(path.value()));
        assertThat(lived).isEqualTo(Described.of(rebuilt));
        assertThat(
                VerifyReport.of(home, properties(1, 1000), true, Clock.systemUTC()).differences())
                .as("only refused files may differ")
                .noneMatch(difference -> !refused.contains(new MemoryPath(difference.path())));
    }

    private static List<MemoryPath> refused(Home home) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            return new Ledger(database.dataSource(), Clock.systemUTC())
                    .failures(Selection.everything())
                    .stream()
                    .filter(failure -> failure.skippedEntries() == 0)
                    .map(Failure::path)
                    .toList();
        }
    }

    private static void execute(Home home, String sql) throws SQLException {
        try (Connection connection = DriverManager
                .getConnection("jdbc:sqlite:" + home.database());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static CascadeProperties properties(int chunkSize, int maxRemovals) {
        return Settings.load(null, null, Map.of(),
                Map.of("cascade.reconcile.chunk-size", Integer.toString(chunkSize),
                        "cascade.guard.max-removals", Integer.toString(maxRemovals)))
                .properties();
    }
}
