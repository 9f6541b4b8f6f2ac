package dev.cascade.cron;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.cron.CascadeProcess.Running;
import dev.cascade.cron.schedule.Soon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// Comparing, keeping house, copying and putting back, as a user does it.
class SoundIT {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private Path root;
    private CascadeProcess cascade;

    @BeforeEach
    void anIndexedRoot() {
        root = Trees.notes(folder.resolve("root"), 20);
        cascade = CascadeProcess.in(folder).env("CASCADE_ROOT", root.toString());
        assertThat(cascade.run("sync").exit()).isZero();
    }

    private List<Path> copies(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.sorted().toList();
        }
    }

    private JsonNode task(String name) {
        return cascade.run("status", "--json")
                .json()
                .path("maintenance")
                .valueStream()
                .filter(task -> task.path("task").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Tag("SK-30")
    @Tag("SK-31")
    void aCopyIsMadePutBackAndWhatChangedSinceIsTakenUp() throws Exception {
        Path disk = folder.resolve("disk");
        JsonNode copied = cascade.run("backup", "--to", disk.toString(), "--json").json();
        Path copy = Path.of(copied.path("file").asString());
        assertThat(copies(disk)).containsExactly(copy);
        assertThat(copied.path("bytes").asLong()).isEqualTo(Files.size(copy));
        Trees.note(root, "late.md");
        Files.delete(root.resolve("d00/n0000.md"));
        assertThat(cascade.run("sync").exit()).isZero();
        Result restored = cascade.run("restore", copy.toString());
        assertThat(restored.exit()).as(restored.stderr()).isZero();
        assertThat(restored.stdout()).contains("is in place, with what was known at ");
        assertThat(restored.stderr()).contains("before-restore", "every file",
                "next: cascade sync");
        assertThat(cascade.run("status", "--json").json().at("/index/as_of").isNull()).isTrue();
        assertThat(cascade.run("sync").exit()).isZero();
        assertThat(cascade.run("verify", "--deep").exit()).isZero();
        assertThat(cascade.run("search", "\"late.md\"", "--paths").stdout()).contains("late.md");
    }

    @Test
    @Tag("SK-31")
    void nothingIsReplacedWhileSomeoneHoldsTheRootAndCopiesAreMadeAllTheSame() throws Exception {
        Path copy = Path.of(cascade.run("backup", "--json").json().path("file").asString());
        Trees.notes(root, 1500);
        try (Running run = cascade.background("sync", "--set", "reconcile.chunk-size=5")) {
            Soon.expect(LIMIT, "a run under way",
                    () -> cascade.run("status", "--json").json().at("/queue/pending").asInt() > 0);
            run.signal("STOP");
            Result refused = cascade.run("restore", copy.toString());
            assertThat(refused.exit()).isEqualTo(3);
            assertThat(refused.stderr()).contains("another run holds");
            Result beside = cascade.run("backup");
            assertThat(beside.exit()).as(beside.stderr()).isZero();
            assertThat(cascade.run("run", "tend").exit()).isEqualTo(3);
            assertThat(cascade.run("verify", "--repair").exit()).isEqualTo(3);
            Result compared = cascade.run("run", "verify");
            assertThat(compared.exit()).as("what is pending differs").isEqualTo(6);
            run.signal("CONT");
            assertThat(run.end(LIMIT).exit()).isZero();
        }
        assertThat(task("verify").path("status").asString()).as("and nobody is surprised by it")
                .isEqualTo("done");
        assertThat(cascade.run("verify").exit()).isZero();
    }

    @Test
    @Tag("EV-38")
    @Tag("SK-20")
    void whatDiffersIsMadeOwedAndThenInStepAgain() {
        Trees.note(root, "new.md");
        Result repaired = cascade.run("verify", "--repair");
        assertThat(repaired.exit()).isEqualTo(6);
        assertThat(repaired.stdout()).contains("missing", "new.md", "Different: 1 of 21 files");
        assertThat(repaired.stderr()).contains("next: cascade sync");
        assertThat(cascade.run("sync").exit()).isZero();
        JsonNode run = cascade.run("run", "verify", "deep=true", "--json").json();
        assertThat(run.path("job").asString()).isEqualTo("verify");
        assertThat(run.path("outcome").asString()).isEqualTo("completed");
        assertThat(run.at("/files/seen").asInt()).isEqualTo(21);
        assertThat(cascade.run("status").stdout()).contains("last verify: done",
                "21 files compared, 0 differ");
    }

    @Test
    void aCopyForWhichThereIsNoRoomIsToldAndNothingIsLeftOfIt() throws Exception {
        Path disk = folder.resolve("disk");
        Result mounted = cascade.shell(
                "mkdir disk && mount -t tmpfs -o size=64k tmpfs disk && touch disk/is-mounted");
        assumeTrue(mounted.exit() == 0, "needs a tmpfs mount: " + mounted.stderr());
        try {
            Result full = cascade.run("backup", "--to", disk.toString());
            assertThat(full.exit()).isEqualTo(1);
            assertThat(full.stderr()).contains("No space left", "Make room");
            assertThat(copies(disk)).containsExactly(disk.resolve("is-mounted"));
        } finally {
            cascade.shell("umount disk");
        }
        assertThat(cascade.run("status").stdout()).contains("health: at-risk", "backup failed");
        assertThat(cascade.run("backup").exit()).isZero();
        assertThat(cascade.run("status").stdout()).contains("health: healthy");
    }

    @Test
    void whatIsNoCopyOfThisRootIsRefused() throws Exception {
        assertThat(cascade.run("restore", "nowhere.db").exit()).isEqualTo(2);
        Path text = Trees.file(folder, "text.db", "hello");
        Result refused = cascade.run("restore", text.toString());
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.stderr()).doesNotContain("\tat ");
        assertThat(cascade.run("verify").exit()).isZero();
        Result inTheTree = cascade.run("backup", "--to", root.resolve("copies").toString());
        assertThat(inTheTree.exit()).isEqualTo(2);
        assertThat(inTheTree.stderr()).contains("where nothing is written");
    }

    @Test
    @Tag("EV-50")
    @Tag("EV-59")
    void onAScheduleAllOfItHappensByItselfAndShows() throws Exception {
        Path disk = folder.resolve("disk");
        try (Running serve = cascade.background("serve", "--set", "schedule.backup.every=1s",
                "--set", "schedule.verify.every=1s", "--set", "schedule.tend.every=1s", "--set",
                "backup.folder=" + disk, "--set", "backup.keep=2");
                HttpClient client = HttpClient.newHttpClient()) {
            Soon.expect(LIMIT, "more copies than are kept; it said:\n" + serve.stderr(),
                    () -> serve.stdout()
                            .lines()
                            .filter(line -> line.contains("backup completed"))
                            .count() > 3);
            Soon.expect(LIMIT, "a comparison",
                    () -> serve.stdout().contains("verify completed: 20"));
            Soon.expect(LIMIT, "a house that is kept",
                    () -> serve.stdout().contains("tend completed"));
            assertThat(copies(disk).stream()
                    .filter(file -> file.toString().endsWith("Z.db"))).hasSizeBetween(2, 3);
            Result refused = cascade.run("restore", copies(disk).getFirst().toString());
            assertThat(refused.exit()).isEqualTo(3);
            assertThat(refused.stderr()).contains("is served by a process", "End it first");
            URI page = PageIT.address(serve);
            String metrics = client
                    .send(HttpRequest.newBuilder(page.resolve("actuator/prometheus")).build(),
                            BodyHandlers.ofString())
                    .body();
            assertThat(metrics).containsPattern(
                    "cascade_task_last_success_timestamp_seconds\\{root=\"root\",task=\"backup\"\\} 1\\.")
                    .containsPattern(
                            "cascade_task_failures\\{root=\"root\",task=\"vacuum\"\\} 0\\.0");
            serve.signal("TERM");
            assertThat(serve.end(Duration.ofSeconds(10)).exit()).isEqualTo(143);
            assertThat(serve.stderr()).doesNotContain("fail", "error");
        }
        assertThat(cascade.run("verify", "--deep").exit()).isZero();
    }
}
