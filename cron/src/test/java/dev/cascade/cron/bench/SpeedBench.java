package dev.cascade.cron.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import dev.cascade.cron.CascadeProcess;
import dev.cascade.cron.bench.Comparison.Relation;
import dev.cascade.cron.bench.Timed.Took;
import dev.cascade.steps.embed.EmbeddingEndpoint;
import dev.cascade.steps.index.BareLucene;
import dev.cascade.steps.index.OneSegment;
import dev.cascade.steps.search.SearchRequest;
import dev.cascade.steps.search.SearchSpeed;

import static org.assertj.core.api.Assertions.assertThat;

/// What Cascade costs beside other programs that do as much, or less. Each comparison takes both in turn,
/// round by round, and is written to `cron/target/bench`; `docs/benchmarks.md` says how to run it.
///
/// A program that is missing fails its comparison, so that no row is left out unseen. A reach that is
/// missed fails nothing: the figures say so.
class SpeedBench {

    private static final int FILES = Integer.getInteger("cascade.bench.files", 10_000);
    private static final int LOGS = Math.max(1, FILES / 10);
    private static final int ROUNDS = Integer.getInteger("cascade.bench.rounds", 5);
    private static final long SEED = 1;
    /// What the launcher tells the JVM for a first run, so that a comparison is one of the programs alone.
    private static final List<String> LIKE_A_FIRST_RUN = List.of("-XX:+UseParallelGC",
            "-XX:MaxNewSize=96m", "-XX:Tier4InvocationThreshold=25000",
            "-XX:Tier4MinInvocationThreshold=3000", "-XX:Tier4CompileThreshold=75000",
            "-XX:Tier4BackEdgeThreshold=200000");
    private static final String HOW_TO_INSTALL = "; cron/src/test/bench/baselines installs it";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private final Path work = Path.of(System.getProperty("cascade.bench.folder", "target/bench"))
            .toAbsolutePath();
    private final Path home = work.resolve("home");
    private final NoteTree notes = notes(FILES);

    @BeforeEach
    void makeHome() throws IOException {
        FileUtils.deleteDirectory(home.toFile());
        Files.createDirectories(home);
    }

    /// So many notes, written unless they are there.
    private NoteTree notes(int count) {
        NoteTree tree = new NoteTree(work.resolve("notes-" + count), SEED);
        if (Files.notExists(tree.file(count - 1))) {
            tree.writeAll(count);
        }
        return tree;
    }

    /// A memory root with a tenth as many logs as there are notes, which have ten times as many entries.
    private LogTree logs() {
        LogTree tree = new LogTree(work.resolve("logs-" + LOGS), SEED);
        if (Files.notExists(tree.file(LOGS - 1))) {
            tree.writeAll(LOGS);
        }
        return tree;
    }

    // A first run

    @Test
    void coldBesideLucene() throws Exception {
        compare("cold `sync`", "the same in Lucene alone", Relation.TIMES, 1.4,
                round -> cold("state"), round -> lucene(notes.root()));
    }

    @Test
    void coldLogsBesideLucene() throws Exception {
        Path logs = logs().root();
        compare("cold `sync` of logs of %d entries".formatted(LogTree.ENTRIES), LOGS,
                "the same in Lucene alone", Relation.TIMES, 1.4,
                round -> sync(logs, fresh("state")), round -> lucene(logs));
    }

    private Timed lucene(Path root) {
        return Timed.java(home, LIKE_A_FIRST_RUN, BareLucene.class, root.toString(),
                fresh("lucene").toString(), processors());
    }

    @Test
    void coldBesideRecoll() throws Exception {
        compare("cold `sync`", "`recollindex`", Relation.TIMES, 0.5, round -> cold("state"),
                round -> recoll(fresh("recoll")));
    }

    @Test
    void coldBesideOmindex() throws Exception {
        compare("cold `sync`", "`omindex`", Relation.TIMES, 0.5, round -> cold("state"),
                round -> Timed.of(home, installed("omindex"), "--db",
                        fresh("omega").resolve("db").toString(), "--url", "/", "-M",
                        "md:text/plain", notes.root().toString()));
    }

    @Test
    void coldBesideQmd() throws Exception {
        compare("cold `sync`", "`qmd`", Relation.TIMES, 0.5, round -> cold("state"),
                round -> Timed.of(fresh("qmd"), installed("qmd"), "collection", "add",
                        notes.root().toString(), "--name", "notes", "--mask", "**/*.md"));
    }

    private Timed cold(String state) {
        return sync(fresh(state));
    }

