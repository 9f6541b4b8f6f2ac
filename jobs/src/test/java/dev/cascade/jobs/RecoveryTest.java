package dev.cascade.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.infrastructure.item.ExecutionContext;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.GuardStop;
import dev.cascade.steps.MemoryTree;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.UnusableState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// What is made of runs that were cut off, and of state that was put back, lost or swapped.
class RecoveryTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    @BeforeEach
    void threeNotes() {
        bench.tree().write("a.md", "# A").write("b.md", "# B").write("c.md", "# C");
    }

    @Test
    void aDatabaseThatWasBeingMadeWhenThePowerFailedIsMadeByTheNextRun() throws Exception {
        leaveHalfWritten(bench.home().database());
        assertThatThrownBy(() -> Status.of(bench.home(), Clock.systemUTC()))
                .isInstanceOf(UnusableState.class)
                .hasMessageContaining("left half written");
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().indexed()).isEqualTo(3);
        assertThat(bench.home().database()).content(StandardCharsets.ISO_8859_1)
                .doesNotContain("half_written");
    }

    /// A database and its journal, copied in the middle of a transaction.
    private void leaveHalfWritten(Path database) throws Exception {
        Path made = bench.outside("made.db");
        Files.createDirectories(database.getParent());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + made);
                Statement sql = connection.createStatement()) {
            sql.execute("PRAGMA cache_size = 1"); // so that pages are written before the end
            connection.setAutoCommit(false);
            sql.execute("CREATE TABLE half_written (x)");
            for (int i = 0; i < 100; i++) {
                sql.execute("INSERT INTO half_written VALUES (zeroblob(1000))");
            }
            for (String suffix : List.of("", "-journal")) {
                Files.copy(Path.of(made + suffix), Path.of(database + suffix));
            }
        }
    }

    @Test
    @Tag("IAI-04")
    @Tag("EV-42")
    @Tag("SK-04")
    void whileOneRunHoldsTheRootAnotherIsTurnedAway() throws Exception {
        bench.sync();
        try (RunLock _ = RunLock.take(bench.home().lock(), Duration.ZERO)) {
            assertThatThrownBy(
                    () -> bench.jobs().reconcile(ReconcileRequest.everything(), Duration.ZERO))
                    .isInstanceOf(RunLock.Held.class)
                    .hasMessageContaining("pid " + ProcessHandle.current().pid());
        }
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @Tag("IAI-04")
    @Tag("IAI-05")
    void ofTwoRunsThatWaitForEachOtherTheSecondFindsNothingToDo() throws Exception {
        bench.tree().write("new.md", "# New");
        Thread.sleep(50);
        Callable<RunReport> run = () -> bench.jobs()
                .reconcile(ReconcileRequest.everything(), Duration.ofSeconds(30));
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Long> executions = new ArrayList<>();
            for (Future<RunReport> ended : threads.invokeAll(List.of(run, run))) {
                executions.add(ended.get().executionId());
            }
            assertThat(executions).containsOnlyOnce((Long) null);
        }
    }

    @Test
    @Tag("IAI-25")
    void beingTurnedAwayInOneProcessDoesNotLetAnotherProcessIn() throws Exception {
        bench.sync();
        try (RunLock _ = RunLock.take(bench.home().lock(), Duration.ZERO)) {
            assertThatThrownBy(() -> RunLock.take(bench.home().lock(), Duration.ZERO))
                    .isInstanceOf(RunLock.Held.class);
            MemoryTree.in(bench.outside("")).link("alias", bench.home().state());
            assertThatThrownBy(
                    () -> RunLock.take(bench.outside("alias").resolve("lock"), Duration.ZERO))
                    .isInstanceOf(RunLock.Held.class);
            assertThat(lockedByThisProcess()).isTrue();
        }
        assertThat(lockedByThisProcess()).isFalse();
    }

    private boolean lockedByThisProcess() throws IOException {
        Path locks = Path.of("/proc/locks");
        assumeTrue(Files.exists(locks), "needs /proc/locks");
        String inode = ":%s ".formatted(Files.getAttribute(bench.home().lock(), "unix:ino"));
        return Files.readAllLines(locks)
                .stream()
                .anyMatch(line -> line.contains("POSIX") && line.contains(inode));
    }

    /// Leaves the newest execution as a killed process does.
    private void kill() {
        bench.tamper(
                "UPDATE BATCH_JOB_EXECUTION SET STATUS = 'STARTED', EXIT_CODE = 'UNKNOWN', END_TIME = NULL"
                        + " WHERE JOB_EXECUTION_ID = (SELECT max(JOB_EXECUTION_ID) FROM BATCH_JOB_EXECUTION)",
                "UPDATE BATCH_STEP_EXECUTION SET STATUS = 'STARTED', EXIT_CODE = 'EXECUTING', END_TIME = NULL"
                        + " WHERE STEP_EXECUTION_ID = (SELECT max(STEP_EXECUTION_ID) FROM BATCH_STEP_EXECUTION)",
                "UPDATE run SET ended_at = NULL, outcome = NULL, report = NULL"
                        + " WHERE run = (SELECT max(run) FROM run)");
    }

    @Test
    @Tag("EV-12")
    @Tag("SK-01")
    void anExecutionOfADeadProcessIsClosedByTheNextRunAndToldOf() {
        bench.sync();
        kill();
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("was cut off"));
        assertThat(bench.executions()).extracting(History.Execution::status)
                .containsExactly("COMPLETED", "FAILED");
    }

    @Test
    @Tag("EV-12")
    @Tag("SK-11")
    void recoverMakesADeadExecutionRestartable() throws Exception {
        bench.sync();
        kill();
        bench.tree().write("d.md", "# D");
        assertThat(bench.jobs().recover(Duration.ZERO)).singleElement()
                .asString()
                .contains("was cut off");
        long dead = bench.executions().getFirst().executionId();
        RunReport report = bench.restart(dead);
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.executionId()).isNotEqualTo(dead);
        assertThat(bench.found()).hasSize(4);
    }

    @Test
    void aFailedExecutionIsContinuedByItsId() throws IOException {
        bench.sync();
        Path away = Files.createDirectory(bench.outside("away"));
        for (String name : List.of("a.md", "b.md", "c.md")) {
            Files.move(bench.tree().path(name), away.resolve(name));
        }
        RunReport failed = bench.sync();
        assertThat(failed.outcome()).isEqualTo(Outcome.GUARDED);
        Files.move(away.resolve("a.md"), bench.tree().path("a.md"));
        RunReport report = bench.restart(Workbench.executionOf(failed));
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().deleted()).isEqualTo(2);
        assertThat(bench.found()).hasSize(1);
    }

    @Test
    void aStoppedExecutionIsContinuedByItsId() throws Exception {
        for (int i = 0; i < 400; i++) {
            bench.tree().write("many/n%03d.md".formatted(i), "# N " + i);
        }
        Jobs jobs = bench.jobs();
        Thread stopper = Thread.ofPlatform().start(() -> {
            while (jobs.tally().handled() == 0) {
                Thread.onSpinWait();
            }
            jobs.stop();
        });
        RunReport stopped = jobs.reconcile(ReconcileRequest.everything(), Duration.ZERO);
        stopper.join();
        assertThat(stopped.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(stopped.more()).isTrue();
        assertThat(bench.status().queue().done()).isPositive().isLessThan(403);
        assertThat(bench.restart(Workbench.executionOf(stopped)).outcome())
                .isEqualTo(Outcome.COMPLETED);
        assertThat(bench.status().queue().done()).isEqualTo(403);
    }

    @Test
    void aCompletedExecutionIsNotContinued() {
        long done = Workbench.executionOf(bench.sync());
        assertThatThrownBy(() -> bench.restart(done)).isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("is complete");
        assertThatThrownBy(() -> bench.restart(99)).isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("no execution 99");
    }

    @Test
    @Tag("EV-19")
    void theStateOfAnotherRootIsRefused() throws IOException {
        bench.sync();
        Files.writeString(bench.home().rootId(), "someone-else\n");
        assertThatThrownBy(bench::sync).isInstanceOf(GuardStop.class)
                .hasMessageContaining("someone-else");
        bench.expectNoAgreement();
    }

    @Test
    @Tag("EV-38")
    void aDeletedIndexIsFilledAgain() {
        bench.sync();
        MemoryTree.in(bench.home().state()).delete("index");
        RunReport report = bench.sync();
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("compared again"));
        assertThat(report.entries().upserted()).isEqualTo(3);
    }

    @Test
    @Tag("EV-38")
    void anOlderIndexPutBackIsNoticedAndMended() {
        bench.sync();
        Path old = bench.copyOfState("index", "old-index");
        bench.tree().write("a.md", "# AA").delete("b.md").write("d.md", "# D");
        bench.sync();
        bench.putBack(old, "index");
        RunReport report = bench.sync();
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("compared again"));
        assertThat(bench.found().toString()).contains("AA");
    }

    @Test
    @Tag("EV-38")
    void aDatabaseRestoredFromAnOlderCopyIsNoticedAndMended() {
        bench.sync();
        Path old = bench.copyOfState("state.db", "old.db");
        bench.tree().write("a.md", "# AA").delete("b.md").write("d.md", "# D");
        bench.sync();
        bench.tree().delete("d.md");
        bench.putBack(old, "state.db");
        RunReport report = bench.sync();
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("compared again"));
        assertThat(bench.found()).hasSize(2);
    }

    @Test
    @Tag("SK-32")
    void aDatabaseMovedAwayIsMadeAnewBesideTheIndexThatIsThere() {
        bench.sync();
        MemoryTree.in(bench.home().state()).delete("state.db");
        bench.tree().delete("b.md");
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found()).hasSize(2);
    }

    /// As a process leaves it that dies between the two commits of a chunk.
    private void forgetLastSettlement(String... paths) {
        bench.tamper("UPDATE generation SET settled_chunk = settled_chunk - 1 WHERE live = 1",
                "DELETE FROM md_indexed WHERE md_path IN ('%s')"
                        .formatted(String.join("','", paths)));
        kill();
    }

    @Test
    void dyingBetweenTheTwoCommitsIsNoCauseToCompareEverythingAgain() {
        bench.sync();
        forgetLastSettlement("a.md", "b.md", "c.md");
        for (int i = 0; i < 2; i++) {
            RunReport report = bench.sync();
            assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(report.entries().upserted()).isZero();
            assertThat(report.warnings()).noneMatch(warning -> warning.contains("compared again"));
        }
    }

    @Test
    void dyingBetweenTheTwoCommitsAndAgainBeforeTheNextOneIsNoCauseEither() {
        bench.sync();
        forgetLastSettlement("a.md", "b.md", "c.md");
        bench.sync();
        bench.tamper("DELETE FROM md_indexed");
        kill();
        assertThat(bench.sync().warnings())
                .noneMatch(warning -> warning.contains("compared again"));
    }

    @Test
    @Tag("EV-12")
    void aRemovalProposedByARunThatDiedIsPassedByTheNext() {
        bench.sync();
        bench.tree().delete("b.md");
        bench.tamper(
                "UPDATE md_change_state SET missing_since = 1, last_run = 1 WHERE md_path = 'b.md'");
        RunReport report = bench.sync();
        assertThat(report.files().deleted()).isEqualTo(1);
        assertThat(bench.found()).hasSize(2);
    }

    @Test
    void aFileThatIsBackAfterItsRemovalWasProposedIsDoneAgain() {
        bench.sync();
        bench.tamper(
                "UPDATE md_change_state SET missing_since = 1, last_run = 1 WHERE md_path = 'b.md'");
        RunReport report = bench.sync();
        assertThat(report.files().indexed()).isZero();
        assertThat(bench.state("b.md")).isEqualTo("done");
    }

    @Test
    void refusedFilesStayRefusedWhenTheIndexIsLost() {
        bench.tree().write("bad.md", "x\0y");
        bench.sync();
        MemoryTree.in(bench.home().state()).delete("index");
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(bench.state("bad.md")).isEqualTo("failed_permanent");
        bench.tree().delete("bad.md");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @Tag("SK-01")
    void whatBeginsInTheMomentOfTheLookIsNotTakenForDead() {
        bench.sync();
        kill();
        try (StateDatabase database = StateDatabase.openForWriting(bench.home().database())) {
            Batch batch = new Batch(database.dataSource());
            History history = new History(database.dataSource(), Clock.systemUTC());
            JobRepository repository = batch.repository();
            List<JobExecution> begun = new ArrayList<>();
            new Recovery(batch, history, new Ledger(database.dataSource(), Clock.systemUTC()))
                    .recover(job -> {
                        if (begun.isEmpty()) {
                            JobParameters parameters = new JobParametersBuilder()
                                    .addLong("run", 99L)
                                    .toJobParameters();
                            begun.add(repository.createJobExecution(
                                    repository.createJobInstance(job, parameters), parameters,
                                    new ExecutionContext()));
                            history.begin(job);
                        }
                        return true;
                    });
            assertThat(batch.required(begun.getFirst().getId()).getStatus())
                    .isEqualTo(BatchStatus.STARTING);
            assertThat(bench.executions()).as("the one that was killed")
                    .anyMatch(execution -> execution.status().equals("FAILED"));
        }
        bench.expectNoAgreement();
    }
}
