package dev.cascade.steps.ledger;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import dev.cascade.config.Layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("SK-30")
class BackupsTest {

    private static final RootIdentity ROOT = new RootIdentity("11112222-3333", "/notes",
            Layout.NOTES);
    private static final RootIdentity OTHER = new RootIdentity("99992222-3333", "/other",
            Layout.NOTES);

    @TempDir
    private Path folder;

    private Path database;
    private Backups backups;

    @BeforeEach
    void aDatabase() {
        database = folder.resolve("state.db");
        backups = new Backups(folder.resolve("backups"));
        try (StateDatabase state = StateDatabase.openForWriting(database)) {
            new Ledger(state.dataSource(), Clock.systemUTC()).adopt(ROOT);
        }
    }

    private Path copied(Clock clock) throws IOException {
        Path copy = backups.next(ROOT, clock);
        backups.copy(database, copy);
        backups.check(copy);
        backups.publish(copy);
        return copy;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("backups"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aCopyHoldsWhatIsStillInTheLogOfAWriterAndOnlyItsOwnerMayReadIt() throws IOException {
        Path copy;
        try (StateDatabase state = StateDatabase.openForWriting(database)) {
            new History(state.dataSource(), Clock.systemUTC()).begin("reconcile");
            assertThat(folder.resolve("state.db-wal")).isNotEmptyFile();
            copy = copied(Clock.systemUTC());
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rw-------");
        assertThat(Backups.read(copy)).isEqualTo(new Backups.Content(StateDatabase.VERSION, ROOT));
        try (StateDatabase state = StateDatabase.openForReading(copy)) {
            assertThat(new History(state.dataSource(), Clock.systemUTC()).last()).isPresent();
        }
    }

    @Test
    void theOldestGoAndThoseOfOtherRootsAndOfPeopleStay() throws IOException {
        for (int hour = 0; hour < 4; hour++) {
            copied(Clock.offset(Clock.systemUTC(), Duration.ofHours(hour)));
        }
        Path folder = backups.of(ROOT).getFirst().resolveSibling("");
        Path foreign = Files.createFile(folder.resolve(
                backups.next(OTHER, Clock.systemUTC()).getFileName()));
        Path own = Files.createFile(folder.resolve("state-11112222-mine.db"));
        List<Path> before = backups.of(ROOT);
        assertThat(backups.prune(ROOT, 3, before.getLast())).containsExactly(before.getFirst());
        assertThat(backups.of(ROOT)).isEqualTo(before.subList(1, 4));
        assertThat(backups.prune(ROOT, 1, before.get(1)))
                .as("dated later by a clock that was ahead")
                .containsExactly(before.get(2), before.get(3));
        assertThat(backups.of(ROOT)).containsExactly(before.get(1));
        assertThat(foreign).exists();
        assertThat(own).exists();
    }

    @Test
    void whatACopyThatWasCutOffLeftIsNoCopyAndGoesWithTheNext() throws IOException {
        Path copy = backups.next(ROOT, Clock.systemUTC());
        backups.copy(database, copy);
        assertThat(backups.of(ROOT)).isEmpty();
        assertThat(backups.sweep(OTHER)).isZero();
        assertThat(backups.sweep(ROOT)).isEqualTo(1);
        assertThat(names()).isEmpty();
    }

    @Test
    void aCopyThatIsNotSoundIsNeverTakenForOne() throws IOException {
        try (StateDatabase state = StateDatabase.openForWriting(database)) {
            JdbcTemplate jdbc = new JdbcTemplate(state.dataSource());
            jdbc.execute("CREATE TABLE filler (text TEXT)");
            jdbc.execute("CREATE INDEX filler_text ON filler (text)");
            jdbc.execute("""
                    INSERT INTO filler WITH RECURSIVE n(i) AS
                           (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                    SELECT hex(randomblob(50)) FROM n""");
        }
        Path copy = backups.next(ROOT, Clock.systemUTC());
        backups.copy(database, copy);
        Path part = folder.resolve("backups").resolve(names().getFirst());
        try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
            file.seek(file.length() - 3 * 4096);
            file.write(new byte[2 * 4096]);
        }
        assertThatExceptionOfType(UnusableState.class).isThrownBy(() -> backups.check(copy))
                .withMessageContaining("is damaged");
        assertThat(names()).isEmpty();
        assertThatExceptionOfType(UnusableState.class)
                .isThrownBy(() -> Backups.read(Files.writeString(folder.resolve("x"), "hello")));
    }

    @Test
    @Tag("SK-33")
    @Tag("HM-16")
    void eachOlderVersionIsCopiedAndThenBroughtToThisOneWithAllThatItHeld() throws IOException {
        for (int version = 1; version < StateDatabase.VERSION; version++) {
            Path old = folder.resolve("v%d".formatted(version)).resolve("state.db");
            Files.createDirectories(old.getParent());
            SingleConnectionDataSource source = new SingleConnectionDataSource(
                    "jdbc:sqlite:" + old, true);
            try {
                assertThat(StateDatabase.migrate(source, version)).isEqualTo(version);
                JdbcTemplate jdbc = new JdbcTemplate(source);
                jdbc.update(
                        "INSERT INTO root_identity (root_id, path, layout, created_at) VALUES ('a', '/notes', 'notes', 1)");
                jdbc.update(
                        """
                                INSERT INTO md_change_state (md_path, kind, wanted, lsn, first_seen_at, last_changed_at)
                                VALUES ('a.md', 'note', '1/2/3/4/5', 1, 1, 1)""");
            } finally {
                source.destroy();
            }
            StateDatabase.Migrated migrated = StateDatabase.migrate(old);
            assertThat(migrated.told()).isEqualTo(
                    "Schema brought to version " + StateDatabase.VERSION);
            assertThat(migrated.copy()).isNotNull().exists();
            assertThat(StateDatabase.migrate(old))
                    .isEqualTo(new StateDatabase.Migrated("Schema up to date", null));
            try (StateDatabase state = StateDatabase.openForReading(old)) {
                assertThat(new Ledger(state.dataSource(), Clock.systemUTC()).knowsAnyFile())
                        .isTrue();
                assertThat(new Maintenance(state.dataSource(), Clock.systemUTC()).tasks())
                        .isEmpty();
            }
            Path before = old.resolveSibling("backups")
                    .resolve("state-of-version-%d.db".formatted(version));
            assertThat(Backups.read(before).version()).isEqualTo(version);
        }
    }
}