    private Timed sync(Path state, String... more) {
        return sync(notes.root(), state, more);
    }

    private Timed sync(Path root, Path state, String... more) {
        return Timed.cascade(home, Stream.concat(
                Stream.of("sync", "-q", "--root", root.toString(), "--state-dir",
                        state.toString()),
                Stream.of(more)).toArray(String[]::new));
    }

    private Timed recoll(Path folder) {
        write(folder.resolve("recoll.conf"),
                "topdirs = %s%nloglevel = 2%n".formatted(notes.root()));
        return Timed.of(home, installed("recollindex"), "-c", folder.toString());
    }

    // Nothing to do

    @Test
    void nothingToDoBesideGit() throws Exception {
        Path state = synced();
        Path git = work.resolve("git-" + FILES);
        if (Files.notExists(git)) {
            git(git, "init", "-q").run();
            git(git, "add", "-A").run();
            git(git, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-qm",
                    "notes").run();
        }
        git(git, "status", "--porcelain").run();
        compare("`sync` with nothing to do", "`git status`", Relation.MORE, 0.6,
                round -> sync(state), round -> git(git, "status", "--porcelain"));
    }

    private Timed git(Path repository, String... args) {
        return Timed.of(home, Stream.concat(
                Stream.of(installed("git"), "--git-dir", repository.toString(), "--work-tree",
                        notes.root().toString()),
                Stream.of(args)).toArray(String[]::new));
    }

    @Test
    void nothingToDoBesideRecoll() throws Exception {
        Path state = synced();
        Path index = fresh("recoll");
        recoll(index).run();
        compare("`sync` with nothing to do", "`recollindex`", Relation.TIMES, 1,
                round -> sync(state), round -> recoll(index));
    }

    @Test
    void nothingToDoWarmBesideFind() throws Exception {
        Timed find = Timed.of(home, installed("find"), notes.root().toString(), "-name", "*.md",
                "-printf", "%p %s %T@ %C@\n");
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        try (Warm warm = new Warm(notes.root(), synced())) {
            for (int round = 0; round < ROUNDS; round++) {
                ours.add(warm.run(""));
                theirs.add(find.run().seconds());
            }
        }
        keep(new Comparison("a warm run with nothing to do", FILES, "`find -printf`",
                Relation.TIMES, 3, "s", ours, theirs));
    }

    // A little to do

    @Test
    void oneFileToASearchBesideNothingToDo() throws Exception {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        int changed = FILES / 2;
        try (Warm warm = new Warm(notes.root(), synced())) {
            for (int round = -Warm.WARM_UP; round < ROUNDS; round++) {
                String word = "changed" + System.nanoTime();
                double nothing = warm.run("");
                Files.writeString(notes.file(changed), "# Changed\n\n" + word + "\n");
                double found = warm.run(word);
                if (round >= 0) {
                    theirs.add(nothing);
                    ours.add(found);
                }
            }
            notes.write(changed, 0);
            warm.run("");
        }
        keep(new Comparison("one changed file, until it is found", FILES,
                "a warm run with nothing to do", Relation.MORE, 0.15, "s", ours, theirs));
    }

    @Test
    void changedFilesBesideAFirstRunOfAsMany() throws Exception {
        compareChange("1 % changed", FILES / 100, round -> {
            for (int note = 0; note < FILES / 100; note++) {
                notes.write(note * 100, round + 1);
            }
        }, () -> {
            for (int note = 0; note < FILES / 100; note++) {
                notes.write(note * 100, 0);
            }
        });
    }

    @Test
    void renamedFilesBesideAFirstRunOfAsMany() throws Exception {
        compareMove("renamed", notes.root().resolve("moved"));
    }

    @Test
    void deletedFilesBesideAFirstRunOfAsMany() throws Exception {
        compareMove("deleted", work.resolve("aside"));
    }

    /// Folders with about a tenth of all notes go to `elsewhere`, and come back.
    private void compareMove(String how, Path elsewhere) throws Exception {
        List<Path> folders = new ArrayList<>();
        int moved = 0;
        for (Path folder : folders(notes.root()).reversed()) {
            if (10 * moved < FILES) {
                folders.add(folder);
                moved += files(folder);
            }
        }
        compareChange("%.0f %% %s".formatted(100.0 * moved / FILES, how), moved,
                round -> move(folders, Files.createDirectory(elsewhere)), () -> {
                    move(folders(elsewhere), notes.root());
                    Files.delete(elsewhere);
                });
    }

    private interface Change {
        void make(int round) throws IOException;
    }

