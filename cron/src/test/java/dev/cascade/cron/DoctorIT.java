package dev.cascade.cron;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.cron.schedule.Soon;
import dev.cascade.steps.MemoryTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// `cascade doctor` over sound roots and broken ones.
class DoctorIT {

    @TempDir
    Path folder;

    private Path root;
    private CascadeProcess cascade;

    @BeforeEach
    void begin() {
        root = folder.resolve("root");
        cascade = CascadeProcess.in(folder).env("CASCADE_ROOT", root.toString());
    }

    private void indexed() {
        Trees.memory(root);
        assertThat(cascade.run("sync").exit()).isZero();
    }

    private Path state(String name) {
        return root.resolve(".cascade").resolve(name);
    }

    private JsonNode json(int exit, String... more) {
        List<String> words = new ArrayList<>(List.of("doctor", "--json"));
        words.addAll(List.of(more));
        Result result = cascade.run(words.toArray(String[]::new));
        assertThat(result.exit()).as(result.stdout() + result.stderr()).isEqualTo(exit);
        assertThat(result.stderr()).isEmpty();
        return result.json();
    }

    private static JsonNode finding(JsonNode report, String check) {
        return report.path("findings")
                .valueStream()
                .filter(finding -> finding.path("check").asString().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + check + " in " + report));
    }

    private static String level(JsonNode report, String check) {
        return finding(report, check).path("level").asString();
    }

    @Test
    void aSoundRootEndsWith0AndLookingLeavesNoTrace() throws Exception {
        indexed();
        Thread.sleep(2500);
        Map<String, String> before = MemoryTree.snapshot(root);
        JsonNode report = json(0, "--deep");
        assertThat(report.propertyNames()).containsExactly("root", "verdict", "findings",
                "warnings");
        assertThat(report.path("root").asString()).isEqualTo(root.toString());
        assertThat(report.path("findings").valueStream())
                .hasSizeGreaterThan(20)
                .allSatisfy(finding -> {
                    assertThat(finding.propertyNames()).containsExactly("check", "level", "seen",
                            "details", "cure", "applied");
                    assertThat(finding.path("level").asString()).isIn("ok", "warning");
                    assertThat(finding.path("applied").isNull()).isTrue();
                });
        assertThat(finding(report, "settings").path("seen").asString()).contains("every 30s");
        assertThat(finding(report, "serving").path("seen").asString())
                .isEqualTo("no process serves the root");

        Result text = cascade.run("doctor");
        assertThat(text.exit()).isZero();
        assertThat(text.stdout()).containsPattern("(?m)^ok {7}database {9}schema version \\d")
                .contains("0 problems, ")
                .doesNotContain("\u001b");
        assertThat(text.stdout()
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .filter(word -> List.of("warning", "ok").contains(word))).isSortedAccordingTo(
                        Comparator.reverseOrder());
        assertThat(MemoryTree.snapshot(root)).isEqualTo(before);
    }

    @Test
    @Tag("SK-05")
    @Tag("SK-32")
    void aDamagedDatabaseEndsWith2AndIsLeftAsItIsWhateverIsApplied() throws IOException {
        indexed();
        byte[] garbage = "this is no database at all, ".repeat(500)
                .getBytes(StandardCharsets.UTF_8);
        Files.write(state("state.db"), garbage);
        Files.setPosixFilePermissions(state(""), PosixFilePermissions.fromString("rwxr-xr-x"));
        JsonNode report = json(2, "--apply");
        assertThat(report.path("verdict").asString()).isEqualTo("problem");
        assertThat(report.at("/findings/0/check").asString()).isEqualTo("database");
        assertThat(report.at("/findings/0/cure").asString()).contains("cascade restore FILE");
        assertThat(level(report, "index")).isEqualTo("unknown");
        assertThat(finding(report, "state_folder").path("applied").asString()).contains(
                "rwx------");
        assertThat(state("state.db")).hasBinaryContent(garbage);
        Result text = cascade.run("doctor");
        assertThat(text.exit()).isEqualTo(2);
        assertThat(text.stdout()).startsWith("problem  database ")
                .contains("cure: Put a copy back");
        assertThat(text.stderr()).isEmpty();
    }

    @Test
    @Tag("SK-11")
    @Tag("EV-12")
    void aKilledRunIsToldAndClosedByApply() throws Exception {
        Trees.notes(root, 1500);
        Process run = cascade.start("sync", "--set", "reconcile.chunk-size=5");
        Soon.expect(Duration.ofSeconds(60), "a run that writes",
                () -> Files.exists(state("state.db"))
                        && Files.isDirectory(state("index/g000001"))
                        && count(state("index/g000001")) > 8);
        JsonNode beside = json(0);
        assertThat(finding(beside, "locks").path("seen").asString()).contains(
                "a run holds the root (pid ");
        assertThat(level(beside, "executions")).isEqualTo("ok");
        run.descendants().forEach(ProcessHandle::destroyForcibly);
        run.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        Soon.expect(Duration.ofSeconds(10), "its end",
                () -> !finding(json(0), "locks").path("seen").asString().contains("pid"));

        JsonNode dead = json(0);
        assertThat(level(dead, "executions")).isEqualTo("warning");
        assertThat(finding(dead, "executions").path("cure").asString())
                .isEqualTo("cascade jobs recover");
        JsonNode applied = json(0, "--apply");
        assertThat(level(applied, "executions")).isEqualTo("ok");
        assertThat(finding(applied, "executions").path("applied").asString())
                .contains("closed as failed");
        assertThat(level(json(0), "executions")).isEqualTo("ok");
        assertThat(cascade.run("sync").exit()).isZero();
        assertThat(cascade.run("verify").exit()).isZero();
    }

    private static int count(Path folder) {
        String[] names = folder.toFile().list();
        return names == null ? 0 : names.length;
    }

    @Test
    void settingsThatCannotBeUsedAreAProblemAmongOthers() {
        indexed();
        Trees.file(root, "cascade.yaml", "cascade.schedule.reconcile.cron: 'every morning'\n");
        JsonNode misread = json(2);
        assertThat(finding(misread, "settings").path("seen").asString())
                .contains("every morning");
        assertThat(level(misread, "database")).isEqualTo("ok");
        Trees.file(root, "cascade.yaml", "cascade.no-such-key: 1\n");
        JsonNode unknown = json(2);
        assertThat(finding(unknown, "settings").path("seen").asString()).contains("no-such-key");
        assertThat(level(unknown, "tree")).isEqualTo("unknown");
        assertThat(level(unknown, "index")).isEqualTo("ok");
    }

    @Test
    void aRootThatIsGoneEndsWith2AndSoDoesNone() {
        JsonNode report = json(2);
        assertThat(report.at("/findings/0/check").asString()).isEqualTo("root");
        assertThat(report.at("/findings/0/seen").asString()).contains("does not exist");
        assertThat(root).doesNotExist();
        Result none = cascade.env("CASCADE_ROOT", null).run("doctor");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.stderr()).contains("no root: ");
    }

    @Test
    @Tag("EV-02")
    void whatThisUserMayNotReadOrWriteIsAProblem() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name"))
                && Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "needs root and setpriv, to run as a user who may not read everything");
        indexed();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(state(""), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(root.resolve("default_app"),
                PosixFilePermissions.fromString("rwx------"));
        JsonNode report = CascadeProcess.in(folder)
                .env("CASCADE_ROOT", root.toString())
                .asNobody()
                .run("doctor", "--json", "--apply")
                .json();
        assertThat(level(report, "tree")).isEqualTo("problem");
        assertThat(level(report, "state_folder")).isEqualTo("problem");
        assertThat(finding(report, "database").toString()).doesNotContain("move it away");
        assertThat(level(report, "clock")).isEqualTo("unknown");
        assertThat(level(report, "disk")).isEqualTo("ok");
        assertThat(level(report, "root")).isEqualTo("ok");
    }

    @Test
    @Tag("EV-47")
    void aLimitOfOpenFilesThatIsTooLowIsTold() {
        indexed();
        Result result = cascade.shell("ulimit -n 140; cascade doctor --json");
        assertThat(level(result.json(), "descriptors")).isEqualTo("warning");
        assertThat(finding(result.json(), "descriptors").path("seen").asString())
                .startsWith("140 files may be open");
    }

    @Test
    void aRootThatIsServedIsTold() throws Exception {
        indexed();
        FileTime longAgo = FileTime.fromMillis(0);
        Files.setLastModifiedTime(state("last-walk"), longAgo);
        try (CascadeProcess.Running serving = cascade.background("serve", "--set",
                "schedule.reconcile.every=1d")) {
            Soon.expect(Duration.ofSeconds(60), "the first walk, after which none comes soon",
                    () -> state("last-walk").toFile().lastModified() > 0);
            assertThat(finding(json(0), "serving").path("seen").asString()).contains("pid");
            Files.setLastModifiedTime(state("last-walk"), longAgo);
            JsonNode late = json(0, "--set", "schedule.reconcile.every=1h");
            assertThat(level(late, "serving")).isEqualTo("warning");
            assertThat(serving.signal("TERM").end(Duration.ofSeconds(20)).exit()).isEqualTo(143);
        }
        assertThat(finding(json(0), "serving").path("seen").asString()).startsWith("no process");
    }
}
