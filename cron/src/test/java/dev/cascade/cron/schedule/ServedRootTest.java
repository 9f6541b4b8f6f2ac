package dev.cascade.cron.schedule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.config.Home;
import dev.cascade.config.Schedule;
import dev.cascade.config.Settings;
import dev.cascade.jobs.Decisions;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunRequest;
import dev.cascade.jobs.Status;
import dev.cascade.steps.embed.EmbeddingEndpoint;

import static dev.cascade.cron.schedule.ScheduledJob.RECONCILE;
import static org.assertj.core.api.Assertions.assertThat;

/// What becomes of the firings of a root, with a clock that the test moves.
class ServedRootTest {

    /// Later than any file is written: one that seems newer than its reading is read again.
    private static final Instant NOON = Instant.parse("2100-03-04T12:00:00Z");

    @TempDir
    Path folder;

    private final MovingClock clock = new MovingClock();
    private final Recorded journal = new Recorded();
    private Home home;
    private ServedRoot root;
    private Schedules schedules;

    /// A clock that stands still until the test moves it.
    private static final class MovingClock extends Clock {

        private Instant now = NOON;

        void set(Instant to) {
            now = to;
        }

        void move(Duration on) {
            now = now.plus(on);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody asks for it");
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /// What was told, a line each.
    private static final class Recorded implements Journal {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void serves(Path root, Schedule schedule) {
            lines.add("serves " + schedule.reconcile().told());
        }

        @Override
        public void left(Path root, String what) {
            lines.add("left " + what);
        }

        @Override
        public void ran(Path root, RunReport report, List<String> warnings) {
            lines.add("ran %s, %d indexed%s".formatted(report.outcome(), report.files().indexed(),
                    warnings.isEmpty() ? "" : " " + warnings));
        }

        @Override
        public void skips(Path root, String reason, String remedy) {
            lines.add("skips " + reason);
        }

        @Override
        public void troubled(Path root, String what, String remedy) {
            lines.add("troubled " + what);
        }

        @Override
        public void mended(Path root) {
            lines.add("mended");
        }

        @Override
        public void changed(Path root, List<Change> changes) {
            changes.forEach(change -> lines.add("changed %s %s to %s by %s".formatted(change.key(),
                    change.before(), change.after(),
                    Path.of(change.origin()).getFileName())));
        }

        @Override
        public void refused(Path root, String what, String remedy) {
            lines.add("refused " + what);
        }

        @Override
        public void warned(Path root, String warning) {
            lines.add("warned " + warning);
        }

        List<String> taken() {
            List<String> taken = List.copyOf(lines);
            lines.clear();
            return taken;
        }
    }

    private ServedRoot served() {
        return new ServedRoot(home, 1, new SettingsSource() {

            @Override
            public Settings load(Home of) {
                return Settings.load(null, of.settingsFile(), Map.of(), Map.of());
            }

            @Override
            public List<Path> files(Home of) {
                return List.of(of.settingsFile());
            }
        }, journal, ObservationRegistry.NOOP, clock);
    }

    @BeforeEach
    void aRootWithOneNote() throws Exception {
        home = Home.of(Files.createDirectory(folder.resolve("root")), null);
        write("a.md", "# A\n\none\n");
        new Jobs(home, Settings.load(null, null, Map.of(), Map.of()).properties(), clock)
                .reconcile(ReconcileRequest.everything(), Duration.ZERO);
        root = served();
        schedules = new Schedules(Map.of(root.name(), root::fire), Clock.systemUTC());
    }

    @AfterEach
    void end() {
        schedules.close();
    }

    private void write(String path, String text) throws IOException {
        Files.writeString(home.root().resolve(path), text);
    }

    private void look() {
        root.look(schedules).ifPresent(root::refuse);
    }

    private void fire() {
        clock.move(Duration.ofSeconds(30));
        root.fire(RECONCILE);
    }

    private List<String> skips() throws SQLException {
        List<String> skips = new ArrayList<>();
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + home.database());
                Statement ask = database.createStatement();
                ResultSet rows = ask.executeQuery(
                        "SELECT skip_reason FROM run WHERE skip_reason IS NOT NULL ORDER BY run")) {
            while (rows.next()) {
                skips.add(rows.getString(1));
            }
        }
        return skips;
    }

    private Decisions decisions() {
        return new Decisions(home, Settings.load(null, null, Map.of(), Map.of()).properties(),
                clock);
    }

