package dev.cascade.jobs;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.StateDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/// What is kept of runs that ended, and what is told of them.
class PastRunsTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    @BeforeEach
    void oneNote() {
        bench.tree().write("a.md", "# A");
        bench.sync();
    }

    private interface Telling<T> {
        T of(StateDatabase database, History history);
    }

    private <T> T writing(Telling<T> telling) {
        try (StateDatabase database = StateDatabase.openForWriting(bench.home().database())) {
            return telling.of(database, new History(database.dataSource(), Clock.systemUTC()));
        }
    }

    private int purge(Instant before) {
        return writing((_, history) -> history.purge(before));
    }

    @Test
    @Tag("IAI-17")
    void anExecutionIsToldWithItsTimesParametersAndSteps() {
        History.Execution execution = bench.executions().getFirst();
        assertThat(execution.job()).isEqualTo("reconcile");
        assertThat(execution.status()).isEqualTo("COMPLETED");
        assertThat(execution.startedAt()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(execution.endedAt()).isBetween(execution.startedAt(), Instant.now());
        assertThat(execution.parameters()).containsEntry("forced", "false").containsKey("run");
        assertThat(execution.steps()).extracting(History.Step::name)
                .containsExactly("preflight", "observe", "guard", "apply", "tend");
        assertThat(execution.steps().get(3).written()).isEqualTo(1);
    }

    @Test
    void retriesAreToldAsANumber() {
        writing((database, _) -> {
            Batch batch = new Batch(database.dataSource());
            StepExecution apply = batch.execution(1)
                    .orElseThrow()
                    .getStepExecutions()
                    .stream()
                    .filter(step -> step.getStepName().equals("apply"))
                    .findFirst()
                    .orElseThrow();
            assertThat(apply.getExecutionContext().containsKey("retried")).isTrue();
            apply.getExecutionContext().putLong("retried", 3);
            batch.repository().updateExecutionContext(apply);
            return true;
        });
        assertThat(bench.executions().getFirst().steps().get(3).retried()).isEqualTo(3);
    }

    @Test
    void whatEndedLongAgoGoesAndWhatRunsOrIsNewStays() {
        bench.tree().write("b.md", "# B");
        bench.sync();
        bench.tamper(
                "UPDATE BATCH_JOB_EXECUTION SET END_TIME = END_TIME - %d WHERE JOB_EXECUTION_ID = 1"
                        .formatted(Duration.ofDays(40).toMillis()));
        assertThat(purge(Instant.now().minus(Duration.ofDays(30)))).isEqualTo(1);
        assertThat(bench.executions()).extracting(History.Execution::executionId)
                .containsExactly(2L);
        assertThat(purge(Instant.EPOCH)).isZero();
    }

    @Test
    void anExecutionThatStillRunsIsNotPurged() {
        bench.tamper("UPDATE BATCH_JOB_EXECUTION SET STATUS = 'STARTED', END_TIME = NULL");
        assertThat(purge(Instant.now().plusSeconds(60))).isZero();
    }

    @Test
    void theNewestRunIsNeverPurged() {
        purge(Instant.now().plusSeconds(60));
        assertThat(bench.executions()).isEmpty();
        assertThat(bench.status().lastRun()).isNotNull();
    }

    /// As many rows again as the newest execution has, a thousand times.
    private static final List<String> A_THOUSAND_RUNS = List.of(
            """
                    CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS
                    (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000) SELECT i FROM c""",
            """
                    INSERT INTO BATCH_JOB_INSTANCE SELECT 10000 + i, VERSION, JOB_NAME, JOB_KEY || i
                      FROM BATCH_JOB_INSTANCE, n WHERE JOB_INSTANCE_ID = 1""",
            """
                    INSERT INTO BATCH_JOB_EXECUTION SELECT 10000 + i, VERSION, 10000 + i, CREATE_TIME,
                           START_TIME, END_TIME - 9000000000, STATUS, EXIT_CODE, EXIT_MESSAGE, LAST_UPDATED
                      FROM BATCH_JOB_EXECUTION, n WHERE JOB_EXECUTION_ID = 1""",
            """
                    INSERT INTO BATCH_JOB_EXECUTION_PARAMS SELECT 10000 + i, PARAMETER_NAME, PARAMETER_TYPE,
                           PARAMETER_VALUE, IDENTIFYING FROM BATCH_JOB_EXECUTION_PARAMS, n
                     WHERE JOB_EXECUTION_ID = 1""",
            """
                    INSERT INTO BATCH_JOB_EXECUTION_CONTEXT SELECT 10000 + i, SHORT_CONTEXT,
                           SERIALIZED_CONTEXT FROM BATCH_JOB_EXECUTION_CONTEXT, n
                     WHERE JOB_EXECUTION_ID = 1""",
            """
                    INSERT INTO BATCH_STEP_EXECUTION SELECT 10 * (10000 + i) + STEP_EXECUTION_ID, VERSION,
                           STEP_NAME, 10000 + i, CREATE_TIME, START_TIME, END_TIME, STATUS, COMMIT_COUNT,
                           READ_COUNT, FILTER_COUNT, WRITE_COUNT, READ_SKIP_COUNT, WRITE_SKIP_COUNT,
                           PROCESS_SKIP_COUNT, ROLLBACK_COUNT, EXIT_CODE, EXIT_MESSAGE, LAST_UPDATED
                      FROM BATCH_STEP_EXECUTION, n WHERE JOB_EXECUTION_ID = 1""",
            """
                    INSERT INTO BATCH_STEP_EXECUTION_CONTEXT SELECT 10 * (10000 + i) + STEP_EXECUTION_ID,
                           SHORT_CONTEXT, SERIALIZED_CONTEXT FROM BATCH_STEP_EXECUTION_CONTEXT, n
                     WHERE STEP_EXECUTION_ID < 100000""",
            """
                    INSERT INTO run (execution_id, job, outcome, started_at, ended_at, report)
                    SELECT 10000 + i, job, outcome, started_at - 9000000000, ended_at - 9000000000, report
                      FROM run, n WHERE run = 1""",
            "DROP TABLE n");

    @Test
    @Tag("EV-53")
    void aThousandRunsATimeDoNotLetTheDatabaseGrow() {
        List<Long> pages = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            pages.add(writing((database, history) -> {
                JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
                A_THOUSAND_RUNS.forEach(jdbc::execute);
                assertThat(history.purge(Instant.now().minus(Duration.ofDays(30))))
                        .isEqualTo(1000);
                for (String table : List.of("BATCH_JOB_INSTANCE", "BATCH_JOB_EXECUTION",
                        "BATCH_JOB_EXECUTION_CONTEXT")) {
                    assertThat(count(jdbc, table)).as(table).isEqualTo(1);
                }
                assertThat(count(jdbc, "BATCH_STEP_EXECUTION")).isEqualTo(5);
                assertThat(count(jdbc, "BATCH_STEP_EXECUTION_CONTEXT")).isEqualTo(5);
                assertThat(count(jdbc, "run")).isLessThanOrEqualTo(2);
                return Objects.requireNonNull(
                        jdbc.queryForObject("PRAGMA page_count", Long.class));
            }));
        }
        assertThat(pages.getLast()).isLessThanOrEqualTo(pages.getFirst());
    }

    private static long count(JdbcTemplate jdbc, String table) {
        Long count = jdbc.queryForObject("SELECT count(*) FROM " + table, Long.class);
        return count == null ? -1 : count;
    }
}
