package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import dev.cascade.config.Home;
import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.jobs.Described;

import static org.assertj.core.api.Assertions.assertThat;

/// `cascade rebuild` beside searches and other runs, and when it is killed.
class RebuildIT {

    @TempDir
    Path folder;

    private Path root = Path.of("");
    private CascadeProcess cascade = CascadeProcess.in(Path.of(""));

    @BeforeEach
    void indexed() {
        root = folder.resolve("notes");
        Trees.notes(root, 300);
        cascade = CascadeProcess.in(folder).env("CASCADE_ROOT", root.toString());
        assertThat(cascade.run("sync").exit()).isZero();
    }

    private JsonNode index() {
        return cascade.run("status", "--json").json().path("index");
    }

    private static boolean holdsCommit(Path generation) throws IOException {
        if (!Files.isDirectory(generation)) {
            return false;
        }
        try (Stream<Path> files = Files.list(generation)) {
            return files.map(file -> file.getFileName().toString())
                    .anyMatch(name -> name.matches("segments_[5-9a-z]"));
        }
    }

    @Test
    void aNewGenerationTakesThePlaceOfTheOldOne() throws IOException {
        Result rebuilt = cascade.run("rebuild", "--json");
        assertThat(rebuilt.exit()).as(rebuilt.stderr()).isZero();
        assertThat(rebuilt.json().path("job").asString()).isEqualTo("rebuild");
        assertThat(rebuilt.json().at("/files/indexed").asInt()).isEqualTo(300);
        assertThat(cascade.run("jobs", "list").stdout())
                .containsPattern("rebuild +COMPLETED +\\S+ +300 +300 +0");
        assertThat(index().path("generation").asInt()).isEqualTo(2);
        assertThat(index().path("kept").toString()).isEqualTo("[1]");
        assertThat(index().path("building").isNull()).isTrue();
        assertThat(cascade.run("verify", "--deep").exit()).isZero();

        Trees.file(root, "d00/n0000.md", "# Changed\n\nnew words\n");
        Result back = cascade.run("rebuild", "--rollback");
        assertThat(back.exit()).as(back.stderr()).isZero();
        assertThat(back.stdout()).contains("g000001 is searched again");
        assertThat(cascade.run("sync").exit()).isZero();
        assertThat(cascade.run("verify", "--deep").exit()).isZero();
        assertThat(cascade.run("run", "rebuild", "accept-failures=true").stdout())
                .startsWith("Rebuilt: ");
        assertThat(index().path("generation").asInt()).isEqualTo(3);
        assertThat(root.resolve(".cascade/index/g000002")).doesNotExist();
    }

    @Test
    void aKilledRebuildLeavesTheLiveIndexAsItIsAndIsTakenUp() throws Exception {
        Path next = root.resolve(".cascade/index/g000002");
        Process process = CascadeProcess.in(folder)
                .start("rebuild", "--root", root.toString(), "--set", "reconcile.chunk-size=2");
        while (process.isAlive() && !holdsCommit(next)) {
            Thread.sleep(2);
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        JsonNode left = index();
        assertThat(left.path("generation").asInt()).isEqualTo(1);
        int filled = left.at("/building/files").asInt();
        assertThat(filled).isBetween(1, 299);
        assertThat(left.at("/building/lacking").asInt()).isEqualTo(300 - filled);
        assertThat(cascade.run("status").stdout()).contains("building: g000002",
                "next: cascade rebuild");

        Trees.file(root, "d00/n0000.md", "# Changed\n\nnew words\n");
        Files.delete(root.resolve("d01/n0001.md"));
        assertThat(cascade.run("sync").exit()).isZero();
        assertThat(cascade.run("verify", "--deep").exit()).isZero();
        Result rebuilt = cascade.run("rebuild", "--json");
        assertThat(rebuilt.exit()).as(rebuilt.stderr()).isZero();
        assertThat(rebuilt.json().at("/files/indexed").asInt()).isLessThan(300);
        assertThat(index().path("generation").asInt()).isEqualTo(2);
        assertThat(cascade.run("verify", "--deep").exit()).isZero();

        Path elsewhere = folder.resolve("elsewhere");
        assertThat(cascade.run("sync", "--state-dir", elsewhere.toString()).exit()).isZero();
        assertThat(Described.of(Home.of(root, null)))
                .isEqualTo(Described.of(Home.of(root, elsewhere)));
    }

    @Test
    void aRunAndASearchGoOnBesideItAndItCanBeStopped() throws Exception {
        // So many that one commit for each takes far longer than all that is done meanwhile.
        Trees.notes(root, 2500);
        assertThat(cascade.run("sync").exit()).isZero();
        Path next = root.resolve(".cascade/index/g000002");
        try (CascadeProcess.Running rebuild = cascade.background("rebuild", "--set",
                "reconcile.chunk-size=1")) {
            while (rebuild.isAlive() && !holdsCommit(next)) {
                Thread.sleep(2);
            }
            assertThat(cascade.run("search", "words", "--json").json().path("hits")).isNotEmpty();
            Trees.file(root, "d00/late.md", "# Late\n\na lateword\n");
            Result sync = cascade.run("sync", "--json");
            assertThat(rebuild.isAlive()).as("the rebuild still fills").isTrue();
            assertThat(sync.exit()).as(sync.stdout()).isZero();
            assertThat(sync.json().at("/files/added").asInt()).isEqualTo(1);
            assertThat(cascade.run("search", "lateword", "--json").json().path("hits"))
                    .hasSize(1);
            Result second = cascade.run("rebuild");
            assertThat(second.exit()).isEqualTo(3);
            assertThat(second.stderr()).contains("another rebuild holds");
            Result stopped = rebuild.signal("TERM").end(Duration.ofSeconds(20));
            assertThat(stopped.exit()).isEqualTo(143);
            assertThat(stopped.stderr()).contains("next: cascade rebuild");
        }
        assertThat(cascade.run("rebuild").exit()).isZero();
        assertThat(cascade.run("search", "lateword", "--json").json().path("hits")).hasSize(1);
        assertThat(cascade.run("verify", "--deep").exit()).isZero();
    }

    @Test
    void aPersonIsAskedFirst() {
        String rebuild = "script -qec \"'%s' rebuild --root '%s'\" /dev/null"
                .formatted(CascadeProcess.launcher(), root);
        Result no = cascade.shell("echo n | " + rebuild);
        assertThat(no.stdout()).contains("Build a new generation", "nothing was done");
        assertThat(no.exit()).isEqualTo(2);
        assertThat(index().path("generation").asInt()).isEqualTo(1);
        Result yes = cascade.shell("echo y | " + rebuild);
        assertThat(yes.exit()).as(yes.stdout()).isZero();
        assertThat(index().path("generation").asInt()).isEqualTo(2);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        Result none = cascade.run("rebuild", "--rollback");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.stderr()).contains("no earlier generation is kept", "keep-generations");
        assertThat(cascade.run("run", "rebuild", "path=x").stderr()).contains("no parameter");
    }
}
