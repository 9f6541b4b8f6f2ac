package dev.cascade.steps.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Sighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// What is added to a schema that lacks something, and what is said when nothing can be.
class SchemaRepairTest {

    @TempDir
    private Path folder;

    private Path file;
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void twoFilesAreKnown() {
        file = folder.resolve("state.db");
        try (StateDatabase database = StateDatabase.openForWriting(file)) {
            new Ledger(database.dataSource(), Clock.systemUTC()).observe(List.of(differs("a.md"),
                    differs("b.md")), 7);
        }
    }

    private static Observation differs(String path) {
        return new Observation.Differs(
                new Sighting(new MemoryPath(path), "note", new Fingerprint(1, 1, 1, 1, "")),
                Observation.Reason.ADDED);
    }

    private void sql(String... statements) {
        try (StateDatabase database = StateDatabase.openForWriting(file)) {
            JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
            for (String statement : statements) {
                jdbc.execute(statement);
            }
        }
    }

    private <T> T ask(String question, Class<T> type) {
        try (StateDatabase database = StateDatabase.openForReading(file)) {
            return Optional
                    .ofNullable(
                            new JdbcTemplate(database.dataSource()).queryForObject(question, type))
                    .orElseThrow();
        }
    }

    private List<String> schema() {
        try (StateDatabase database = StateDatabase.openForReading(file)) {
            return new JdbcTemplate(database.dataSource()).query("""
                    SELECT m.type || ' ' || m.name || ' ' || coalesce(c.name, '')
                      FROM sqlite_master m LEFT JOIN pragma_table_xinfo(m.name) c
                     WHERE m.name NOT LIKE 'sqlite%' ORDER BY 1""", (row, _) -> row.getString(1));
        }
    }

    private SoundState state() {
        return new SoundState(file, folder.resolve("schema-repair"), Duration.ofMillis(100),
                told::add);
    }

    /// Asks what status and every run ask.
    private long pending() {
        try (StateDatabase database = StateDatabase.openForReading(file)) {
            Ledger ledger = new Ledger(database.dataSource(), Clock.systemUTC());
            ledger.standing();
            return ledger.queue().pending();
        }
    }

    private void loseGateColumn() {
        sql("DROP VIEW md_file_state", "DROP INDEX idx_md_change_gate",
                "ALTER TABLE md_change_state DROP COLUMN gate");
    }

    @Test
    @Tag("HM-01")
    void aSchemaOfAnOlderVersionIsMendedBeforeItIsBroughtToThisOne() {
        Path old = folder.resolve("old.db");
        SingleConnectionDataSource source = new SingleConnectionDataSource("jdbc:sqlite:" + old,
                true);
        try {
            StateDatabase.migrate(source, 6);
            new JdbcTemplate(source).execute("DROP TABLE kind_schema");
        } finally {
            source.destroy();
        }
        assertThat(StateDatabase.mend(old, Duration.ofMillis(100)))
                .contains("table kind_schema");
        try (StateDatabase database = StateDatabase.openForWriting(old)) {
            assertThat(new Ledger(database.dataSource(), Clock.systemUTC()).backlog())
                    .isEqualTo(new Backlog(0, 0));
        }
    }