    @Test
    @Tag("EV-03")
    @Tag("IAI-16")
    void aFiringFindsWhatChangedAndOneThatFindsNothingWritesNothing() throws Exception {
        look();
        write("b.md", "# B\n\ntwo\n");
        fire();
        long written = Files.getLastModifiedTime(home.database()).toMillis();
        Status before = Status.of(home, clock);
        fire();
        fire();
        assertThat(journal.taken()).containsExactly("serves every 30s", "ran COMPLETED, 1 indexed",
                "ran COMPLETED, 0 indexed", "ran COMPLETED, 0 indexed");
        assertThat(Status.of(home, clock).lastRun()).isEqualTo(before.lastRun());
        assertThat(Files.getLastModifiedTime(home.database()).toMillis()).isEqualTo(written);
        assertThat(Files.getLastModifiedTime(home.lastWalk()).toInstant())
                .isEqualTo(clock.instant());
    }

    @Test
    @Tag("EV-35")
    @Tag("IAI-01")
    void firingsThatFindNothingWriteNothingButTheTimeOfTheLastWalk() throws Exception {
        look();
        fire();
        SortedMap<String, String> before = state();
        Instant walked = Files.getLastModifiedTime(home.lastWalk()).toInstant();
        for (int i = 0; i < 20; i++) {
            look();
            fire();
        }
        assertThat(state()).isEqualTo(before).hasSizeGreaterThan(5);
        assertThat(Files.getLastModifiedTime(home.lastWalk()).toInstant())
                .isEqualTo(walked.plus(Duration.ofSeconds(30).multipliedBy(20)));
        assertThat(journal.taken()).hasSize(22)
                .allMatch(
                        line -> line.equals("serves every 30s")
                                || line.equals("ran COMPLETED, 0 indexed"));
    }

    @Test
    @Tag("IAI-16")
    void aPauseThatIsRecordedWritesNothingMore() throws Exception {
        look();
        decisions().pause("moving house", null);
        fire();
        SortedMap<String, String> before = state();
        fire();
        fire();
        assertThat(state()).isEqualTo(before);
    }

    /// Every file and folder of Cascade's own, but for the time of the last walk: which it is, how long, and
    /// when anything about it changed last.
    private SortedMap<String, String> state() throws IOException {
        SortedMap<String, String> seen = new TreeMap<>();
        try (Stream<Path> below = Files.walk(home.state())) {
            for (Path path : below.filter(path -> !path.equals(home.lastWalk())).toList()) {
                seen.put(home.root().relativize(path).toString(),
                        Files.readAttributes(path, "unix:ino,size,lastModifiedTime,ctime")
                                .toString());
            }
        }
        return seen;
    }

    @Test
    @Tag("EV-03")
    void theFirstFiringComesWithTheFirstLookHoweverLongTheInterval() throws Exception {
        write("cascade.yaml", "cascade.schedule.reconcile.every: 365d\n");
        write("b.md", "# B\n\ntwo\n");
        clock.move(Duration.ofSeconds(30));
        schedules.start();
        look();
        Soon.expect(Duration.ofSeconds(10), "a run", () -> journal.lines.size() > 1);
        assertThat(journal.taken()).containsExactly("serves every 365d",
                "ran COMPLETED, 1 indexed");
    }

    @Test
    @Tag("SK-06")
    @Tag("SK-08")
    @Tag("IAI-16")
    void aPauseIsTakenDownOnceHoweverLongItLastsAndAnyLookAtTheTreeClearsIt() throws Exception {
        look();
        decisions().pause("moving house", null);
        write("b.md", "# B\n\ntwo\n");
        fire();
        fire();
        fire();
        assertThat(skips()).containsExactly("paused: moving house");
        assertThat(journal.taken()).containsExactly("serves every 30s",
                "skips skipped: paused: moving house");
        assertThat(Status.of(home, clock).lastRun()).extracting(Status.LastRun::skipReason)
                .isEqualTo("paused: moving house");
        decisions().resume(false);
        fire();
        fire();
        decisions().pause("once more", null);
        fire();
        assertThat(skips()).containsExactly("paused: moving house", "paused: once more");
        decisions().resume(false);
        fire();
        assertThat(Status.of(home, clock).lastRun()).extracting(Status.LastRun::outcome)
                .as("the firing after it found nothing to do, so it is no news any more")
                .isEqualTo("completed");
        assertThat(journal.taken()).containsExactly("ran COMPLETED, 1 indexed",
                "ran COMPLETED, 0 indexed", "skips skipped: paused: once more",
                "ran COMPLETED, 0 indexed");
    }

