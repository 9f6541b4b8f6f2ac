package dev.cascade.cron;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.cron.CascadeProcess.Running;
import dev.cascade.cron.schedule.Soon;

import static org.assertj.core.api.Assertions.assertThat;

/// One `cascade serve` over a root that changes before each of many runs: what it holds in memory, keeps
/// open and leaves on the disk does not grow with the number of runs, and each run is in the history.
///
/// `mvn -Psoak verify` makes 200 runs over 10,000 files and writes its figures to `cron/target/soak.json`; in
/// the usual build it is a few runs over a small root.
@Tag("EV-47")
@Tag("EV-49")
class SoakIT {

    private static final int RUNS = Integer.getInteger("cascade.soak.runs", 8);
    private static final int FILES = Integer.getInteger("cascade.soak.files", 400);
    private static final int WARM_UP = RUNS / 4;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    @TempDir
    Path folder;

    private final Random random = new Random(7);
    private final List<String> notes = new ArrayList<>();
    private int made;

    /// After a run: bytes of the heap that something refers to, descriptors, and the bytes of everything
    /// that Cascade keeps.
    record Sample(int run, long heap, long descriptors, long state) {}

    /// What is written down.
    record Figures(int runs, int files, Sample afterWarmUp, Sample last, long heapMost,
            long descriptorsMost, long stateMost, long freshIndex, long executions,
            List<Sample> samples) {}

    @Test
    void nothingGrowsWithTheNumberOfRuns() throws Exception {
        Path root = folder.resolve("root");
        for (int i = 0; i < FILES; i++) {
            create(root);
        }
        CascadeProcess cascade = CascadeProcess.in(folder).timeout(LIMIT);
        assertThat(cascade.run("sync", "--root", root.toString()).exit()).isZero();
        List<Sample> samples = new ArrayList<>();
        long executions;
        try (Running serve = cascade.background("serve", "--root", root.toString(), "--set",
                "schedule.reconcile.every=1d"); HttpClient client = HttpClient.newHttpClient()) {
            URI page = PageIT.address(serve);
            for (int run = 1; run <= RUNS; run++) {
                change(root);
                long before = newestExecution(client, page);
                Files.writeString(root.resolve(".cascade/run-request"), "");
                Soon.expect(LIMIT, "the end of run " + run,
                        () -> newestExecution(client, page) > before);
                samples.add(sample(run, serve, client, page, root));
            }
            executions = newestExecution(client, page);
            assertThat(serve.stderr()).doesNotContain("error", "fail");
            serve.signal("TERM");
            assertThat(serve.end(Duration.ofSeconds(10)).exit()).isEqualTo(143);
        }
        assertThat(executions).as("one execution for each run, and the first").isEqualTo(RUNS + 1L);
        Result jobs = cascade.run("jobs", "--root", root.toString(), "--json");
        assertThat(jobs.json().at("/executions"))
                .allSatisfy(one -> assertThat(one.at("/status").asString())
                        .isEqualTo("COMPLETED"));
        assertThat(cascade.run("verify", "--deep", "--root", root.toString()).exit()).isZero();
        check(samples, fresh(cascade, root), executions);
    }

    private void check(List<Sample> samples, long fresh, long executions) throws IOException {
        List<Sample> warm = samples.subList(WARM_UP, samples.size());
        Sample first = warm.getFirst();
        Figures figures = new Figures(RUNS, FILES, first, warm.getLast(),
                warm.stream().mapToLong(Sample::heap).max().orElseThrow(),
                warm.stream().mapToLong(Sample::descriptors).max().orElseThrow(),
                warm.stream().mapToLong(Sample::state).max().orElseThrow(), fresh, executions,
                samples);
        Files.writeString(Path.of("target", "soak.json"), JSON.writeValueAsString(figures));
        assertThat(figures.heapMost()).as("heap that is referred to")
                .isLessThan(first.heap() + first.heap() / 4 + (8 << 20));
        assertThat(figures.descriptorsMost()).as("open descriptors")
                .isLessThan(first.descriptors() + 40);
        // The database has a size of its own, which a small root does not outweigh.
        assertThat(figures.stateMost()).as("all that is kept, beside a fresh index")
                .isLessThan(2 * fresh + (2 << 20));
    }

    private static long fresh(CascadeProcess cascade, Path root) {
        Path state = root.resolveSibling("fresh");
        assertThat(cascade.run("sync", "--root", root.toString(), "--state-dir", state.toString())
                .exit()).isZero();
        return FileUtils.sizeOfDirectory(state.resolve("index").toFile());
    }

    // What changes

    private void create(Path root) {
        String path = "d%02d/n%06d.md".formatted(made % 50, made);
        made++;
        write(root, path);
        notes.add(path);
    }

    private void write(Path root, String path) {
        StringBuilder text = new StringBuilder("# Note %s\n".formatted(path));
        for (int section = 0; section < 4; section++) {
            text.append("\n## Section %d\n\n".formatted(section));
            for (int word = 0; word < 80; word++) {
                text.append(Integer.toString(random.nextInt(40_000), 36)).append(' ');
            }
            text.append('\n');
        }
        Trees.file(root, path, text.toString());
    }

    /// One in a hundred is edited; a few come, go and move.
    private void change(Path root) throws IOException {
        int some = Math.max(2, FILES / 1000);
        for (int i = 0; i < FILES / 100; i++) {
            write(root, notes.get(random.nextInt(notes.size())));
        }
        for (int i = 0; i < some; i++) {
            Files.delete(root.resolve(notes.remove(random.nextInt(notes.size()))));
            create(root);
            int moved = random.nextInt(notes.size());
            String to = "moved/m%06d.md".formatted(made++);
            Files.createDirectories(root.resolve("moved"));
            Files.move(root.resolve(notes.get(moved)), root.resolve(to));
            notes.set(moved, to);
        }
    }

    // How it stands

    private static String get(HttpClient client, URI address) {
        try {
            return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException ex) {
            throw new IllegalStateException("no answer", ex);
        }
    }

    /// The newest one that has ended.
    private static long newestExecution(HttpClient client, URI page) {
        JsonNode newest = JSON
                .readTree(get(client, page.resolve("api/v1/roots/root/jobs")))
                .at("/executions/0");
        long id = newest.at("/execution_id").asLong();
        return newest.at("/ended_at").isNull() ? id - 1 : id;
    }

    private static Sample sample(int run, Running serve, HttpClient client, URI page, Path root)
            throws Exception {
        String metrics = get(client, page.resolve("actuator/prometheus"));
        return new Sample(run, living(serve), sum(metrics, "process_files_open_files"),
                FileUtils.sizeOfDirectory(root.resolve(".cascade").toFile()));
    }

    /// The bytes of all objects that something refers to. Counting them collects the others first.
    private static long living(Running serve) throws Exception {
        Process count = new ProcessBuilder(System.getProperty("java.home") + "/bin/jcmd",
                Long.toString(serve.pid()), "GC.class_histogram").redirectErrorStream(true)
                .start();
        String said = new String(count.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(count.waitFor()).as(said).isZero();
        String total = said.lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(said));
        return Long.parseLong(total.strip().split("\\s+", -1)[2]);
    }

    private static long sum(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double
                        .parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
