package dev.cascade.steps.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// What ran, and how it went: our own runs, and the executions that Spring Batch recorded.
public final class History {

    /// Whether the index keeps up shows in the jobs that write it. What keeps the root sound has clocks of
    /// its own.
    private static final String INDEXING = "job IN ('reconcile', 'rebuild')";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;

    public History(DataSource dataSource, Clock clock) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        this.clock = clock;
    }

    /// An execution of a job with its steps.
    public record Execution(long executionId, String job, String status, String exit,
            @Nullable Instant startedAt, @Nullable Instant endedAt, Map<String, String> parameters,
            List<Step> steps) {}

    /// A step of an execution with its counts.
    public record Step(String name, String status, long read, long written, long filtered,
            long skipped, long retried) {

        private static final Set<String> OF_FILES = Set.of("apply", "fill", "catch-up");

        /// Whether its counts are counts of files.
        public boolean handlesFiles() {
            return OF_FILES.contains(name);
        }
    }

    /// Records that a run of `job` begins.
    ///
    /// @return its id; never given twice, even if the run leaves nothing behind
    public long begin(String job) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.update(connection -> {
            var statement = connection.prepareStatement(
                    "INSERT INTO run (job, started_at) VALUES (?, ?)",
                    java.sql.Statement.RETURN_GENERATED_KEYS);
            statement.setString(1, job);
            statement.setLong(2, clock.millis());
            return statement;
        }, key);
        Number run = key.getKey();
        if (run == null) {
            throw new IllegalStateException("SQLite gave the new run no id");
        }
        return run.longValue();
    }

    /// Ties a run to the execution that carries it.
    public void bind(long run, long executionId) {
        jdbc.update("UPDATE run SET execution_id = ? WHERE run = ?", executionId, run);
    }

    public void end(long run, String outcome, String report) {
        jdbc.update("UPDATE run SET outcome = ?, ended_at = ?, report = ? WHERE run = ?", outcome,
                clock.millis(), report, run);
    }

    /// Records that a run was cut off, unless it came to its own end meanwhile.
    ///
    /// @return whether it was cut off
    public boolean endCutOff(long run) {
        return jdbc.update(
                "UPDATE run SET outcome = 'failed', ended_at = ?, report = '' WHERE run = ? AND ended_at IS NULL",
                clock.millis(), run) > 0;
    }

    /// Records what a run that got nothing done failed of.
    public void stalled(long run, String key) {
        jdbc.update("UPDATE run SET stall_key = ? WHERE run = ?", key, run);
    }

    /// What the last `count` runs got nothing done for, if they all did for the same; empty if not.
    public Optional<String> stall(int count) {
        return jdbc.query(
                """
                        SELECT min(stall_key) FROM
                               (SELECT stall_key FROM run WHERE skip_reason IS NULL AND %s
                                 ORDER BY run DESC LIMIT ?)
                        HAVING count(stall_key) = ? AND min(stall_key) = max(stall_key)"""
                        .formatted(INDEXING),
                (row, _) -> row.getString(1), count, count).stream().findFirst();
    }

    /// Records a firing that did nothing, with the reason; once as long as the reason stays the same.
    public void skip(String job, String reason) {
        jdbc.update("""
                INSERT INTO run (job, outcome, skip_reason, started_at, ended_at)
                SELECT ?, 'skipped', ?, ?, ? WHERE NOT EXISTS
                       (SELECT 1 FROM run WHERE run = (SELECT max(run) FROM run WHERE job = ?)
                           AND skip_reason = ?)""", job, reason, clock.millis(),
                clock.millis(), job, reason);
    }

    /// How many runs that index failed one after the other up to now. Only a run that did not fail ends the count.
    public int failuresInARow() {
        Integer failures = jdbc.queryForObject("""
                SELECT count(*) FROM run
                 WHERE outcome = 'failed' AND %s AND run >
                       (SELECT coalesce(max(run), 0) FROM run
                         WHERE outcome IS NOT NULL AND outcome NOT IN ('failed', 'skipped')
                           AND %s)"""
                .formatted(INDEXING, INDEXING),
                Integer.class);
        return failures == null ? 0 : failures;
    }

    /// Whether each of the last `count` runs ended with files owed and got none done.
    public boolean isStuck(int count) {
        Integer stuck = jdbc.queryForObject(
                """
                        SELECT count(*) FROM
                               (SELECT report, outcome FROM run
                                 WHERE skip_reason IS NULL AND ended_at IS NOT NULL AND %s
                                 ORDER BY run DESC LIMIT ?)
                         WHERE outcome <> 'completed' AND json_valid(report) AND json_extract(report, '$.more')
                           AND json_extract(report, '$.files.indexed') = 0
                           AND json_extract(report, '$.files.deleted') = 0"""
                        .formatted(INDEXING),
                Integer.class, count);
        return stuck != null && stuck == count;
    }

    /// Runs that began and never ended: their process was killed.
    public List<Run> unended() {
        return runs("WHERE ended_at IS NULL ORDER BY run");
    }

    /// The newest run that indexes.
    public Optional<Run> last() {
        return runs("WHERE %s ORDER BY run DESC LIMIT 1".formatted(INDEXING)).stream().findFirst();
    }

    /// The newest run that indexes and was not skipped.
    public Optional<Run> lastThatRan() {
        return runs("WHERE skip_reason IS NULL AND %s ORDER BY run DESC LIMIT 1"
                .formatted(INDEXING)).stream().findFirst();
    }

    private List<Run> runs(String condition) {
        return jdbc.query("""
                SELECT run, execution_id, job, outcome, skip_reason, started_at, ended_at,
                       CASE WHEN json_valid(report)
                            THEN json_extract(report, '$.problem.message') END
                  FROM run\s""" + condition,
                (row, _) -> new Run(row.getLong(1),
                        row.getObject(2) == null ? null : row.getLong(2), row.getString(3),
                        row.getString(4), row.getString(5), Instant.ofEpochMilli(row.getLong(6)),
                        Ledger.instant(row, 7), row.getString(8)));
    }

    /// Executions that have not ended, as far as they could record it.
    public List<Execution> unendedExecutions() {
        return executions("WHERE e.STATUS IN ('STARTING', 'STARTED', 'STOPPING')");
    }

    /// The newest executions, newest first.
    public List<Execution> executions(int limit) {
        return executions("ORDER BY e.JOB_EXECUTION_ID DESC LIMIT " + limit);
    }

    public Optional<Execution> execution(long id) {
        return executions("WHERE e.JOB_EXECUTION_ID = " + id).stream().findFirst();
    }

    private List<Execution> executions(String condition) {
        return jdbc.query(
                """
                        SELECT e.JOB_EXECUTION_ID, i.JOB_NAME, e.STATUS, e.EXIT_CODE, e.START_TIME, e.END_TIME
                          FROM BATCH_JOB_EXECUTION e JOIN BATCH_JOB_INSTANCE i USING (JOB_INSTANCE_ID)
                        """
                        + condition,
                (row, _) -> new Execution(row.getLong(1), row.getString(2), row.getString(3),
                        row.getString(4), time(row, 5), time(row, 6), parameters(row.getLong(1)),
                        steps(row.getLong(1))));
    }

    private Map<String, String> parameters(long executionId) {
        Map<String, String> parameters = new LinkedHashMap<>();
        jdbc.query("""
                SELECT PARAMETER_NAME, PARAMETER_VALUE FROM BATCH_JOB_EXECUTION_PARAMS
                 WHERE JOB_EXECUTION_ID = ? ORDER BY PARAMETER_NAME""",
                row -> {
                    parameters.put(row.getString(1), row.getString(2));
                }, executionId);
        return parameters;
    }

    /// The retries stand in the step's context, where Spring Batch writes a number as a pair of its class
    /// and its value, and cuts off what is too long.
    private List<Step> steps(long executionId) {
        return jdbc.query("""
                SELECT s.STEP_NAME, s.STATUS, s.READ_COUNT, s.WRITE_COUNT, s.FILTER_COUNT,
                       s.READ_SKIP_COUNT + s.PROCESS_SKIP_COUNT + s.WRITE_SKIP_COUNT,
                       CASE WHEN json_valid(c.SHORT_CONTEXT)
                            THEN coalesce(json_extract(c.SHORT_CONTEXT, '$.retried[1]'), 0)
                            ELSE 0 END
                  FROM BATCH_STEP_EXECUTION s
                  LEFT JOIN BATCH_STEP_EXECUTION_CONTEXT c USING (STEP_EXECUTION_ID)
                 WHERE s.JOB_EXECUTION_ID = ? ORDER BY s.STEP_EXECUTION_ID""",
                (row, _) -> new Step(row.getString(1), row.getString(2), row.getLong(3),
                        row.getLong(4), row.getLong(5), row.getLong(6), row.getLong(7)),
                executionId);
    }

    /// Drops what ended before `before`, but never the newest run.
    ///
    /// @return how many executions went
    public int purge(Instant before) {
        Integer purged = transaction.execute(_ -> {
            int executions = dropExecutions("END_TIME IS NOT NULL AND END_TIME < ?",
                    Timestamp.from(before));
            jdbc.update("""
                    DELETE FROM run WHERE ended_at < ? AND run < (SELECT max(run) FROM run)""",
                    before.toEpochMilli());
            return executions;
        });
        return purged == null ? 0 : purged;
    }

    /// Forgets the runs of `job` that began and did not end, as if they had never been.
    public void forgetUnended(String job) {
        transaction.executeWithoutResult(_ -> {
            dropExecutions("""
                    END_TIME IS NULL AND JOB_INSTANCE_ID IN
                           (SELECT JOB_INSTANCE_ID FROM BATCH_JOB_INSTANCE WHERE JOB_NAME = ?)""",
                    job);
            jdbc.update("DELETE FROM run WHERE ended_at IS NULL AND job = ?", job);
        });
    }

    private int dropExecutions(String condition, Object argument) {
        String those = "(SELECT JOB_EXECUTION_ID FROM BATCH_JOB_EXECUTION WHERE %s)"
                .formatted(condition);
        jdbc.update("""
                DELETE FROM BATCH_STEP_EXECUTION_CONTEXT WHERE STEP_EXECUTION_ID IN
                       (SELECT STEP_EXECUTION_ID FROM BATCH_STEP_EXECUTION
                         WHERE JOB_EXECUTION_ID IN %s)""".formatted(those), argument);
        for (String table : List.of("BATCH_STEP_EXECUTION", "BATCH_JOB_EXECUTION_CONTEXT",
                "BATCH_JOB_EXECUTION_PARAMS")) {
            jdbc.update("DELETE FROM %s WHERE JOB_EXECUTION_ID IN %s".formatted(table, those),
                    argument);
        }
        int executions = jdbc.update("DELETE FROM BATCH_JOB_EXECUTION WHERE " + condition,
                argument);
        jdbc.update("""
                DELETE FROM BATCH_JOB_INSTANCE WHERE JOB_INSTANCE_ID NOT IN
                       (SELECT JOB_INSTANCE_ID FROM BATCH_JOB_EXECUTION)""");
        return executions;
    }

    private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }
}