    @Test
    @Tag("IAI-16")
    void inQuietHoursNothingBeginsAndAfterThemTheNextFiringRuns() throws Exception {
        write("cascade.yaml", "cascade.schedule.quiet-hours: \"12:01-13:00\"\n");
        look();
        fire();
        write("b.md", "# B\n\ntwo\n");
        fire();
        fire();
        assertThat(skips()).containsExactly("quiet hours until 13:00 UTC");
        clock.move(Duration.ofHours(1));
        fire();
        assertThat(journal.taken()).containsExactly("serves every 30s", "ran COMPLETED, 0 indexed",
                "skips skipped: quiet hours until 13:00 UTC", "ran COMPLETED, 1 indexed");
    }

    @Test
    @Tag("EV-42")
    @Tag("EV-54")
    @Tag("IAI-04")
    void aRootThatIsHeldIsSkippedWithTheReasonAndMadeUpForByOneRun() throws Exception {
        look();
        write("b.md", "# B\n\ntwo\n");
        try (RunLock _ = RunLock.take(home.lock(), Duration.ZERO)) {
            fire();
            fire();
            fire();
            assertThat(skips()).singleElement().asString().startsWith("another run holds");
        } catch (Held ex) {
            throw new AssertionError(ex);
        }
        assertThat(journal.taken()).hasSize(2)
                .element(1)
                .asString()
                .startsWith("skips another run holds");
        assertThat(RunRequest.of(home).left()).isPresent();
        schedules.start();
        look();
        Soon.expect(Duration.ofSeconds(10), "a run", () -> journal.lines.size() > 0);
        assertThat(journal.taken().getFirst()).isEqualTo("ran COMPLETED, 1 indexed");
        assertThat(RunRequest.of(home).left()).isEmpty();
    }

    @Test
    @Tag("IAI-10")
    void aRequestIsTakenAwayBeforeTheWalkAndALaterOneIsNotLost() throws Exception {
        look();
        RunRequest request = RunRequest.of(home);
        request.leave(clock.instant());
        root.fire(RECONCILE);
        assertThat(request.left()).isEmpty();
        decisions().pause("moving house", null);
        request.leave(clock.instant());
        fire();
        assertThat(request.left()).as("it waits for the end of the pause").isPresent();
        decisions().resume(false);
        fire();
        assertThat(request.left()).isEmpty();
    }

    @Test
    @Tag("EV-19")
    @Tag("HM-08")
    @Tag("HM-13")
    void aRootThatIsNotMountedIsToldOnceWhenItGoesAndOnceWhenItComesBack() throws Exception {
        write("cascade.yaml", "cascade.schedule.reconcile.every: 45s\n");
        look();
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(home.root(), elsewhere);
        look();
        fire();
        fire();
        look();
        Files.createDirectory(home.root()); // the mount point without its disk
        look();
        fire();
        fire();
        assertThat(home.root()).isEmptyDirectory();
        Files.delete(home.root());
        Files.move(elsewhere, home.root());
        look();
        fire();
        fire();
        assertThat(journal.taken()).containsExactly("serves every 45s",
                "troubled the root %s does not exist".formatted(home.root()),
                "troubled %s holds no state".formatted(home.state()), "mended",
                "ran COMPLETED, 0 indexed", "ran COMPLETED, 0 indexed");
    }

    @Test
    void otherSettingsAreTakenOverAndItIsSaidWhatChanged() throws Exception {
        look();
        look();
        write("cascade.yaml", "# only a remark\n");
        look();
        assertThat(journal.taken()).containsExactly("serves every 30s");
        write("cascade.yaml",
                "cascade: {schedule: {reconcile: {every: 5m}}, reconcile: {chunk-size: 7}}\n");
        look();
        assertThat(journal.taken()).containsExactly(
                "changed cascade.reconcile.chunk-size 5000 to 7 by cascade.yaml",
                "changed cascade.schedule.reconcile.every 30s to 5m by cascade.yaml");
    }

    @Test
    void aBadFileChangesNothingAndIsSaidOnce() throws Exception {
        look();
        for (String bad : List.of("cascade: {schedule: {reconcile: {every: 10ms}}}\n",
                "cascade: {schedule: {reconcile: {cron: \"0 3 * * *\"}}}\n", "cascade: [\n",
                "cascade: {skedule: 1}\n")) {
            write("cascade.yaml", bad);
            look();
            look();
            assertThat(journal.taken()).as(bad).last().asString().startsWith("refused ");
            assertThat(journal.taken()).isEmpty();
        }
        write("b.md", "# B\n\ntwo\n");
        fire();
        assertThat(journal.taken()).containsExactly("ran COMPLETED, 1 indexed");
        Files.delete(home.settingsFile());
        look();
        assertThat(journal.taken()).as("it says what it said before").isEmpty();
    }

