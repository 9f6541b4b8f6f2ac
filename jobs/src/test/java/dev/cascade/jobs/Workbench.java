package dev.cascade.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.steps.FaultyDisk;
import dev.cascade.steps.MemoryTree;
import dev.cascade.steps.embed.EmbeddingEndpoint;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.IndexedEntry;
import dev.cascade.steps.index.IndexedFile;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.MemoryPath;

import static org.assertj.core.api.Assertions.assertThat;

/// A root in a folder of its own, and the jobs that run on it. After each test tree, ledger and index
/// must agree, and the index must be the one that a first run over the same tree would make.
final class Workbench implements BeforeEachCallback, AfterEachCallback {

    /// More than one tick of any file system's clock: a file that was touched later than this before
    /// it is read must be looked at again.
    private static final Duration TICK = Duration.ofMillis(30);

    private final Map<String, String> settings;
    private final Function<Path, Path> mount;
    private Path folder = Path.of("");
    private Home home = Home.of(folder, null);
    private MemoryTree tree = MemoryTree.in(folder);
    private boolean agreementExpected = true;
    private Runnable closing = () -> {};

    Workbench() {
        this(Function.identity());
    }

    Workbench(Map<String, String> settings) {
        this(settings, Function.identity());
    }

    private Workbench(Function<Path, Path> mount) {
        this(Map.of("cascade.reconcile.chunk-size", "10"), mount);
    }

    private Workbench(Map<String, String> settings, Function<Path, Path> mount) {
        this.settings = new HashMap<>(settings);
        this.mount = mount;
    }

    /// A root on a disk that can fail; tree and state lie on one that does not.
    static Workbench over(FaultyDisk disk) {
        return new Workbench(disk::over);
    }

    /// A root whose texts a real server on loopback can be asked about; it is closed after the last look.
    static Workbench asking(EmbeddingEndpoint endpoint, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("cascade.embedding.base-url", endpoint.baseUrl());
        Workbench bench = new Workbench(all);
        bench.closing = endpoint::close;
        return bench;
    }

    /// Says something else from now on; `key` without the leading `cascade.`
    void set(String key, String value) {
        settings.put("cascade." + key, value);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("cascade-test");
        Path root = Files.createDirectory(folder.resolve("root"));
        home = Home.of(mount.apply(root), root.resolve(Home.FOLDER));
        tree = MemoryTree.in(root);
        agreementExpected = true;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try {
            if (agreementExpected && context.getExecutionException().isEmpty()) {
                assertInStep();
            }
        } finally {
            closing.run();
        }
        MemoryTree.in(folder).delete("");
    }

    /// For the rare test that ends in the middle of things.
    void expectNoAgreement() {
        agreementExpected = false;
    }

    MemoryTree tree() {
        return tree;
    }

    Home home() {
        return home;
    }

    /// A folder beside the root.
    Path outside(String name) {
        return folder.resolve(name);
    }

    CascadeProperties properties() {
        return Settings.load(null, null, Map.of(), settings).properties();
    }

    Jobs jobs() {
        return new Jobs(home, properties(), Clock.systemUTC());
    }

    /// One run over everything, once the files have cooled down.
    RunReport sync() {
        return sync(ReconcileRequest.everything());
    }

    RunReport sync(ReconcileRequest request) {
        return running(jobs -> jobs.sync(request, Duration.ZERO));
    }

    /// A run by a clock that is an hour slow: it takes every file for touched just now.
    RunReport syncWhileFilesAreFresh() {
        Clock slow = Clock.offset(Clock.systemUTC(), Duration.ofHours(-1));
        return running(_ -> new Jobs(home, properties(), slow)
                .reconcile(ReconcileRequest.everything(), Duration.ZERO));
    }

    RunReport rebuild() {
        return running(jobs -> jobs.rebuild(new RebuildRequest(false), Duration.ZERO));
    }

    RunReport restart(long execution) {
        return running(jobs -> jobs.restart(execution, Duration.ZERO));
    }

    static long executionOf(RunReport report) {
        return Objects.requireNonNull(report.executionId(), "the run launched nothing");
    }

