package dev.cascade.cron;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.cron.CascadeProcess.Running;
import dev.cascade.cron.schedule.Soon;

import static org.assertj.core.api.Assertions.assertThat;

/// `cascade serve` as systemd would start it: a process that runs until it is told to end.
class ServeIT {

    private static final Duration START = Duration.ofSeconds(40);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
    private static final String NEVER = "schedule.reconcile.every=1d";
    private static final String OFTEN = "schedule.reconcile.every=1s";

    @TempDir
    Path folder;

    private Path root;
    private CascadeProcess cascade;

    @BeforeEach
    void begin() {
        root = folder.resolve("root");
        Trees.note(root, "first.md");
        cascade = CascadeProcess.in(folder);
        assertThat(cascade.run("sync", "--root", root.toString()).exit()).isZero();
    }

    private Running serve(String... more) {
        return cascade.background(Stream.concat(Stream.of("serve"), Stream.of(more))
                .toArray(String[]::new));
    }

    private Running serving(String... more) {
        Running running = serve(Stream.concat(Stream.of("--root", root.toString()),
                Stream.of(more)).toArray(String[]::new));
        says(running, root + ": reconcile ", START);
        return running;
    }

    private static void says(Running running, String what, Duration limit) {
        Soon.expect(limit, () -> "'%s'; it said:%n%s%n%s".formatted(what, running.stdout(),
                running.stderr()),
                () -> (running.stdout() + running.stderr()).contains(what));
    }

    private void indexes(Running running, String note, Duration limit) {
        long before = running.stdout().lines().count();
        Trees.note(root, note);
        Soon.expect(limit, "a run for " + note,
                () -> running.stdout().lines().count() > before);
    }

    private Result cascade(String words) {
        List<String> args = new ArrayList<>(List.of(words.split(" ")));
        args.add("--root");
        args.add(root.toString());
        return cascade.run(args.toArray(String[]::new));
    }

