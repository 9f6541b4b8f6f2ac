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
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.VerifyReport.Verdict;
import dev.cascade.steps.Tending;
import dev.cascade.steps.Verification.What;
import dev.cascade.steps.ledger.Maintenance;
import dev.cascade.steps.ledger.Maintenance.Task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

/// Keeping house, comparing, copying and putting back, on a real root.
class HousekeepingTest {

    @RegisterExtension
    private final Workbench bench = new Workbench();

    private RunReport tend() {
        return bench.running(jobs -> jobs.run(Chore.TEND, Duration.ZERO));
    }

    private VerifyReport verify(boolean deep, boolean repair) throws Held {
        return bench.jobs().verify(new VerifyRequest(deep, repair), Duration.ZERO).report();
    }

    private BackupReport backup() throws Held {
        return bench.jobs().backup(null, Duration.ZERO).report();
    }

    private Restoration restoration() {
        return new Restoration(bench.home(), bench.properties(), Clock.systemUTC());
    }

    private Task task(String name) {
        return bench.status().maintenance(name).orElseThrow();
    }

    private void notes(int count) {
        for (int i = 0; i < count; i++) {
            bench.tree()
                    .write("n%03d.md".formatted(i), "# Note %d\n\nwords of %d\n".formatted(i, i));
        }
    }

    // Tend