    private interface Undo {
        void make() throws IOException;
    }

    /// The time of a run after a change, beside the time of a first run over as many files as were
    /// changed, with half of it again and a run with nothing to do.
    private void compareChange(String test, int changed, Change change, Undo undo)
            throws Exception {
        NoteTree few = notes(changed);
        Path state = synced();
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            change.make(round);
            try {
                ours.add(sync(state, "--set", "guard.max-removal-share=100").run().seconds());
            } finally {
                undo.make();
            }
            sync(state, "--set", "guard.max-removal-share=100").run();
            theirs.add(1.5 * sync(few.root(), fresh("few")).run().seconds()
                    + sync(state).run().seconds());
        }
        keep(new Comparison(test, FILES,
                "1.5 first runs over %,d files and a run with nothing to do".formatted(changed),
                Relation.TIMES, 1, "s", ours, theirs));
    }

    private static int files(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return (int) found.filter(Files::isRegularFile).count();
        }
    }

    private static List<Path> folders(Path parent) throws IOException {
        try (Stream<Path> found = Files.list(parent)) {
            return found.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static void move(List<Path> folders, Path into) throws IOException {
        for (Path folder : folders) {
            Files.move(folder, into.resolve(folder.getFileName()));
        }
    }

    // From a cold shell

    @Test
    void statusBesideAnEmptyProgram() throws Exception {
        Path state = synced();
        compare("`status` from a cold shell", "an empty Java program", Relation.MORE, 0.25,
                round -> Timed.cascade(home, "status", "--root", notes.root().toString(),
                        "--state-dir", state.toString()),
                round -> hello());
    }

    @Test
    void searchBesideAnEmptyProgram() throws Exception {
        Path state = synced();
        List<String> asked = queries(notes::file, FILES);
        compare("`search` from a cold shell", "an empty Java program", Relation.MORE, 0.4,
                round -> Timed.cascade(home, "search", "--root", notes.root().toString(),
                        "--state-dir", state.toString(), asked.get(round)),
                round -> hello());
    }

    private Timed hello() {
        return Timed.java(home, List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData"), HelloWorld.class);
    }

    // Searches

    @Test
    void searchesBesideLucene() throws Exception {
        keepSearches("a warm search", FILES,
                searches(synced(), SearchRequest.Mode.TEXT, queries(notes::file, FILES)));
    }

    @Test
    void searchesInLogsBesideLucene() throws Exception {
        LogTree logs = logs();
        Path state = work.resolve("synced-logs-" + LOGS);
        sync(logs.root(), state).run();
        keepSearches("a warm search in logs of %d entries".formatted(LogTree.ENTRIES), LOGS,
                searches(state, SearchRequest.Mode.TEXT, queries(logs::file, LOGS)));
    }

    private void keepSearches(String what, int files, List<double[]> took) throws IOException {
        for (int percent : List.of(50, 99)) {
            keep(new Comparison("%s, %d %% are as fast".formatted(what, percent), files,
                    "the same query of Lucene alone", Relation.TIMES, percent == 50 ? 1.2 : 1.5,
                    "ms", List.of(percentile(took, 0, percent)),
                    List.of(percentile(took, 1, percent))));
        }
    }

    /// Milliseconds of each query, asked of Cascade and of Lucene alone.
    private List<double[]> searches(Path state, SearchRequest.Mode mode, List<String> asked)
            throws Exception {
        Path queries = Files.write(home.resolve("queries.txt"), asked);
        Process process = Timed.java(home, List.of("-XX:+UseG1GC"), SearchSpeed.class,
                index(state).toString(), queries.toString(), mode.name()).start();
        List<double[]> took;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            took = lines.lines()
                    .map(line -> Stream.of(line.split(" ", -1))
                            .mapToDouble(Double::parseDouble)
                            .map(nanoseconds -> nanoseconds / 1e6)
                            .toArray())
                    .toList();
        }
        assertThat(process.waitFor()).isZero();
        return took;
    }

    private static double percentile(List<double[]> took, int column, int percent) {
        List<Double> sorted = took.stream().map(figures -> figures[column]).sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    /// Two to four words that stand together in a line of one of `count` files.
    private static List<String> queries(IntFunction<Path> file, int count) throws IOException {
        List<String> queries = new ArrayList<>();
        for (int query = 0; query < 10_000; query++) {
            List<String> words = Files.readAllLines(file.apply((int) (query * 7919L % count)))
                    .stream()
                    .filter(line -> line.matches("\\p{L}+( \\p{L}+)+\\..*"))
                    .skip(query / count)
                    .limit(1)
                    .flatMap(line -> Stream.of(line.split("[ .]+", 9)))
                    .filter(word -> word.length() > 2 && word.matches("\\p{L}+"))
                    .limit(2 + query % 3)
                    .toList();
            if (words.size() > 1) {
                queries.add(String.join(" ", words));
            }
        }
        return queries;
    }

    // Vectors

    @Test
    void vectorsBesideTheLatencyOfTheEndpoint() throws Exception {
        long latency = 50;
        int atOnce = 4;
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        try (EmbeddingEndpoint endpoint = new EmbeddingEndpoint().width(384)
                .always(EmbeddingEndpoint.slow(latency))) {
            for (int round = 0; round < ROUNDS; round++) {
                Path state = fresh("vectors");
                sync(state).run();
                double nothing = sync(state).run().seconds();
                endpoint.forgetRequests();
                double all = sync(state, "--set", "embedding.provider=openai", "--set",
                        "embedding.base-url=" + endpoint.baseUrl(), "--set",
                        "embedding.model=bench", "--set", "embedding.dimensions=384", "--set",
                        "embedding.max-concurrent=" + atOnce).run().seconds();
                ours.add(all - nothing);
                theirs.add(endpoint.requests().size() * latency / 1000.0 / atOnce);
            }
        }
        keep(new Comparison("vectors for all entries", FILES,
                "latency of 50 ms × requests / 4 at once", Relation.TIMES, 1.15, "s", ours,
                theirs));
        keep(new Comparison("a warm search by words and meaning, 99 % are as fast", FILES,
                "a limit", Relation.TIMES, 1, "ms",
                List.of(percentile(searches(work.resolve("vectors"), SearchRequest.Mode.HYBRID,
                        queries(notes::file, FILES).subList(0, 1000)), 0, 99)),
                List.of(50.0)));
    }

    // Memory

    @Test
    void anIdleServerStaysSmall() throws Exception {
        Process server = Timed.cascade(home, "serve", "--root", notes.root().toString(),
                "--state-dir", synced().toString(), "--set", "serve.port=0").start();
        try {
            Thread.sleep(Duration.ofMinutes(2));
            assertThat(server.isAlive()).isTrue();
            keep(new Comparison("an idle `serve` after two minutes", FILES, "a limit",
                    Relation.TIMES, 1, "MB", List.of((double) Timed.resident(server.pid())),
                    List.of(250.0)));
        } finally {
            server.destroy();
            server.waitFor();
        }
    }

    // Disk

    @Test
    void whatAHistoryLeavesOnTheDisk() throws Exception {
        Path state = fresh("history");
        sync(state).run();
        for (int edit = 5; edit >= 0; edit--) {
            for (int note = 0; note < FILES; note += 10) {
                notes.write(note, edit);
            }
            sync(state).run();
        }
        Path merged = fresh("merged");
        Timed.java(home, List.of(), OneSegment.class, index(state).toString(), merged.toString())
                .run();
        keep(new Comparison("the index, after six runs that each edit every tenth note", FILES,
                "the same in one segment", Relation.TIMES, 1.5, "MB",
                List.of(megabytes(index(state))), List.of(megabytes(merged))));
        long entries = JSON.readTree(Timed.cascade(home, "status", "--json", "--root",
                notes.root().toString(), "--state-dir", state.toString()).output())
                .at("/index/entries")
                .asLong();
        assertThat(entries).isPositive();
        keep(new Comparison("the state database after that", FILES,
                "400 bytes a file and 200 an entry", Relation.TIMES, 1, "MB",
                List.of(Files.size(state.resolve("state.db")) / 1e6),
                List.of((400L * FILES + 200 * entries) / 1e6)));
    }

    private static double megabytes(Path folder) {
        return FileUtils.sizeOfDirectory(folder.toFile()) / 1e6;
    }

    // As the tree grows

    /// With a heap of 256 MB, whatever the size. Millions of files take hours, so these trees are indexed once.
    @Test
    void whatAFileCostsInATreeTenTimesAsLarge() throws Exception {
        NoteTree small = notes(FILES / 10);
        int rounds = FILES > 10_000 ? 1 : ROUNDS;
        List<Double> large = new ArrayList<>();
        List<Double> little = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            little.add(smallHeap(sync(small.root(), fresh("little")), "a first run of a tenth of")
                    .seconds() * 10_000 / FILES);
            large.add(smallHeap(sync(fresh("large")), "a first run of").seconds() * 1000 / FILES);
        }
        smallHeap(sync(work.resolve("large")), "nothing to do in");
        Growth growth = new Growth(work.resolve("results"), JSON);
        growth.add("a first run", FILES / 10, little).add("a first run", FILES, large);
        keep(new Comparison("a file's share of a cold `sync`", FILES,
                "the same in a tree of a tenth", Relation.TIMES, 1.15, "ms", large, little));
        large.clear();
        little.clear();
        try (Warm many = new Warm(notes.root(), work.resolve("large"));
                Warm few = new Warm(small.root(), work.resolve("little"))) {
            for (int round = 0; round < ROUNDS; round++) {
                large.add(many.run("") * 1000 / FILES);
                little.add(few.run("") * 10_000 / FILES);
            }
        }
        growth.add("a warm run with nothing to do", FILES / 10, little)
                .add("a warm run with nothing to do", FILES, large)
                .draw();
        keep(new Comparison("a file's share of a warm run with nothing to do", FILES,
                "the same in a tree of a tenth", Relation.TIMES, 1.15, "ms", large, little));
    }

    private static Took smallHeap(Timed sync, String what) throws Exception {
        Took took = sync.with("CASCADE_JAVA_OPTS", "-Xmx256m").run();
        System.out.printf("%s %,d files with a heap of 256 MB: %.1f s, %d MB resident%n", what,
                FILES, took.seconds(), took.resident());
        return took;
    }

    // What they share

    private interface Round extends IntFunction<Timed> {

        Timed of(int round) throws IOException;

        @Override
        default Timed apply(int round) {
            try {
                return of(round);
            } catch (IOException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }

    /// Runs both once without counting, then both in each round.
    private void compare(String test, String against, Relation relation, double reach, Round ours,
            Round theirs) throws Exception {
        compare(test, FILES, against, relation, reach, ours, theirs);
    }

    private void compare(String test, int files, String against, Relation relation, double reach,
            Round ours, Round theirs) throws Exception {
        if (ROUNDS > 1) {
            ours.of(0).run();
            theirs.of(0).run();
        }
        List<Double> first = new ArrayList<>();
        List<Double> second = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            first.add(ours.of(round).run().seconds());
            second.add(theirs.of(round).run().seconds());
        }
        keep(new Comparison(test, files, against, relation, reach, "s", first, second));
    }

    private void keep(Comparison comparison) throws IOException {
        Path results = Files.createDirectories(work.resolve("results"));
        String name = "%s %s %d"
                .formatted(comparison.test(), comparison.against(), comparison.files())
                .replaceAll("[^a-zA-Z0-9]+", "-");
        Files.writeString(results.resolve(name + ".json"), JSON.writeValueAsString(comparison));
        System.out.println(comparison.row());
    }

    /// A state that is in step with the notes.
    private Path synced() throws Exception {
        Path state = work.resolve("synced-" + FILES);
        sync(state).run();
        return state;
    }

    private static Path index(Path state) throws IOException {
        try (Stream<Path> generations = Files.list(state.resolve("index"))) {
            return generations.filter(Files::isDirectory).max(Path::compareTo).orElseThrow();
        }
    }

    /// An empty folder.
    private Path fresh(String name) {
        Path folder = work.resolve(name);
        try {
            FileUtils.deleteDirectory(folder.toFile());
            return Files.createDirectories(folder);
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static String processors() {
        return Integer.toString(Runtime.getRuntime().availableProcessors());
    }

    /// @throws AssertionError if there is none
    private static String installed(String program) {
        return Stream.of(Objects.toString(System.getenv("PATH"), "").split(":", -1))
                .map(folder -> Path.of(folder).resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "%s is not installed".formatted(program) + HOW_TO_INSTALL))
                .toString();
    }

    /// A process that runs one root again and again.
    private final class Warm implements AutoCloseable {

        private static final int WARM_UP = 10;

        private final Process process;
        private final PrintWriter to;
        private final BufferedReader from;

        Warm(Path root, Path state) throws IOException {
            process = Timed.java(home, List.of("-XX:+UseG1GC"), WarmRoot.class,
                    root.toString(), state.toString()).start();
            to = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
            from = process.inputReader(StandardCharsets.UTF_8);
            for (int run = 0; run < WARM_UP; run++) {
                run("");
            }
        }

        double run(String word) throws IOException {
            to.println(word);
            String answer = from.readLine();
            if (answer == null) {
                throw new AssertionError(Files.readString(home.resolve("stderr.txt")));
            }
            return Double.parseDouble(answer);
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    static {
        assertThat(CascadeProcess.launcher()).isExecutable();
    }
}
