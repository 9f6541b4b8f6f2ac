package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.cron.CascadeProcess.Running;

import static org.assertj.core.api.Assertions.assertThat;

/// A run that is met halfway: by another process, by a signal, by death.
class TwoProcessesIT {

    private static final int FILES = 1500;
    private static final String SLOWLY = "reconcile.chunk-size=5";
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private Path root;
    private CascadeProcess cascade;

    @BeforeEach
    void begin() {
        root = Trees.notes(folder.resolve("root"), FILES);
        cascade = CascadeProcess.in(folder).env("CASCADE_ROOT", root.toString());
    }

    private Running halfway(String... more) throws Exception {
        String[] args = Stream.concat(Stream.of("sync", "--set", SLOWLY), Stream.of(more))
                .toArray(String[]::new);
        Running running = cascade.background(args);
        while (commits() < 5) {
            assertThat(running.isAlive()).as("a run that can be met halfway").isTrue();
            Thread.sleep(20);
        }
        return running;
    }

    private int commits() throws IOException {
        Path index = root.resolve(".cascade/index/g000001");
        if (!Files.isDirectory(index)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(index)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("segments_"))
                    .mapToInt(name -> Integer.parseInt(name.substring(9), 36))
                    .max()
                    .orElse(0);
        }
    }

    private void continuesAndAgrees(int execution) {
        JsonNode rest = cascade.run("jobs", "restart", Integer.toString(execution), "--json")
                .json();
        assertThat(rest.path("outcome").asString()).as(rest.toString()).isEqualTo("completed");
        assertThat(rest.at("/files/indexed").asInt()).isBetween(1, FILES - 5);
        assertThat(rest.at("/files/seen").asInt()).isEqualTo(FILES);
        Result verified = cascade.run("verify");
        assertThat(verified.exit()).as(verified.stdout()).isZero();
    }

    @Test
    @Tag("EV-32")
    @Tag("EV-35")
    void aSecondSyncIsTurnedAwayAndLookingIsNot() throws Exception {
        try (Running first = halfway()) {
            first.signal("STOP"); // so that it cannot end while we look around
            Result busy = cascade.run("sync");
            assertThat(busy.exit()).isEqualTo(3);
            assertThat(busy.stderr()).contains("another run holds", "pid ", "--wait");
            for (String words : new String[]{"fix --apply", "jobs recover", "migrate"}) {
                Result refused = cascade.run((words + " --json").split(" "));
                assertThat(refused.exit()).as(words).isEqualTo(3);
                assertThat(refused.json().at("/error/code").asInt()).isEqualTo(3);
            }
            for (int i = 0; i < 3; i++) {
                JsonNode status = cascade.run("status", "--json").json();
                assertThat(status.path("warnings")).isEmpty();
                assertThat(status.at("/index/files").asInt()).isPositive();
                assertThat(status.at("/last_run/outcome").isNull()).isTrue();
            }
            Result found = cascade.run("search", "words", "--json");
            assertThat(found.exit()).as(found.stdout()).isZero();
            assertThat(found.json().path("hits")).isNotEmpty();
            assertThat(cascade.run("jobs", "list").stdout()).contains("STARTED");
            assertThat(first.isAlive()).isTrue();

            first.signal("CONT");
            Running patient = cascade.background("sync", "--wait", "1m", "--json");
            Result stop = cascade.run("jobs", "stop", "1");
            assertThat(stop.stdout()).contains("Execution 1 is asked to stop");
            Result stopped = first.end(TEN_SECONDS);
            assertThat(stopped.exit()).isEqualTo(4);
            assertThat(stopped.stdout()).startsWith("Stopped: ");
            assertThat(stopped.stderr()).contains("next: cascade jobs restart 1");

            Result waited = patient.end(Duration.ofMinutes(1));
            assertThat(waited.exit()).as(waited.stdout()).isZero();
            assertThat(waited.json().at("/files/indexed").asInt()).isBetween(1, FILES - 5);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    @Tag("SK-01")
    void aSignalEndsARunInGoodOrder(String signal, int code) throws Exception {
        try (Running running = halfway()) {
            Result ended = running.signal(signal).end(TEN_SECONDS);
            assertThat(ended.exit()).isEqualTo(code);
            assertThat(ended.stdout()).startsWith("Stopped: ");
            assertThat(ended.stderr()).doesNotContain("unexpected", "\tat ");
        }
        JsonNode status = cascade.run("status", "--json").json();
        assertThat(status.at("/last_run/outcome").asString()).isEqualTo("stopped");
        assertThat(status.at("/queue/pending").asInt()).isPositive();
        assertThat(status.path("next_step").asString()).isEqualTo("cascade sync");
        assertThat(cascade.run("jobs", "show", "1", "--json").json().path("status").asString())
                .isEqualTo("STOPPED");
        continuesAndAgrees(1);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    @Tag("SK-01")
    @Tag("EV-53")
    void aSignalEndsARunWithinTenSecondsEvenIfItsChunkTakesLonger(String signal, int code)
            throws Exception {
        try (Running running = halfway();
                Connection other = DriverManager
                        .getConnection("jdbc:sqlite:" + root.resolve(".cascade/state.db"));
                Statement hold = other.createStatement()) {
            hold.execute("PRAGMA busy_timeout=10000");
            hold.execute("BEGIN IMMEDIATE"); // the chunk in hand waits for this up to 30 s
            long from = System.nanoTime();
            assertThat(running.signal(signal).end(TEN_SECONDS.plusSeconds(1)).exit())
                    .isEqualTo(code);
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isBetween(
                    Duration.ofSeconds(8), TEN_SECONDS);
            hold.execute("ROLLBACK");
        }
        Result next = cascade.run("sync", "--json");
        assertThat(next.exit()).as(next.stdout()).isZero();
        assertThat(next.json().at("/warnings/0").asString()).contains("was cut off");
        assertThat(cascade.run("verify").exit()).isZero();
    }

    @Test
    @Tag("EV-35")
    @Tag("HM-11")
    void ofTwoRunsThatStartAtOnceOneWorksAndTheOtherGivesWay() {
        root = Trees.notes(folder.resolve("small"), 40);
        cascade.env("CASCADE_ROOT", root.toString());
        for (int i = 0; i < 4; i++) {
            Trees.note(root, "new%d.md".formatted(i));
            try (Running one = cascade.background("sync");
                    Running other = cascade.background("sync")) {
                List<Result> both = List.of(one.end(Duration.ofMinutes(1)),
                        other.end(Duration.ofMinutes(1)));
                assertThat(both).filteredOn(ran -> ran.stdout().startsWith("Indexed")).hasSize(1);
                assertThat(both).allSatisfy(ran -> {
                    assertThat(ran.exit()).as(ran.stderr()).isIn(0, 3);
                    assertThat(ran.exit() == 3 || !ran.stdout().isEmpty()).isTrue();
                    assertThat(ran.stdout() + ran.stderr()).doesNotContain("SQLITE", "locked",
                            "\tat ");
                });
            }
        }
        assertThat(cascade.run("jobs", "list").stdout()).doesNotContain("STARTED", "FAILED");
        assertThat(cascade.run("verify").exit()).isZero();
    }

    @Test
    @Tag("SK-01")
    @Tag("SK-02")
    void theLockDiesWithItsProcess() throws Exception {
        try (Running running = halfway()) {
            assertThat(running.signal("KILL").end(TEN_SECONDS).exit()).isEqualTo(137);
        }
        assertThat(cascade.run("status").stdout()).contains("last run: reconcile",
                "running or cut off");
        Result dead = cascade.run("jobs", "stop", "1");
        assertThat(dead.exit()).isEqualTo(2);
        assertThat(dead.stderr()).contains("its process died", "cascade jobs restart 1");
        Result recovered = cascade.run("jobs", "recover");
        assertThat(recovered.exit()).isZero();
        assertThat(recovered.stdout()).containsPattern(
                "the run of reconcile that began at .* was cut off; \\d+ files it left");
        continuesAndAgrees(1);
    }

    @Test
    @Tag("SK-01")
    void syncAfterADeathContinuesAndSaysWhatWasLeft() throws Exception {
        try (Running running = halfway()) {
            running.signal("KILL").end(TEN_SECONDS);
        }
        Result next = cascade.run("sync", "--json");
        assertThat(next.exit()).isZero();
        assertThat(next.json().at("/warnings/0").asString()).contains("was cut off");
        assertThat(next.json().at("/files/indexed").asInt()).isBetween(1, FILES - 5);
        assertThat(cascade.run("jobs", "list", "--json")
                .json()
                .path("executions")
                .valueStream()
                .map(execution -> execution.path("status").asString()))
                .containsExactly("COMPLETED", "FAILED");
    }

    @Test
    void aSignalEndsWaitingForTheLock() throws Exception {
        try (Running running = halfway();
                Running waiting = cascade.background("sync", "--wait", "5m")) {
            Thread.sleep(2500);
            assertThat(waiting.isAlive()).isTrue();
            assertThat(waiting.signal("INT").end(Duration.ofSeconds(5)).exit()).isEqualTo(130);
            assertThat(running.isAlive()).isTrue();
        }
    }
}