    @Test
    @Tag("HM-01")
    void onlyTheRootCauseTellsOfDrift() {
        loseGateColumn();
        sql("CREATE VIEW md_file_state AS SELECT c.gate, c.md_path, 'pending' AS state, 1 AS lsn,"
                + " 1 AS last_changed_at, 0 AS skipped_entries, 0 AS vectors_owed"
                + " FROM md_change_state c");
        DataAccessException ex = catchThrowableOfType(DataAccessException.class, this::pending);
        assertThat(SchemaDrift.in(ex)).contains(new SchemaDrift("column", "gate"));
        assertThat(SchemaDrift.in(new IllegalStateException(ex)))
                .contains(new SchemaDrift("column", "gate"));
        assertThat(SchemaDrift.in(new IllegalStateException("no such column: gate"))).isEmpty();
        assertThat(SchemaDrift.in(new IllegalStateException(String.valueOf(ex.getMessage()))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT x.absent  FROM run x                 | column absent
            SELECT 1 FROM main.nowhere                  | table nowhere
            INSERT INTO run (job, absent)  VALUES (1,2) | column absent
            """)
    @Tag("HM-01")
    void eachOfTheThreeSentencesOfSqliteIsUnderstood(String statement, String drift) {
        DataAccessException ex = catchThrowableOfType(DataAccessException.class,
                () -> sql(statement));
        assertThat(SchemaDrift.in(ex).map(SchemaDrift::toString)).contains(drift);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INSERT INTO run (job) VALUES ('no such column: job')",
            "SELEKT 'no such table: run'", "INSERT INTO generation VALUES (1, 0, 0, 0, 0, 0)"})
    @Tag("HM-11")
    void otherErrorsOfSqliteAreNoDrift(String statement) {
        DataAccessException ex = catchThrowableOfType(DataAccessException.class,
                () -> sql(statement));
        assertThat(SchemaDrift.in(ex)).isEmpty();
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> state().during(() -> {
            sql(statement);
            return 1;
        }));
        assertThat(folder.resolve("schema-repair")).doesNotExist();
    }

    @Test
    @Tag("HM-03")
    @Tag("HM-16")
    void aLostColumnItsIndexAndItsViewAreAddedAndNothingElseIsTouched() {
        List<String> before = schema();
        loseGateColumn();
        assertThat(state().during(this::pending)).isEqualTo(2);
        assertThat(schema()).isEqualTo(before);
        assertThat(told).singleElement()
                .asString()
                .contains("md_file_state", "column gate of md_change_state",
                        "index idx_md_change_gate");
        assertThat(folder.resolve("schema-repair")).doesNotExist();
    }

    @Test
    @Tag("HM-03")
    void lostTablesComeBackWithTheirFirstRows() {
        List<String> before = schema();
        sql("DROP TABLE generation", "DROP TABLE run_control", "DROP TABLE lsn_sequence",
                "DROP TABLE flyway_schema_history", "DROP TABLE BATCH_STEP_EXECUTION_CONTEXT");
        assertThat(state().during(this::pending)).isEqualTo(2);
        assertThat(schema()).isEqualTo(before);
        assertThat(ask("SELECT generation FROM generation WHERE live = 1", Long.class))
                .isEqualTo(1);
        assertThat(ask("SELECT status FROM run_control", String.class)).isEqualTo("active");
        assertThat(ask("SELECT count(*) FROM flyway_schema_history WHERE version IS NOT NULL",
                Long.class)).isEqualTo(StateDatabase.VERSION);
    }

    @Test
    void theNumbersOfLostTablesAreNotGivenAgain() {
        sql("INSERT INTO BATCH_JOB_INSTANCE VALUES (9, 0, 'reconcile', 'key')",
                "INSERT INTO BATCH_JOB_EXECUTION (JOB_EXECUTION_ID, JOB_INSTANCE_ID, CREATE_TIME)"
                        + " VALUES (12, 9, 0)",
                "UPDATE md_change_state SET gate = 4", "DROP TABLE gate", "DROP TABLE run",
                "DROP TABLE lsn_sequence", "DROP TABLE BATCH_JOB_EXECUTION_SEQ",
                "DROP TABLE BATCH_JOB_INSTANCE_SEQ");
        state().during(this::pending);
        assertThat(ask("SELECT last FROM lsn_sequence", Long.class)).isEqualTo(2);
        sql("INSERT INTO run (job, started_at) VALUES ('reconcile', 0)",
                "INSERT INTO gate (kind, job, run, status, summary, digest, created_at)"
                        + " VALUES ('removal', 'reconcile', 8, 'pending', '', '', 0)",
                "INSERT INTO BATCH_JOB_EXECUTION_SEQ VALUES (NULL)",
                "INSERT INTO BATCH_JOB_INSTANCE_SEQ VALUES (NULL)");
        assertThat(ask("SELECT max(run) FROM run", Long.class)).isEqualTo(8);
        assertThat(ask("SELECT max(gate) FROM gate", Long.class)).isEqualTo(5);
        assertThat(ask("SELECT max(ID) FROM BATCH_JOB_EXECUTION_SEQ", Long.class)).isEqualTo(13);
        assertThat(ask("SELECT max(ID) FROM BATCH_JOB_INSTANCE_SEQ", Long.class)).isEqualTo(10);
    }

    @Test
    @Tag("HM-04")
    @Tag("HM-18")
    void whatCannotBeAddedIsTriedOnceAndThenRefusedUnderTheSameWords() throws IOException {
        sql("DROP VIEW md_file_state", "ALTER TABLE md_change_state RENAME COLUMN lsn TO lost",
                "ALTER TABLE run DROP COLUMN stall_key");
        UnusableState first = refused();
        assertThat(first).hasMessageContainingAll("column lsn of md_change_state",
                "cannot be added", "nothing was changed");
        assertThat(first.remedy()).contains("cascade restore FILE", "mv ", "cascade sync");
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < 4; i++) {
            assertThat(refusedUntouched()).hasMessage(first.getMessage());
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        assertThat(schema()).noneMatch(part -> part.contains("stall_key"));
        assertThat(told).isEmpty();
    }

    private UnusableState refused() {
        return catchThrowableOfType(UnusableState.class, () -> state().during(this::pending));
    }

    private UnusableState refusedUntouched() {
        return catchThrowableOfType(UnusableState.class, () -> state().during(() -> {
            throw new AssertionError("the database was touched");
        }));
    }

    @Test
    @Tag("HM-06")
    @Tag("HM-18")
    void aDatabaseThatChangedIsTriedAgain() {
        sql("DROP VIEW md_file_state", "ALTER TABLE md_change_state RENAME COLUMN lsn TO lost");
        refused();
        sql("ALTER TABLE md_change_state RENAME COLUMN lost TO lsn");
        assertThat(state().during(this::pending)).isEqualTo(2);
        assertThat(told).hasSize(1);
        assertThat(folder.resolve("schema-repair")).doesNotExist();
    }

    @Test
    @Tag("HM-06")
    void anotherVersionOfCascadeTriesAgain() throws IOException {
        loseGateColumn();
        String seen = DatabaseFingerprint.of(file).orElseThrow();
        assertThat(seen).contains("cascade ");
        new RepairNote(seen.replace("cascade ", "cascade before "), true, "cannot", "wait")
                .write(folder.resolve("schema-repair"));
        assertThat(state().during(this::pending)).isEqualTo(2);
        assertThat(told).hasSize(1);
    }

    @Test
    @Tag("HM-11")
    void aRepairThatFoundTheDatabaseBusyIsTriedAgain() throws SQLException {
        loseGateColumn();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement hold = other.createStatement()) {
            hold.execute("BEGIN IMMEDIATE");
            RuntimeException busy = catchThrowableOfType(RuntimeException.class,
                    () -> state().during(this::pending));
            assertThat(NestedExceptionUtils.getMostSpecificCause(busy))
                    .hasMessageContaining("SQLITE_BUSY");
            assertThat(folder.resolve("schema-repair")).doesNotExist();
            hold.execute("ROLLBACK");
        }
        assertThat(state().during(this::pending)).isEqualTo(2);
    }

    @Test
    @Tag("HM-02")
    @Tag("HM-04")
    void driftThatComesBackAtOnceIsNotMendedTwice() {
        sql("CREATE TRIGGER broken AFTER UPDATE ON run_control"
                + " BEGIN UPDATE run SET absent = 1; END", "DROP TABLE gate");
        List<Integer> tries = new ArrayList<>();
        UnusableState refused = catchThrowableOfType(UnusableState.class,
                () -> state().during(() -> {
                    tries.add(1);
                    sql("UPDATE run_control SET since = 1");
                    return 1;
                }));
        assertThat(refused).hasMessageContaining("column absent");
        assertThat(tries).hasSize(2);
        assertThat(refusedUntouched()).hasMessage(refused.getMessage());
    }

    @Test
    @Tag("HM-02")
    void aRepairThatWasCutOffIsNotTriedAgainOnTheSameDatabase() {
        loseGateColumn();
        String seen = DatabaseFingerprint.of(file).orElseThrow();
        new RepairNote(seen, false, "tried", "wait").write(folder.resolve("schema-repair"));
        assertThat(refused()).hasMessageContainingAll("md_file_state", "was tried before",
                "nothing was changed");
        assertThat(schema()).noneMatch(part -> part.endsWith("md_change_state gate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "state=disabled", "state=perhaps\nfingerprint=x\n",
            "\\u00"})
    @Tag("SK-03")
    void aNoteThatCannotBeUnderstoodCountsAsNone(String text) throws IOException {
        Files.writeString(folder.resolve("schema-repair"), text);
        loseGateColumn();
        assertThat(state().during(this::pending)).isEqualTo(2);
    }

    @Test
    @Tag("HM-05")
    @Tag("HM-19")
    void theFingerprintSeesTheLogBesideTheFile() throws IOException {
        String atRest = DatabaseFingerprint.of(file).orElseThrow();
        assertThat(pending()).isEqualTo(2);
        assertThat(DatabaseFingerprint.of(file)).as("after a reader").contains(atRest);
        try (StateDatabase database = StateDatabase.openForWriting(file)) {
            new JdbcTemplate(database.dataSource()).update("UPDATE run_control SET since = 2");
            assertThat(DatabaseFingerprint.of(file).orElseThrow()).isNotEqualTo(atRest)
                    .doesNotContain("wal none");
        }
        assertThat(DatabaseFingerprint.of(folder.resolve("nothing"))).isEmpty();
    }

    @Test
    @Tag("HM-12")
    @Tag("SK-32")
    void aDamagedFileIsNeverMendedAndLeftAsItIs() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 4096; i < bytes.length; i++) {
            bytes[i] = (byte) 0xA5;
        }
        Files.write(file, bytes);
        UnusableState first = refused();
        assertThat(first).hasMessageContaining("malformed");
        assertThat(first.remedy()).contains("cascade restore FILE", "mv ");
        assertThat(refusedUntouched()).hasMessage(first.getMessage());
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        assertThat(told).isEmpty();
    }
}
