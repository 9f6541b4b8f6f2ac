package dev.cascade.steps.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Sighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StateDatabaseTest {

    /// Long after anything was written: what is fresh may be written to again unseen.
    private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("state.db");
    }

    private void tamper(String sql) {
        try (StateDatabase database = StateDatabase.openForWriting(file)) {
            new JdbcTemplate(database.dataSource()).execute(sql);
        }
    }

    @Test
    @Tag("SK-33")
    void migratingTwiceFindsTheSchemaUpToDate() {
        assertThatExceptionOfType(UnusableState.class)
                .isThrownBy(() -> StateDatabase.migrate(file));
        StateDatabase.openForWriting(file).close();
        assertThat(StateDatabase.migrate(file).told()).isEqualTo("Schema up to date");
    }

    @Test
    @Tag("SK-33")
    void anEmptyFileIsBroughtToTheCurrentSchema() throws IOException {
        Files.createFile(file);
        assertThat(StateDatabase.isCurrent(file)).isFalse();
        assertThat(StateDatabase.migrate(file).told()).startsWith("Schema brought to version");
        assertThat(StateDatabase.migrate(file).told()).isEqualTo("Schema up to date");
        assertThat(StateDatabase.isCurrent(file)).isTrue();
    }

    @Test
    void aDatabaseOfANewerCascadeIsRefusedAndLeftUntouched() throws IOException {
        StateDatabase.openForWriting(file).close();
        tamper("PRAGMA user_version = 99");
        assertUntouched(() -> {
            for (Runnable opening : List.<Runnable>of(() -> StateDatabase.openForWriting(file),
                    () -> StateDatabase.openForReading(file), () -> StateDatabase.migrate(file),
                    () -> StateDatabase.isCurrent(file))) {
                assertThatExceptionOfType(UnusableState.class).isThrownBy(opening::run)
                        .withMessageContaining("version 99")
                        .satisfies(ex -> assertThat(ex.remedy()).contains("newer Cascade"));
            }
        });
    }

    @Test
    @Tag("SK-05")
    void aFileThatIsNoDatabaseIsRefusedAndKeptAsEvidence() throws IOException {
        Files.writeString(file, "this is no database, but someone's only copy of something\n"
                .repeat(100));
        assertUntouched(() -> {
            for (Runnable opening : List.<Runnable>of(() -> StateDatabase.openForWriting(file),
                    () -> StateDatabase.openForReading(file))) {
                assertThatExceptionOfType(UnusableState.class).isThrownBy(opening::run)
                        .withMessageContaining("not a database")
                        .satisfies(ex -> assertThat(ex.remedy()).contains("mv"));
            }
        });
    }

    private void assertUntouched(Runnable attempts) throws IOException {
        FileTime old = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(file, old);
        byte[] before = Files.readAllBytes(file);
        attempts.run();
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
    }

    @Test
    @Tag("EV-46")
    void theSettingsOfSqliteAreInForce() {
        try (StateDatabase database = StateDatabase.openForWriting(file)) {
            JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
            assertThat(Stream.of("journal_mode", "synchronous", "foreign_keys", "busy_timeout",
                    "temp_store", "journal_size_limit")
                    .map(name -> name + "="
                            + jdbc.queryForObject("PRAGMA " + name, String.class)))
                    .containsExactly("journal_mode=wal", "synchronous=2", "foreign_keys=1",
                            "busy_timeout=30000", "temp_store=2", "journal_size_limit=67108864");
        }
    }

    @Test
    void whatMayBeTakenBackByAPowerCutMakesNothingElseSo() {
        try (StateDatabase database = StateDatabase.openForWriting(file)) {
            assertThat(synchronous(database.relaxed())).isEqualTo("1");
            assertThat(synchronous(database.dataSource())).isEqualTo("2");
        }
        try (StateDatabase database = StateDatabase.openBesideARun(file)) {
            assertThat(synchronous(database.relaxed())).isEqualTo("1");
            assertThat(synchronous(database.dataSource())).isEqualTo("2");
        }
    }

    private static @Nullable String synchronous(DataSource dataSource) {
        return new JdbcTemplate(dataSource).queryForObject("PRAGMA synchronous", String.class);
    }

    @Test
    void theIndexesThatKeepLookingCheapAreThere() {
        try (StateDatabase database = StateDatabase.openForWriting(file)) {
            Set<String> indexes = new JdbcTemplate(database.dataSource()).queryForList(
                    "SELECT name FROM sqlite_master WHERE type = 'index'", String.class)
                    .stream()
                    .collect(Collectors.toSet());
            assertThat(indexes).contains("idx_md_change_lsn", "idx_md_change_retryable",
                    "idx_md_change_trouble", "idx_batch_job_execution_instance",
                    "idx_batch_job_execution_params", "idx_batch_step_execution_job");
        }
    }

    @Test
    void whatWasOpenedForReadingCannotBeWrittenTo() {
        StateDatabase.openForWriting(file).close();
        try (StateDatabase database = StateDatabase.openForReading(file)) {
            assertThatExceptionOfType(DataAccessException.class)
                    .isThrownBy(() -> new JdbcTemplate(database.dataSource())
                            .update("UPDATE lsn_sequence SET last = 5"));
        }
    }

    private static int lsn(StateDatabase database) {
        return Objects.requireNonNull(new JdbcTemplate(database.dataSource()).queryForObject(
                "SELECT last FROM lsn_sequence", Integer.class));
    }

    @Test
    @Tag("IAI-01")
    void aLookAtADatabaseThatNobodyWritesToLeavesNothingBesideIt() throws IOException {
        assertThat(StateDatabase.look(file, LATER, StateDatabaseTest::lsn)).isEmpty();
        StateDatabase.openForWriting(file).close();
        tamper("UPDATE lsn_sequence SET last = 5");
        FileTime before = Files.getLastModifiedTime(folder);
        assertThat(StateDatabase.look(file, LATER, StateDatabaseTest::lsn)).contains(5);
        assertThat(folder).isDirectoryNotContaining("glob:**-{wal,shm}");
        assertThat(Files.getLastModifiedTime(folder)).isEqualTo(before);
    }

    @Test
    void aLookSeesWhatStandsInTheLogOfSomeoneWhoWrites() {
        try (StateDatabase writing = StateDatabase.openForWriting(file)) {
            new JdbcTemplate(writing.dataSource()).execute("UPDATE lsn_sequence SET last = 6");
            assertThat(StateDatabase.look(file, LATER, StateDatabaseTest::lsn)).contains(6);
        }
    }

    @Test
    void aLookDuringWhichSomeoneBeganToWriteIsTakenOnceMore() {
        StateDatabase.openForWriting(file).close();
        List<Integer> seen = new ArrayList<>();
        assertThat(StateDatabase.look(file, LATER, database -> {
            seen.add(lsn(database));
            if (seen.size() == 1) {
                tamper("UPDATE lsn_sequence SET last = 7");
            }
            return lsn(database);
        })).contains(7);
        assertThat(seen).containsExactly(0, 7);
    }

    @Test
    void aLookThatFailedWhileSomeoneBeganToWriteSaysNothing() {
        StateDatabase.openForWriting(file).close();
        AtomicBoolean first = new AtomicBoolean(true);
        assertThat(StateDatabase.look(file, LATER, database -> {
            if (first.getAndSet(false)) {
                tamper("UPDATE lsn_sequence SET last = 8");
                throw new IllegalStateException("half of this page is older than the other");
            }
            return lsn(database);
        })).contains(8);
    }

    @Test
    @Tag("HM-11")
    void aWriteThatWaitedTooLongIsNotMadeAndTheNextOneIs() throws SQLException {
        try (StateDatabase database = StateDatabase.openForWriting(file, Duration.ofMillis(100));
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement hold = other.createStatement()) {
            Ledger ledger = new Ledger(database.dataSource(), Clock.systemUTC());
            hold.execute("BEGIN IMMEDIATE");
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(RuntimeException.class)
                        .isThrownBy(() -> ledger.observe(List.of(added("a.md")), 1))
                        .satisfies(ex -> assertThat(NestedExceptionUtils.getMostSpecificCause(ex))
                                .hasMessageContaining("SQLITE_BUSY"));
            }
            assertThat(ledger.queue().pending()).isZero();
            hold.execute("ROLLBACK");
            ledger.observe(List.of(added("b.md")), 1);
            assertThat(ledger.state(new MemoryPath("b.md"))).contains("pending");
            assertThat(ledger.state(new MemoryPath("a.md"))).isEmpty();
        }
    }

    private static Observation added(String path) {
        return new Observation.Differs(
                new Sighting(new MemoryPath(path), "note", new Fingerprint(1, 1, 1, 1, "")),
                Observation.Reason.ADDED);
    }

    @Test
    void readingGoesOnBesideAWriter() throws InterruptedException {
        try (StateDatabase writing = StateDatabase.openForWriting(file)) {
            Ledger writer = new Ledger(writing.dataSource(), Clock.systemUTC());
            AtomicBoolean ended = new AtomicBoolean();
            Thread thread = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 100; i++) {
                    writer.observe(List.of(new Observation.Differs(
                            new Sighting(new MemoryPath(i + ".md"), "note",
                                    new Fingerprint(i, 1, 1, 1, "")),
                            Observation.Reason.ADDED)), 1);
                }
                ended.set(true);
            });
            try (StateDatabase reading = StateDatabase.openForReading(file)) {
                Ledger reader = new Ledger(reading.dataSource(), Clock.systemUTC());
                long last = 0;
                while (!ended.get()) {
                    long pending = reader.queue().pending();
                    assertThat(pending).isGreaterThanOrEqualTo(last);
                    last = pending;
                }
                assertThat(reader.queue().pending()).isEqualTo(100);
            }
            thread.join();
        }
    }
}