    RunReport running(Running running) {
        try {
            Thread.sleep(TICK);
            return running.in(jobs());
        } catch (Held | InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }

    interface Running {
        RunReport in(Jobs jobs) throws Held, InterruptedException;
    }

    Status status() {
        return Status.of(home, Clock.systemUTC());
    }

    List<History.Execution> executions() {
        return asking(database -> new History(database.dataSource(), Clock.systemUTC())
                .executions(1000));
    }

    String state(String path) {
        return asking(database -> new Ledger(database.dataSource(), Clock.systemUTC())
                .state(new MemoryPath(path))
                .orElse("unknown"));
    }

    <T> T asking(Function<StateDatabase, T> question) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            return question.apply(database);
        }
    }

    /// Changes the state behind the back of the jobs, as accidents do.
    void tamper(String... statements) {
        try (StateDatabase database = StateDatabase.openForWriting(home.database())) {
            JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
            for (String statement : statements) {
                jdbc.execute(statement);
            }
        }
    }

    /// What search can find: the text of every entry that is not deprecated, below its file and id.
    SortedMap<String, String> found() {
        SortedMap<String, String> found = new TreeMap<>();
        try (IndexView view = index(); Stream<IndexedFile> files = view.files()) {
            for (IndexedFile file : files.toList()) {
                for (IndexedEntry entry : view.entries(file.path())) {
                    if (!entry.isDeprecated()) {
                        found.put(file.path() + "#" + entry.entry().id(),
                                entry.entry().title() + " " + entry.entry().fields());
                    }
                }
            }
        }
        return found;
    }

    IndexView index() {
        return IndexView.open(Described.live(home));
    }

    /// Copies what stands at a path of the state folder to a folder beside the root.
    Path copyOfState(String what, String name) {
        Path copy = outside(name);
        copy(home.state().resolve(what), copy);
        return copy;
    }

    /// Puts such a copy back in the place of what stands there now.
    void putBack(Path copy, String what) {
        MemoryTree.in(home.state()).delete(what);
        copy(copy, home.state().resolve(what));
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> below = Files.walk(from)) {
            for (Path path : below.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /// Tree, ledger and index agree, but for files that are known to be in trouble; and what the index
    /// holds is what a first run over the same tree would put there.
    void assertInStep() {
        VerifyReport report = VerifyReport.of(home, properties(), true, Clock.systemUTC());
        assertThat(report.differences()
                .stream()
                .filter(
                        difference -> !String.valueOf(difference.state()).startsWith("failed")))
                .as("differences between tree, ledger and index")
                .isEmpty();
        assertThat(contents(home)).isEqualTo(rebuilt());
        RunReport again = sync();
        assertThat(again.executionId()).as("a second run has nothing to do: %s", again).isNull();
    }

    /// Refused files keep their last good entries, which no first run can know; they are left out.
    private SortedMap<String, String> contents(Home of) {
        SortedMap<String, String> contents = new TreeMap<>();
        try (IndexView view = IndexView.open(Described.live(of));
                Stream<IndexedFile> files = view.files()) {
            files.filter(file -> !state(file.path().value()).startsWith("failed"))
                    .forEach(file -> contents.put(file.path().value(),
                            view.describe(file.path())));
        }
        return contents;
    }

    private String layout() {
        return asking(database -> new Ledger(database.dataSource(), Clock.systemUTC()).identity()
                .orElseThrow()
                .layout()
                .name()
                .toLowerCase(Locale.ROOT));
    }

    private SortedMap<String, String> rebuilt() {
        Home fresh = Home.of(home.root(), outside("rebuilt-" + System.nanoTime()));
        try {
            Map<String, String> same = new HashMap<>(settings);
            same.put("cascade.layout", layout());
            same.keySet().removeIf(key -> key.startsWith("cascade.budget"));
            new Jobs(fresh, Settings.load(null, null, Map.of(), same).properties(),
                    Clock.systemUTC()).reconcile(ReconcileRequest.everything(), Duration.ZERO);
        } catch (Held ex) {
            throw new AssertionError(ex);
        }
        return contents(fresh);
    }
}