    private int commits() {
        try (Stream<Path> files = Files.list(root.resolve(".cascade/index/g000001"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("segments_"))
                    .mapToInt(name -> Integer.parseInt(name.substring(9), 36))
                    .max()
                    .orElse(0);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private List<String> skips() throws SQLException {
        List<String> skips = new ArrayList<>();
        try (Connection database = DriverManager
                .getConnection("jdbc:sqlite:" + root.resolve(".cascade/state.db"));
                Statement ask = database.createStatement();
                ResultSet rows = ask.executeQuery(
                        "SELECT skip_reason FROM run WHERE skip_reason IS NOT NULL ORDER BY run")) {
            while (rows.next()) {
                skips.add(rows.getString(1));
            }
        }
        return skips;
    }

    @Test
    @Tag("EV-03")
    @Tag("EV-23")
    @Tag("SK-01")
    void aChangeIsFoundAtTheIntervalAndCtrlCEndsIt() {
        try (Running running = serving("--set", OFTEN)) {
            indexes(running, "second.md", LIMIT);
            assertThat(running.stdout()).containsPattern(
                    "^\\S+Z \\S+/root reconcile completed: 1 new, 0 modified, 0 deleted, 1 unchanged");
            Soon.pause(Duration.ofSeconds(3));
            assertThat(running.stdout()).as("runs that find nothing are not told").hasLineCount(1);
            long from = System.nanoTime();
            Result ended = running.signal("INT").end(TEN_SECONDS);
            assertThat(ended.exit()).isEqualTo(130);
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(TEN_SECONDS);
            assertThat(ended.stderr()).as("where the page is, and that it serves").hasLineCount(2);
        }
        assertThat(cascade("jobs list").stdout().lines().filter(line -> line.contains("COMPLETED")))
                .as("runs that find nothing launch nothing")
                .hasSize(2);
        assertThat(cascade("verify").exit()).isZero();
    }

    @Test
    @Tag("IAI-10")
    void aRequestIsAnsweredWithinASecondOrTwo() throws Exception {
        try (Running running = serving("--set", NEVER)) {
            Soon.pause(Duration.ofSeconds(2)); // so that the walk of the start is over
            Trees.note(root, "second.md");
            Soon.pause(Duration.ofSeconds(2));
            assertThat(running.stdout()).as("no interval is near").isEmpty();
            Files.writeString(root.resolve(".cascade/run-request"), "");
            isTakenUp();
            says(running, "1 new", LIMIT);

            Trees.note(root, "third.md");
            Result asked = cascade("sync --request");
            assertThat(asked.exit()).as(asked.stderr()).isZero();
            isTakenUp();
            Soon.expect(LIMIT, "another run", () -> running.stdout().lines().count() == 2);
        }
    }

    /// The run begins by taking the request away; how long it then takes is another matter.
    private void isTakenUp() {
        Soon.expect(Duration.ofSeconds(3), "the beginning of a run",
                () -> Files.notExists(root.resolve(".cascade/run-request")));
    }

    @Test
    @Tag("EV-42")
    void statusTellsTheNextFiringWhileItIsServedAndASecondServeIsRefused() {
        assertThat(cascade("status --json").stdout()).contains("\"next_firing\":null");
        try (Running running = serving("--set", NEVER)) {
            Path shown = root.resolve(".cascade/serving");
            Soon.expect(LIMIT, "its name", () -> Files.exists(shown));
            assertThat(cascade("status").stdout()).containsPattern("next firing: \\S+Z");
            Result second = cascade("serve");
            assertThat(second.exit()).as(second.stderr()).isEqualTo(2);
            assertThat(second.stderr()).contains("served by another process already (pid ");
            running.signal("TERM").end(TEN_SECONDS);
            assertThat(shown).doesNotExist();
        }
        assertThat(cascade("status").stdout()).doesNotContain("next firing");
    }

    @Test
    void aRequestIsNeverNarrowedDown() {
        Result result = cascade("sync --request --full");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.stderr()).contains("never narrowed down");
        assertThat(root.resolve(".cascade/run-request")).doesNotExist();
    }

    @Test
    @Tag("SK-06")
    @Tag("IAI-16")
    void whilePausedNothingRunsAndTheHistorySaysSoOnce() throws Exception {
        try (Running running = serving("--set", OFTEN)) {
            assertThat(cascade("pause --reason moving").exit()).isZero();
            says(running, "paused: moving", LIMIT);
            Trees.note(root, "second.md");
            Soon.pause(Duration.ofSeconds(4));
            assertThat(running.stdout()).isEmpty();
            assertThat(skips()).containsExactly("paused: moving");
            assertThat(cascade("resume").exit()).isZero();
            says(running, "1 new", LIMIT);
            assertThat(skips()).hasSize(1);
            assertThat(running.stderr()).containsOnlyOnce("paused: moving");
        }
    }

    @Test
    @Tag("EV-42")
    @Tag("EV-54")
    @Tag("IAI-04")
    void whileAnotherProcessHoldsTheRootAFiringIsSkippedAndOneRunFollows() throws Exception {
        Trees.notes(root, 1500);
        try (Running other = cascade.background("sync", "--root", root.toString(), "--set",
                "reconcile.chunk-size=5")) {
            Soon.expect(START, "a run halfway", () -> commits() > 5);
            other.signal("STOP");
            try (Running running = serving("--set", NEVER)) {
                says(running, "another run holds", LIMIT);
                Soon.pause(Duration.ofSeconds(6));
                assertThat(skips()).singleElement().asString().contains("another run holds", "pid");
                assertThat(running.stdout()).isEmpty();
                other.signal("CONT").signal("TERM").end(TEN_SECONDS);
                says(running, "reconcile completed", START.plus(START));
                assertThat(running.stdout()).hasLineCount(1);
                assertThat(running.stderr()).containsOnlyOnce("another run holds");
            }
        }
        assertThat(cascade("verify").exit()).isZero();
    }

    @Test
    void aBadSettingsFileKeepsTheScheduleAndAGoodOneIsTakenOver() throws Exception {
        Path user = Files.writeString(folder.resolve("user.yaml"), "");
        try (Running running = serving("--config", user.toString())) {
            Path settings = root.resolve("cascade.yaml");
            Files.writeString(settings, "cascade.schedule.reconcile.every: 1s\n");
            says(running, "cascade.schedule.reconcile.every is now 1s instead of 30s (" + settings,
                    LIMIT);
            indexes(running, "second.md", LIMIT);
            Files.writeString(settings, "cascade.schedule.reconcile.every: 10ms\n");
            says(running, "these settings are not taken: cascade.schedule.reconcile.every is 10ms",
                    LIMIT);
            indexes(running, "third.md", LIMIT);
            Files.writeString(settings, "cascade.schedule.reconcile.cron: 0 3 * * *\n");
            says(running, "has 5 fields instead of 6 or 7", LIMIT);
            Files.delete(user);
            says(running, "not taken: --config " + user + ": there is no such file", LIMIT);
            indexes(running, "fourth.md", LIMIT);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "schedule.reconcile.every=900ms | the shortest interval is 1s",
            "schedule.reconcile.cron=0 3 * * * | cascade.schedule.reconcile.cron is '0 3 * * *', which has 5 fields",
            "schedule.backup.cron=0 0 3 31 2 ? | which never comes",
            "schedule.verify.cron=0 0 25 * * ? | such as 0 30 3 * * ?",
            "schedule.reconcile.evry=1s | Did you mean cascade.schedule.reconcile.every?"})
    @Tag("HM-14")
    void whatCannotBeScheduledIsRefusedAtOnce(String setting, String why) {
        Result result = cascade.run("serve", "--root", root.toString(), "--set", setting);
        assertThat(result.exit()).as(result.stderr()).isEqualTo(2);
        assertThat(result.stderr()).contains(why);
        assertThat(result.stderr().lines()).hasSizeLessThanOrEqualTo(3);
        assertThat(result.stdout()).isEmpty();
        assertThat(cascade.run("config", "show", "--root", root.toString(), "--set", setting))
                .as("config show agrees")
                .isEqualTo(result);
    }

    @Test
    @Tag("HM-13")
    void ofTwoRootsOneVanishesAndTheOtherGoesOn() throws Exception {
        Path other = folder.resolve("other");
        Trees.note(other, "o.md");
        assertThat(cascade.run("sync", "--root", other.toString()).exit()).isZero();
        Path elsewhere = folder.resolve("elsewhere");
        try (Running running = serving("--root", other.toString(), "--set", OFTEN)) {
            says(running, other + ": reconcile every 1s", LIMIT);
            Files.move(other, elsewhere);
            says(running, other + ": the root " + other + " does not exist.", LIMIT);
            indexes(running, "second.md", LIMIT);
            indexes(running, "third.md", LIMIT);
            Trees.note(elsewhere, "new.md");
            Files.move(elsewhere, other);
            says(running, other + ": the trouble is over", LIMIT);
            says(running, other + " reconcile completed: 1 new", LIMIT);
            Result ended = running.signal("TERM").end(TEN_SECONDS);
            assertThat(ended.exit()).isEqualTo(143);
            assertThat(ended.stderr()).containsOnlyOnce("does not exist")
                    .containsOnlyOnce("the trouble is over");
        }
    }

    @Test
    @Tag("HM-13")
    void aRootWithBadSettingsIsServedOnceTheyAreMended() throws Exception {
        Path other = folder.resolve("other");
        Trees.note(other, "o.md");
        assertThat(cascade.run("sync", "--root", other.toString()).exit()).isZero();
        Files.writeString(other.resolve("cascade.yaml"), "cascade.layuot: notes\n");
        try (Running running = serving("--root", other.toString(), "--set", OFTEN)) {
            says(running, other + ": these settings are not taken", LIMIT);
            indexes(running, "second.md", LIMIT);
            Files.writeString(other.resolve("cascade.yaml"), "cascade.layout: notes\n");
            says(running, other + ": reconcile every 1s", LIMIT);
        }
    }

    @Test
    @Tag("SK-01")
    @Tag("EV-53")
    void aSignalEndsTheChunkInHandAndTheNextStartSaysWhatWasLeft() throws Exception {
        Trees.notes(root, 1500);
        String slowly = "reconcile.chunk-size=5";
        try (Running running = serving("--set", NEVER, "--set", slowly)) {
            Soon.expect(START, "a run halfway", () -> commits() > 5);
            Result ended = running.signal("TERM").end(TEN_SECONDS);
            assertThat(ended.exit()).isEqualTo(143);
            assertThat(ended.stdout()).contains("reconcile stopped: ").hasLineCount(1);
            assertThat(ended.stderr()).doesNotContain("\tat ", "unexpected");
        }
        try (Running next = serving("--set", NEVER)) {
            says(next, "files are owed; the last run was stopped", LIMIT);
            says(next, "reconcile completed", START);
        }
        assertThat(cascade("verify").exit()).isZero();
    }

    @Test
    void withJsonEachRunIsAnObjectOnALineOfItsOwn() throws Exception {
        try (Running running = serving("--set", OFTEN, "--json")) {
            indexes(running, "second.md", LIMIT);
            indexes(running, "third.md", LIMIT);
            List<JsonNode> runs = running.stdout()
                    .lines()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .toList();
            assertThat(runs).hasSize(2).allSatisfy(run -> {
                assertThat(run.propertyNames()).containsExactly("at", "root", "run");
                assertThat(run.path("root").asString()).isEqualTo(root.toString());
                assertThat(run.at("/run/outcome").asString()).isEqualTo("completed");
                assertThat(run.at("/run/files/added").asInt()).isEqualTo(1);
            });
        }
    }

    @Test
    @Tag("IAI-01")
    void askingForTheStatusIsNoActivity() {
        long before = modified("last-walk");
        try (Running running = serving("--set", NEVER)) {
            Soon.expect(LIMIT, "the walk of the start", () -> modified("last-walk") > before);
            long walked = modified("last-walk");
            for (int i = 0; i < 3; i++) {
                assertThat(cascade("status").exit()).isZero();
                assertThat(cascade("search note").exit()).isZero();
            }
            Soon.pause(Duration.ofSeconds(2));
            assertThat(modified("last-walk")).isEqualTo(walked);
            assertThat(running.stdout()).isEmpty();
        }
    }

    private long modified(String file) {
        try {
            return Files.getLastModifiedTime(root.resolve(".cascade").resolve(file)).toMillis();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Test
    void onlyServeTakesSeveralRoots() {
        Result result = cascade("status --root " + folder);
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.stderr()).contains("--root is given more than once");
    }
}