    @Test
    @Tag("SK-01")
    void whatAnEarlierProcessLeftIsTold() throws Exception {
        write("cascade.yaml", "cascade.reconcile.chunk-size: 1\n");
        for (int i = 0; i < 20; i++) {
            write("n%d.md".formatted(i), "# N\n\nwords\n");
        }
        Jobs stopped = new Jobs(home,
                Settings.load(null, home.settingsFile(), Map.of(), Map.of()).properties(), clock);
        stopped.stop();
        assertThat(stopped.reconcile(ReconcileRequest.everything(), Duration.ZERO).outcome())
                .isEqualTo(RunReport.Outcome.STOPPED);
        look();
        assertThat(journal.taken()).hasSize(2)
                .last()
                .asString()
                .matches("left \\d+ files are owed; the last run was stopped");
    }

    private long executions() throws SQLException {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + home.database());
                Statement ask = database.createStatement();
                ResultSet rows = ask.executeQuery("SELECT count(*) FROM BATCH_JOB_EXECUTION")) {
            return rows.getLong(1);
        }
    }

    private long pending() {
        return Status.of(home, clock).queue().pending();
    }

    @Test
    @Tag("IAI-03")
    void aFileThatChangedJustNowIsPendingUntilItHasSettled() throws Exception {
        write("cascade.yaml", "cascade.reconcile.settle-time: 10s\n");
        look();
        write("b.md", "# B\n\ntwo\n");
        Instant saved = Files.getLastModifiedTime(home.root().resolve("b.md")).toInstant();
        long before = executions();
        for (int seconds : List.of(2, 5, 8)) {
            clock.set(saved.plusSeconds(seconds));
            root.fire(RECONCILE);
            assertThat(pending()).isEqualTo(1);
        }
        assertThat(executions()).as("one run to take it down").isEqualTo(before + 1);
        assertThat(Status.of(home, clock).health().reasons()).isEmpty();
        clock.set(saved.plusSeconds(11));
        root.fire(RECONCILE);
        assertThat(pending()).isZero();
        assertThat(journal.taken()).containsExactly("serves every 30s", "ran COMPLETED, 0 indexed",
                "ran COMPLETED, 0 indexed", "ran COMPLETED, 0 indexed",
                "ran COMPLETED, 1 indexed");
    }

    @Test
    @Tag("IAI-03")
    void aFileThatNeverRestsIsIndexedAfterTenTimesTheSettleTimeWithoutRunsInBetween()
            throws Exception {
        write("cascade.yaml", "cascade.reconcile.settle-time: 10s\n");
        look();
        clock.set(Clock.systemUTC().instant().minus(Duration.ofHours(1)));
        long before = executions();
        for (int i = 0; i < 4; i++) {
            write("b.md", "# B\n\nsaved %d times\n".formatted(i));
            fire();
            assertThat(pending()).isEqualTo(1);
        }
        assertThat(executions()).isEqualTo(before + 1);
        write("b.md", "# B\n\nsaved once more\n");
        fire();
        assertThat(pending()).isZero();
        assertThat(executions()).isEqualTo(before + 2);
    }

    @Test
    @Tag("IAI-03")
    void anUnsettledFileHoldsUpNoOtherAndNoRunTypedByHand() throws Exception {
        write("cascade.yaml", "cascade.reconcile.settle-time: 10s\n");
        look();
        write("b.md", "# B\n\ntwo\n");
        Instant saved = Files.getLastModifiedTime(home.root().resolve("b.md")).toInstant();
        clock.set(saved.plusSeconds(1));
        root.fire(RECONCILE);
        Files.delete(home.root().resolve("a.md"));
        root.fire(RECONCILE);
        assertThat(pending()).as("what was deleted is gone, and only the other waits").isEqualTo(1);
        RunReport byHand = new Jobs(home,
                Settings.load(null, home.settingsFile(), Map.of(), Map.of()).properties(), clock)
                .sync(ReconcileRequest.everything(), Duration.ZERO);
        assertThat(byHand.files().indexed()).isEqualTo(1);
        assertThat(pending()).isZero();
    }

    private void notesToEmbed(EmbeddingEndpoint endpoint) throws IOException {
        write("cascade.yaml", """
                cascade.embedding:
                  provider: openai
                  base-url: %s
                  model: m
                  batch-size: 1
                  max-concurrent: 1
                  timeout: 10m
                """.formatted(endpoint.baseUrl()));
        for (int i = 0; i < 8; i++) {
            write("n%d.md".formatted(i), "# N\n\nwords of note %d\n".formatted(i));
        }
        look();
    }

    private void lookFor(Duration time) {
        Duration step = Duration.ofSeconds(30);
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed
                .plus(step)) {
            clock.move(step);
            look();
        }
    }

    private List<String> troubles() {
        return journal.lines.stream().filter(line -> line.startsWith("troubled")).toList();
    }

    @Test
    @Tag("IAI-20")
    @Tag("EV-53")
    void aRunThatGetsNothingDoneIsStoppedAndItIsToldWhatItWasAt() throws Exception {
        CountDownLatch door = new CountDownLatch(1);
        try (EmbeddingEndpoint endpoint = new EmbeddingEndpoint()) {
            endpoint.always((exchange, healthy) -> {
                awaitOpen(door);
                EmbeddingEndpoint.slow(0).answer(exchange, healthy);
            });
            notesToEmbed(endpoint);
            Thread run = Thread.ofPlatform().start(() -> root.fire(RECONCILE));
            Soon.expect(Duration.ofSeconds(20), "a request", () -> !endpoint.requests().isEmpty());
            look();
            lookFor(Duration.ofMinutes(14));
            assertThat(troubles()).isEmpty();
            lookFor(Duration.ofMinutes(2));
            assertThat(troubles()).singleElement()
                    .asString()
                    .contains("got nothing done for 15 min", "it was in embed",
                            "8 of 8 files handled and 0 texts");
            lookFor(Duration.ofMinutes(20));
            assertThat(troubles()).hasSize(2)
                    .last()
                    .asString()
                    .contains("does not end: it was in embed");
            door.countDown();
            run.join(Duration.ofSeconds(20));
            assertThat(run.isAlive()).isFalse();
            assertThat(journal.lines).last().asString().startsWith("ran STOPPED, 8 indexed");
            assertThat(Status.of(home, clock).health().reasons()).singleElement()
                    .asString()
                    .startsWith("the last run was stopped before its end: a run that got nothing");
            journal.taken();
            fire();
            assertThat(journal.taken()).containsExactly("mended", "ran COMPLETED, 0 indexed");
        }
    }

    private static void awaitOpen(CountDownLatch door) {
        try {
            door.await();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @Tag("IAI-20")
    void aSlowRunThatGetsOnIsLeftAlone() throws Exception {
        try (EmbeddingEndpoint endpoint = new EmbeddingEndpoint()) {
            endpoint.always(EmbeddingEndpoint.slow(300));
            notesToEmbed(endpoint);
            Thread run = Thread.ofPlatform().start(() -> root.fire(RECONCILE));
            for (int request = 1; request <= 8; request++) {
                int count = request;
                Soon.expect(Duration.ofSeconds(20), "request " + request,
                        () -> endpoint.requests().size() >= count);
                lookFor(Duration.ofMinutes(10));
            }
            run.join(Duration.ofSeconds(20));
            assertThat(journal.taken()).containsExactly("serves every 30s",
                    "ran COMPLETED, 8 indexed");
        }
    }

    @Test
    @Tag("HM-13")
    void aRootWhoseStateCannotBeReadAtTheStartIsServedAllTheSame() throws Exception {
        write("cascade.yaml", "cascade.schedule.reconcile.every: 1s\n");
        byte[] sound = Files.readAllBytes(home.database());
        Files.writeString(home.database(), "this is no database, however long one looks at it");
        schedules.start();
        look();
        assertThat(journal.lines).hasSize(2).last().asString().startsWith("troubled ");
        Files.write(home.database(), sound);
        clock.move(Duration.ofSeconds(30));
        Soon.expect(Duration.ofSeconds(10), "a run",
                () -> journal.lines.stream().anyMatch(line -> line.startsWith("ran ")));
        assertThat(journal.taken()).contains("mended");
    }

    @Test
    void onceItIsStoppedItBeginsNothing() throws Exception {
        look();
        root.stop();
        write("b.md", "# B\n\ntwo\n");
        fire();
        assertThat(journal.taken()).containsExactly("serves every 30s");
    }

    @Test
    @Tag("IAI-01")
    void lookingAtARootIsNoActivity() throws Exception {
        look();
        Status before = Status.of(home, clock);
        List<Instant> times = times();
        for (int i = 0; i < 5; i++) {
            clock.move(Duration.ofMinutes(1));
            look();
            Status.of(home, clock);
        }
        assertThat(times()).isEqualTo(times);
        assertThat(Status.of(home, clock).lastRun()).isEqualTo(before.lastRun());
    }

    private List<Instant> times() throws IOException {
        return List.of(Files.getLastModifiedTime(home.database()).toInstant(),
                Files.getLastModifiedTime(home.lastWalk()).toInstant(),
                Files.getLastModifiedTime(home.lock()).toInstant());
    }
}