    @Test
    @Tag("EV-49")
    @Tag("EV-50")
    @Tag("IAI-18")
    void eachTaskOfKeepingHouseIsAStepAndMovesBothOfItsClocks() {
        notes(3);
        bench.sync();
        Instant before = Clock.systemUTC().instant();
        RunReport report = tend();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.executions().getFirst().steps()).extracting(step -> step.name())
                .containsExactlyElementsOf(
                        Stream.concat(Tending.NAMES.stream(),
                                Stream.of("account")).toList());
        for (String name : Tending.NAMES) {
            assertThat(task(name).status()).isEqualTo(Maintenance.Status.DONE);
            assertThat(task(name).attemptedAt()).isAfterOrEqualTo(before.minusMillis(1));
            assertThat(task(name).succeededAt()).isEqualTo(task(name).attemptedAt());
        }
        assertThat(task("tend").status()).isEqualTo(Maintenance.Status.DONE);
    }

    @Test
    @Tag("SK-28")
    @Tag("SK-29")
    @Tag("EV-51")
    void aCheckpointThatAReaderHoldsUpIsBusyAndNoSuccess() throws SQLException {
        notes(3);
        bench.sync();
        tend();
        Instant succeeded = task("checkpoint").succeededAt();
        try (Connection reader = DriverManager
                .getConnection("jdbc:sqlite:" + bench.home().database());
                Statement reading = reader.createStatement()) {
            reader.setAutoCommit(false);
            reading.executeQuery("SELECT count(*) FROM md_change_state").next();
            RunReport report = tend();
            assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        }
        assertThat(task("checkpoint").status()).isEqualTo(Maintenance.Status.BUSY);
        assertThat(task("checkpoint").failures()).isZero();
        assertThat(task("checkpoint").succeededAt()).isEqualTo(succeeded);
        assertThat(task("checkpoint").attemptedAt()).isAfter(succeeded);
        tend();
        assertThat(task("checkpoint").status()).isEqualTo(Maintenance.Status.DONE);
    }

    @Test
    @Tag("EV-71")
    @Tag("EV-56")
    void aTaskThatFailsIsToldAndCountedAndHoldsUpNoOther() throws IOException {
        notes(3);
        bench.sync();
        bench.tamper("""
                CREATE TRIGGER fault BEFORE DELETE ON BATCH_JOB_INSTANCE BEGIN
                       SELECT raise(ABORT, 'no history today'); END""",
                "INSERT INTO BATCH_JOB_INSTANCE VALUES (4711, 0, 'reconcile', 'x')");
        for (int i = 1; i <= 2; i++) {
            RunReport report = tend();
            assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(report.warnings()).anyMatch(
                    warning -> warning.contains("history") && warning.contains("no history today"));
            assertThat(task("history").failures()).isEqualTo(i);
            assertThat(task("vacuum").status()).isEqualTo(Maintenance.Status.DONE);
        }
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.AT_RISK);
        for (int i = 3; i <= 5; i++) {
            tend();
        }
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.NEEDS_ACTION);
        assertThat(bench.status().health().reasons()).anyMatch(
                reason -> reason.contains("history failed") && reason.contains("the last 5 times"));
        bench.tamper("DROP TRIGGER fault");
        tend();
        assertThat(task("history").failures()).isZero();
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.HEALTHY);
    }

    @Test
    @Tag("SK-27")
    void roomThatHoldsNothingIsGivenBackWhenItPays() {
        notes(3);
        bench.sync();
        bench.tamper("CREATE TABLE filler (text BLOB)", """
                INSERT INTO filler WITH RECURSIVE n(i) AS
                       (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
                SELECT randomblob(50000) FROM n""", "DROP TABLE filler");
        long before = bench.home().database().toFile().length();
        tend();
        assertThat(task("vacuum").note()).contains("bytes given back");
        assertThat(bench.home().database().toFile().length()).isLessThan(before / 4);
        tend();
        assertThat(task("vacuum").note()).as("it does not pay").isNull();
    }

    @Test
    void keepingHouseWithoutAnIndexMakesNone() throws IOException {
        notes(3);
        bench.sync();
        FileUtils.deleteDirectory(bench.home().index().toFile());
        assertThat(tend().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.home().index()).doesNotExist();
        bench.sync();
    }

    @Test
    @Tag("EV-50")
    void aRunThatEndsKeepsHouseOnceAnHour() {
        notes(3);
        bench.sync();
        Instant first = task("history").attemptedAt();
        bench.tree().write("n000.md", "# Other\n");
        bench.sync();
        assertThat(task("history").attemptedAt()).isEqualTo(first);
        bench.tamper("UPDATE maintenance_task SET attempted_at = attempted_at - 3600001");
        bench.tree().write("n000.md", "# Another\n");
        bench.sync();
        assertThat(task("history").attemptedAt()).isAfter(first);
    }

    /// Kept generations and the vector cache aside there are none here.
    @Test
    @Tag("EV-49")
    void underChurnTheStateStaysBelowTwiceItsLiveSize() throws Exception {
        Random random = new Random(3);
        int files = 40;
        for (int round = 0; round < 50; round++) {
            for (int i = 0; i < files; i++) {
                StringBuilder text = new StringBuilder("# Note %d\n".formatted(i));
                for (int section = 0; section < 4; section++) {
                    text.append("\n## Section %d\n\n".formatted(section));
                    for (int word = 0; word < 80; word++) {
                        text.append(Integer.toString(random.nextInt(60_000), 36)).append(' ');
                    }
                }
                bench.tree().write("n%03d.md".formatted(i), text.toString());
            }
            bench.sync();
        }
        Home fresh = Home.of(bench.home().root(), bench.outside("fresh"));
        new Jobs(fresh, bench.properties(), Clock.systemUTC())
                .reconcile(ReconcileRequest.everything(), Duration.ZERO);
        assertThat(FileUtils.sizeOfDirectory(bench.home().state().toFile()))
                .isLessThan(2 * FileUtils.sizeOfDirectory(fresh.state().toFile()));
    }

    // Verify

    @Test
    @Tag("SK-20")
    void aComparisonIsAnExecutionAndShowsInHealth() throws Held {
        notes(5);
        bench.sync();
        VerifyReport report = verify(true, false);
        assertThat(report.verdict()).isEqualTo(Verdict.IN_STEP);
        assertThat(report.checked()).isEqualTo(5);
        assertThat(bench.executions().getFirst().steps()).extracting(step -> step.name())
                .containsExactly("compare", "confirm", "check-index", "check-database");
        assertThat(task("verify").note()).startsWith("5 files compared, 0 differ");
        bench.tamper("DELETE FROM md_change_state WHERE md_path = 'n001.md'",
                "DELETE FROM md_indexed WHERE md_path = 'n001.md'");
        assertThat(verify(false, false).differences()).singleElement()
                .returns("n001.md", difference -> difference.path());
        assertThat(bench.status().health().reasons()).anyMatch(
                reason -> reason.startsWith("verify failed") && reason.contains("1 differ"));
        assertThat(
                bench.jobs().verify(new VerifyRequest(true, true), Duration.ZERO).run().outcome())
                .isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        bench.sync();
        assertThat(verify(true, false).verdict()).isEqualTo(Verdict.IN_STEP);
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.HEALTHY);
    }

    @Test
    @Tag("EV-38")
    void whatDiffersIsMadeOwedAndNothingElse() throws Held {
        notes(6);
        bench.sync();
        bench.tamper("UPDATE md_indexed SET content_sha256 = 'f00' WHERE md_path = 'n002.md'",
                "DELETE FROM md_change_state WHERE md_path = 'n003.md'",
                "DELETE FROM md_indexed WHERE md_path = 'n003.md'");
        bench.tree().delete("n003.md");
        VerifyReport report = verify(false, true);
        assertThat(report.differences())
                .extracting(difference -> difference.path(), difference -> difference.what())
                .containsExactly(tuple("n002.md", What.WRONG_ENTRIES),
                        tuple("n003.md", What.EXTRA));
        assertThat(report.repaired()).isEqualTo(2);
        assertThat(bench.state("n002.md")).isEqualTo("pending");
        assertThat(bench.state("n001.md")).isEqualTo("done");
        RunReport run = bench.sync();
        assertThat(run.files().indexed()).isEqualTo(1);
        assertThat(run.files().deleted()).isEqualTo(1);
    }

    @Test
    @Tag("SK-23")
    void aRootInWhichNothingStandsIsUnknownAndNoSuccess() throws Exception {
        Path refused = bench.home().root().resolve("a.md");
        Files.write(refused, new byte[]{'a', (byte) 0xff});
        assertThat(bench.sync().failing()).isEqualTo(1);
        Files.delete(refused);
        bench.tamper("DELETE FROM md_change_state");
        bench.expectNoAgreement();
        VerifyReport report = verify(true, false);
        assertThat(report.checked()).isZero();
        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(task("verify").status()).isEqualTo(Maintenance.Status.FAILED);
        assertThat(task("verify").note()).isEqualTo("there was nothing to compare");
    }

    @Test
    void damageInTheFilesOfTheIndexIsFoundByADeepComparison() throws Exception {
        notes(50);
        bench.sync();
        Path folder = Described.live(bench.home());
        Path biggest;
        try (var files = Files.list(folder)) {
            biggest = files.filter(file -> !file.getFileName().toString().startsWith("segments"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(biggest);
        for (int i = bytes.length / 2; i < bytes.length / 2 + 8; i++) {
            bytes[i] ^= 0x55;
        }
        Files.write(biggest, bytes);
        bench.expectNoAgreement();
        Jobs.Verified verified = bench.jobs()
                .verify(new VerifyRequest(true, false), Duration.ZERO);
        assertThat(verified.report().damage().isEmpty() && verified.run().problem() == null)
                .as("neither damage nor a problem: %s", verified)
                .isFalse();
        assertThat(verified.report().verdict()).isNotEqualTo(Verdict.IN_STEP);
        assertThat(task("verify").status()).isEqualTo(Maintenance.Status.FAILED);
    }

    // On a schedule

    @Test
    void aPauseHoldsUpWhatIsScheduledAndThatOthersWaitForAPersonDoesNot() throws Held {
        notes(2);
        bench.sync();
        bench.tamper("UPDATE run_control SET status = 'needs_human', reason = 'x', since = 1");
        assertThat(bench.jobs().runScheduled(Chore.BACKUP).outcome()).isEqualTo(
                Outcome.COMPLETED);
        bench.tamper("UPDATE run_control SET status = 'paused', reason = 'moving', since = 1");
        RunReport skipped = bench.jobs().runScheduled(Chore.TEND);
        assertThat(skipped.executionId()).isNull();
        assertThat(skipped.problem()).returns("skipped: paused: moving",
                problem -> problem.message());
        assertThat(bench.jobs().run(Chore.TEND, Duration.ZERO).outcome()).isEqualTo(
                Outcome.COMPLETED);
        bench.tamper("UPDATE run_control SET status = 'active', reason = NULL");
    }

    @Test
    @Tag("EV-54")
    void aFiringThatFindsTheRootHeldIsOneLineOfHistory() throws Held {
        notes(2);
        bench.sync();
        try (RunLock _ = RunLock.take(bench.home().lock(), Duration.ZERO)) {
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(Held.class)
                        .isThrownBy(() -> bench.jobs().runScheduled(Chore.TEND));
            }
        }
        List<String> skips = bench.asking(database -> new JdbcTemplate(database.dataSource())
                .queryForList("SELECT skip_reason FROM run WHERE job = 'tend'", String.class));
        assertThat(skips).singleElement(STRING).contains("another run holds");
    }

    @Test
    void whatNeverRanCountsFromWhenTheRootWasFirstKnown() throws Exception {
        Clock clock = Clock.systemUTC();
        notes(2);
        bench.sync();
        assertThat(Jobs.tried(bench.home(), Chore.BACKUP, clock))
                .isEqualTo(Files.getLastModifiedTime(bench.home().rootId()).toInstant());
        backup();
        assertThat(Jobs.tried(bench.home(), Chore.BACKUP, clock))
                .isEqualTo(task("backup").attemptedAt());
    }

    // Backup and restore

    @Test
    @Tag("SK-30")
    @Tag("SK-31")
    void aCopyIsPutBackAndTheNextRunTakesUpWhatChangedSince() throws Exception {
        notes(4);
        bench.sync();
        Path copy = backup().file();
        bench.tree().write("n001.md", "# Changed\n");
        bench.tree().write("late.md", "# Late\n");
        bench.tree().delete("n002.md");
        bench.sync();
        Restoration.Report report = restoration().restore(copy, Duration.ZERO);
        assertThat(report.index()).contains("every file");
        assertThat(report.movedAside()).isNotEmpty()
                .allSatisfy(moved -> assertThat(moved).exists());
        assertThat(bench.home().lastWalk()).doesNotExist();
        assertThat(bench.executions()).extracting(execution -> execution.job())
                .as("a copy knows nothing of its own making")
                .doesNotContain("backup");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    /// The worst that can happen: all of the state is lost, and a copy lies on another disk.
    @Test
    @Tag("EV-38")
    void aCopyIsPutBackWhereNoIndexIsAndNothingIsTakenForIndexed() throws Exception {
        notes(4);
        bench.sync();
        Path copy = bench.jobs()
                .backup(bench.outside("copies"), Duration.ZERO)
                .report()
                .file();
        FileUtils.deleteDirectory(bench.home().index().toFile());
        assertThat(restoration().restore(copy, Duration.ZERO).index()).contains("anew");
        assertThat(bench.sync().files().indexed()).isEqualTo(4);
        FileUtils.deleteDirectory(bench.home().state().toFile());
        assertThat(restoration().restore(copy, Duration.ZERO).movedAside()).isEmpty();
        assertThat(bench.sync().files().indexed()).isEqualTo(4);
    }

    /// Numbers of runs are given anew after a restore, so an index may look as if it agreed.
    @Test
    void whatWasMovedAsideCanBePutBackAgain() throws Exception {
        notes(3);
        bench.sync();
        Path copy = backup().file();
        bench.tree().write("n001.md", "# One way\n");
        bench.sync();
        Path aside = restoration().restore(copy, Duration.ZERO).movedAside().getFirst();
        bench.tree().write("n001.md", "# Another way\n");
        bench.sync();
        restoration().restore(aside, Duration.ZERO);
        bench.tree().write("n001.md", "# One way\n");
        bench.sync();
        assertThat(bench.found().toString()).contains("One way").doesNotContain("Another way");
    }

    @Test
    @Tag("SK-31")
    void theSideFilesGoAsideWithTheDatabase() throws Exception {
        notes(2);
        bench.sync();
        Path copy = backup().file();
        try (Connection reader = DriverManager
                .getConnection("jdbc:sqlite:" + bench.home().database());
                Statement writing = reader.createStatement()) {
            assertThat(writing.executeUpdate("UPDATE run_control SET reason = 'x'")).isOne();
            assertThat(bench.home().state().resolve("state.db-wal")).isNotEmptyFile();
            assertThat(restoration().restore(copy, Duration.ZERO).movedAside())
                    .extracting(moved -> moved.getFileName().toString())
                    .anyMatch(name -> name.endsWith("-wal"))
                    .anyMatch(name -> name.endsWith("-shm"))
                    .anyMatch(name -> name.endsWith("Z"));
        }
        bench.sync();
    }

    @Test
    @Tag("SK-32")
    void aDatabaseThatIsNoneAnyMoreIsKeptAsEvidence() throws Exception {
        notes(2);
        bench.sync();
        Path copy = backup().file();
        Files.writeString(bench.home().database(), "this is no database");
        Restoration.Report report = restoration().restore(copy, Duration.ZERO);
        assertThat(report.movedAside()).anySatisfy(
                moved -> assertThat(moved).content().isEqualTo("this is no database"));
        bench.sync();
    }

    @Test
    void aCopyOfAnotherRootIsRefusedAndNothingIsTouched() throws Exception {
        notes(2);
        bench.sync();
        Home other = Home.of(Files.createDirectory(bench.outside("other")), null);
        Files.writeString(other.root().resolve("a.md"), "# A\n");
        Jobs jobs = new Jobs(other, bench.properties(), Clock.systemUTC());
        jobs.sync(ReconcileRequest.everything(), Duration.ZERO);
        Path copy = jobs.backup(bench.outside("copies"), Duration.ZERO).report().file();
        byte[] before = Files.readAllBytes(bench.home().database());
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> restoration().restore(copy, Duration.ZERO))
                .withMessageContaining("another root");
        assertThat(bench.home().database()).hasBinaryContent(before);
    }

    @Test
    @Tag("SK-31")
    void whatSomeoneHoldsIsNotReplaced() throws Exception {
        notes(2);
        bench.sync();
        Path copy = backup().file();
        try (RunLock _ = RunLock.take(bench.home().lock(), Duration.ZERO)) {
            assertThatExceptionOfType(Held.class)
                    .isThrownBy(() -> restoration().restore(copy, Duration.ZERO));
            assertThat(backup().bytes()).as("copying goes on beside a run").isPositive();
            assertThat(verify(false, false).verdict()).as("so does comparing")
                    .isEqualTo(
                            Verdict.IN_STEP);
        }
    }

    @Test
    void onlySoManyCopiesAreKept() throws Exception {
        bench.set("backup.keep", "2");
        notes(2);
        bench.sync();
        for (int i = 0; i < 3; i++) {
            backup();
        }
        assertThat(backup().kept()).hasSize(2);
        assertThat(bench.executions().getFirst().steps()).extracting(step -> step.name())
                .containsExactly("sweep", "copy", "check", "publish", "prune");
    }

    @Test
    void nothingIsCopiedIntoTheTree() {
        notes(2);
        bench.sync();
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> bench.jobs()
                        .backup(bench.home().root().resolve("copies"), Duration.ZERO))
                .withMessageContaining("where nothing is written");
    }

    @Test
    @Tag("HM-05")
    void aRunThatDiedBesideAnotherIsClosedByTheNext() {
        notes(2);
        bench.sync();
        bench.tamper("INSERT INTO run (job, started_at) VALUES ('verify', 1)");
        bench.tree().write("n000.md", "# New\n");
        RunReport report = bench.sync();
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("the run of verify"));
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.HEALTHY);
    }

    @Test
    void failuresOfOtherJobsAreNoFailuresOfIndexing() {
        notes(2);
        bench.sync();
        bench.tamper(
                """
                        INSERT INTO run (job, outcome, started_at, ended_at)
                        VALUES ('backup', 'failed', 1, 2), ('backup', 'failed', 1, 2), ('tend', 'failed', 1, 2)""");
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.HEALTHY);
        assertThat(bench.status().lastRun()).returns("reconcile", run -> run.job());
        bench.tamper("""
                INSERT INTO run (job, outcome, started_at, ended_at)
                VALUES ('reconcile', 'failed', 1, 2), ('reconcile', 'failed', 1, 2),
                       ('backup', 'completed', 1, 2), ('reconcile', 'failed', 1, 2)""");
        assertThat(bench.status().health().reasons()).contains("the last 3 runs failed");
    }
}
