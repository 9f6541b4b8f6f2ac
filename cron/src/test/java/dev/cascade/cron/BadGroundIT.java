package dev.cascade.cron;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.cron.CascadeProcess.Running;
import dev.cascade.steps.ledger.StateDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// Roots, state and disks that are not as they should be.
class BadGroundIT {

    @TempDir
    Path folder;

    private Path root;
    private CascadeProcess cascade;

    @BeforeEach
    void begin() {
        root = folder.resolve("root");
        cascade = CascadeProcess.in(folder).env("CASCADE_ROOT", root.toString());
    }

    private void indexed() {
        Trees.note(root, "a.md");
        Trees.note(root, "sub/b.md");
        assertThat(cascade.run("sync").exit()).isZero();
    }

    private Path database() {
        return root.resolve(".cascade/state.db");
    }

    private static void told(Result result, int code, String... words) {
        assertThat(result.exit()).as(result.stdout() + result.stderr()).isEqualTo(code);
        assertThat(result.stderr()).contains(words).doesNotContain("\tat ");
        assertThat(result.stderr().lines().count()).isLessThanOrEqualTo(3);
    }

    private void inStep() {
        Result verified = cascade.run("verify", "--deep");
        assertThat(verified.exit()).as(verified.stdout() + verified.stderr()).isZero();
    }

    @Test
    @Tag("EV-02")
    void aRootThatIsNoneIsRefused() {
        told(cascade.run("sync"), 2, root + " does not exist", "mounted");
        Trees.file(folder, "root", "a file");
        told(cascade.run("sync"), 2, root + " is no folder");
    }

    @Test
    @Tag("EV-18")
    void anEmptyRootIsAnUnmountedDisk() throws IOException {
        Files.createDirectories(root);
        told(cascade.run("sync"), 2, "holds no Markdown", "mount it");
        assertThat(root.resolve(".cascade")).doesNotExist();

        indexed();
        Files.delete(root.resolve("a.md"));
        FileUtils.deleteDirectory(root.resolve("sub").toFile());
        told(cascade.run("sync"), 5, "holds no Markdown any more, but 2 files are indexed",
                "mount it");
        assertThat(cascade.run("search", "note").stdout()).contains("a.md:1", "sub/b.md:1");
        assertThat(cascade.run("status").stdout()).contains("health: needs-action");
        Trees.note(root, "a.md");
        Trees.note(root, "sub/b.md");
        assertThat(cascade.run("sync").exit()).isZero();
    }

    @Test
    @Tag("SK-05")
    void aDamagedDatabaseIsRefusedAndCanBeMovedAway() throws IOException {
        indexed();
        byte[] garbage = "this is no database at all, ".repeat(500)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Files.write(database(), garbage);
        for (String words : new String[]{"sync", "status", "migrate"}) {
            told(cascade.run(words.split(" ")), 2, "state.db cannot be used",
                    "file is not a database", "move it away");
        }
        assertThat(database()).hasBinaryContent(garbage);
        Files.move(database(), database().resolveSibling("state.db.corrupt"));
        Result again = cascade.run("sync");
        assertThat(again.exit()).as(again.stderr()).isZero();
        inStep();
    }

    @Test
    void aDatabaseOfANewerVersionIsRefused() throws SQLException {
        indexed();
        sql("PRAGMA user_version=99");
        told(cascade.run("sync"), 2, "has schema version 99", "newer Cascade");
        told(cascade.run("status"), 2, "has schema version 99");
        told(cascade.run("migrate"), 2, "has schema version 99");
        sql("PRAGMA user_version=" + StateDatabase.VERSION);
        assertThat(cascade.run("status").exit()).isZero();
    }

    @Test
    void migrateSaysWhereTheStateIsAsItWasBefore() throws SQLException {
        indexed();
        for (String trigger : names("trigger")) {
            sql("DROP TRIGGER " + trigger);
        }
        sql("ALTER TABLE lsn_sequence DROP COLUMN settled_to");
        sql("DELETE FROM flyway_schema_history WHERE version = '7'");
        sql("PRAGMA user_version=6");
        Result migrated = cascade.run("migrate", "--json");
        assertThat(migrated.exit()).as(migrated.stdout()).isZero();
        assertThat(Path.of(migrated.json().path("copy").asString())).exists()
                .hasParentRaw(root.resolve(".cascade/backups"));
        assertThat(cascade.run("migrate").stdout()).isEqualTo("Schema up to date\n");
        assertThat(cascade.run("migrate", "--json").json().path("copy").isNull()).isTrue();
        inStep();
    }

    @Test
    @Tag("HM-01")
    @Tag("HM-03")
    void aSchemaThatLostAColumnIsToldByStatusAndMendedBySync() throws SQLException {
        indexed();
        sql("DROP VIEW md_file_state");
        sql("DROP INDEX idx_md_change_gate");
        sql("ALTER TABLE md_change_state DROP COLUMN gate");
        told(cascade.run("status"), 2, "the state database lacks the table md_file_state",
                "cascade sync");
        Result mended = cascade.run("sync");
        assertThat(mended.exit()).as(mended.stderr()).isZero();
        assertThat(mended.stderr()
                .lines()
                .filter(line -> line.startsWith("cascade: warning: "))
                .filter(line -> line.contains("added: "))).singleElement()
                .asString()
                .contains("column gate of md_change_state");
        assertThat(mended.stderr()).doesNotContain("\tat ", "SQLITE_ERROR");
        assertThat(cascade.run("status").exit()).isZero();
        inStep();
    }

    @Test
    @Tag("HM-04")
    @Tag("HM-06")
    @Tag("HM-18")
    void aSchemaThatCannotBeMendedRefusesEachRunUntilItChanges() throws SQLException {
        indexed();
        sql("DROP VIEW md_file_state");
        sql("ALTER TABLE md_change_state RENAME COLUMN lsn TO lost");
        for (String words : new String[]{"sync", "sync", "fix --apply", "migrate", "sync"}) {
            told(cascade.run(words.split(" ")), 2, "column lsn of md_change_state",
                    "nothing was changed", "cascade restore FILE", "cascade sync");
        }
        sql("ALTER TABLE md_change_state RENAME COLUMN lost TO lsn");
        Result again = cascade.run("sync");
        assertThat(again.exit()).as(again.stderr()).isZero();
        assertThat(again.stderr()).contains("the database changed; trying again");
        inStep();
    }

    @Test
    @Tag("HM-12")
    @Tag("SK-32")
    void aDatabaseDamagedInItsMiddleIsRefusedAndLeftAsItIs() throws IOException {
        Trees.notes(root, 800);
        indexed();
        try (FileChannel channel = FileChannel.open(database(), StandardOpenOption.WRITE)) {
            byte[] noise = new byte[1 << 16];
            java.util.Arrays.fill(noise, (byte) 0x5A);
            channel.write(java.nio.ByteBuffer.wrap(noise), channel.size() / 2 / 4096 * 4096);
        }
        byte[] evidence = Files.readAllBytes(database());
        for (int i = 0; i < 2; i++) {
            told(cascade.run("sync"), 2, "state.db cannot be used", "malformed",
                    "cascade restore FILE", "move it away");
        }
        told(cascade.run("status"), 2, "malformed", "cascade restore FILE", "move it away");
        assertThat(database()).hasBinaryContent(evidence);
        Files.move(database(), database().resolveSibling("state.db.corrupt"));
        Result again = cascade.run("sync");
        assertThat(again.exit()).as(again.stderr()).isZero();
        inStep();
    }

    private List<String> names(String type) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = connection();
                PreparedStatement ask = connection
                        .prepareStatement("SELECT name FROM sqlite_master WHERE type = ?")) {
            ask.setString(1, type);
            try (ResultSet found = ask.executeQuery()) {
                while (found.next()) {
                    names.add(found.getString(1));
                }
            }
        }
        return names;
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = connection();
                Statement execute = connection.createStatement()) {
            execute.execute(statement);
        }
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + database());
    }

    @Test
    void aDatabaseThatAnotherProgramHoldsIsRefusedAfterAWhile() throws SQLException {
        indexed();
        Trees.note(root, "new.md");
        try (Connection connection = connection(); Statement hold = connection.createStatement()) {
            hold.execute("PRAGMA locking_mode=EXCLUSIVE");
            hold.execute("BEGIN EXCLUSIVE");
            hold.execute("CREATE TABLE held (x)");
            try (Running sync = cascade.background("sync");
                    Running search = cascade.background("search", "note", "--json")) {
                told(sync.end(Duration.ofSeconds(60)), 2, "is locked by another program",
                        "Wait for it");
                Result looked = search.end(Duration.ofSeconds(60));
                assertThat(looked.exit()).isEqualTo(2);
                assertThat(looked.json().at("/error/message").asString()).contains(
                        "is locked by another program");
            }
            hold.execute("ROLLBACK");
        }
        assertThat(cascade.run("sync").exit()).isZero();
    }

    @Test
    void aDamagedIndexIsToldAndADeletedOneHealsByItself() throws IOException {
        indexed();
        Path index = root.resolve(".cascade/index");
        try (Stream<Path> files = Files.walk(index)) {
            Path segments = files
                    .filter(file -> file.getFileName().toString().startsWith("segments_"))
                    .findFirst()
                    .orElseThrow();
            try (FileChannel channel = FileChannel.open(segments, StandardOpenOption.WRITE)) {
                channel.truncate(10);
            }
        }
        for (String words : new String[]{"sync", "search note"}) {
            told(cascade.run(words.split(" ")), 2, "g000001 is damaged", "cascade rebuild");
        }
        Result status = cascade.run("status");
        assertThat(status.exit()).isZero();
        assertThat(status.stdout()).contains("needs-action", "unknown entries",
                "next: cascade rebuild");
        Result rebuilt = cascade.run("rebuild", "--json");
        assertThat(rebuilt.exit()).as(rebuilt.stderr()).isZero();
        assertThat(rebuilt.json().at("/entries/upserted").asInt()).isEqualTo(2);
        inStep();

        FileUtils.deleteDirectory(index.toFile());
        told(cascade.run("search", "note"), 2, "there is no index", "cascade sync");
        Result healed = cascade.run("sync", "--json");
        assertThat(healed.exit()).isZero();
        assertThat(healed.json().at("/entries/upserted").asInt()).isEqualTo(2);
        inStep();
    }

    @Test
    void aStateFolderFromElsewhereNeverShowsItsFiles() throws IOException {
        indexed();
        Path other = folder.resolve("other");
        Trees.note(other, "c.md");
        assertThat(cascade.run("sync", "--root", other.toString()).exit()).isZero();

        Files.copy(other.resolve(".cascade/root-id"), root.resolve(".cascade/root-id"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        told(cascade.run("sync"), 5, "belongs to root", "Is another disk mounted here?");

        FileUtils.deleteDirectory(root.resolve(".cascade").toFile());
        FileUtils.copyDirectory(other.resolve(".cascade").toFile(),
                root.resolve(".cascade").toFile());
        Result adopted = cascade.run("sync");
        assertThat(adopted.exit()).as(adopted.stderr()).isZero();
        assertThat(cascade.run("search", "note").stdout()).contains("a.md:1", "sub/b.md:1")
                .doesNotContain("c.md");
        inStep();
    }

    @Test
    @Tag("EV-18")
    @Tag("EV-31")
    void whatMayNotBeReadIsToldAndNothingIsTakenForDeleted() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name"))
                && Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "needs root and setpriv, to run as a user who may not read everything");
        indexed();
        Path file = Trees.note(root, "secret.md");
        assertThat(cascade
                .shell("chmod 777 . && chown -R 65534:65534 root && chmod 000 root/secret.md")
                .exit()).isZero();
        cascade.asNobody();

        Result unreadable = cascade.run("sync", "--json");
        assertThat(unreadable.exit()).as(unreadable.stdout()).isEqualTo(4);
        assertThat(unreadable.json().at("/failures/0/reason").asString()).isEqualTo(
                "secret.md: cannot be read: permission denied");
        assertThat(unreadable.json().at("/failures/0/retryable").asBoolean()).isTrue();
        assertThat(cascade.run("status").stdout()).contains("failed (retryable=TRUE):   1 ",
                "next: cascade fix --apply");

        allow(root.resolve("sub"), "---------");
        told(cascade.run("sync"), 5, root.resolve("sub") + " cannot be read: permission denied",
                "nothing is taken for deleted");
        assertThat(cascade.run("search", "note").stdout()).contains("a.md:1", "sub/b.md:1");

        allow(root, "---------");
        told(cascade.run("sync"), 2, root + " cannot be read: permission denied");
        told(cascade.run("status"), 2, root + " cannot be read: permission denied");

        allow(root, "rwxr-xr-x");
        allow(root.resolve("sub"), "rwxr-xr-x");
        allow(file, "rw-r--r--");
        Result mended = cascade.run("fix", "--apply");
        assertThat(mended.exit()).as(mended.stdout() + mended.stderr()).isZero();
        inStep();

        Path readOnly = folder.resolve("read-only");
        Trees.note(readOnly, "a.md");
        allow(readOnly, "r-xr-xr-x");
        told(cascade.run("sync", "--root", readOnly.toString()), 2,
                "read-only/.cascade cannot be made: permission denied", "--state-dir");
        told(cascade.run("init", "--root", readOnly.toString()), 2, "permission denied",
                "--state-dir");
        assertThat(cascade.run("sync", "--root", readOnly.toString(), "--state-dir",
                folder.resolve("state").toString()).exit()).isZero();
    }

    private static void allow(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aFullDiskIsToldAndRoomHeals() {
        Trees.notes(root, 2000);
        Path disk = folder.resolve("disk");
        Result mounted = cascade.shell(
                "mkdir disk && mount -t tmpfs -o size=2m tmpfs disk && touch disk/is-mounted");
        assumeTrue(mounted.exit() == 0, "needs a tmpfs mount: " + mounted.stderr());
        try {
            Result full = cascade.run("sync", "--state-dir", disk.toString(), "--set",
                    "reconcile.chunk-size=50");
            assertThat(full.exit()).as(full.stdout() + full.stderr()).isEqualTo(1);
            assertThat(full.stderr()).containsPattern("No space left|full|disk I/O error")
                    .contains("what was committed stays")
                    .doesNotContain("\tat ", "unexpected");
            assertThat(cascade.run("search", "note", "--state-dir", disk.toString()).exit())
                    .isZero();
            assertThat(cascade.shell("mount -o remount,size=64m '%s'".formatted(disk)).exit())
                    .isZero();
            Result again = cascade.run("sync", "--state-dir", disk.toString());
            assertThat(again.exit()).as(again.stdout() + again.stderr()).isZero();
            Result verified = cascade.run("verify", "--state-dir", disk.toString());
            assertThat(verified.exit()).as(verified.stdout()).isZero();
        } finally {
            cascade.shell("umount disk");
        }
    }

    @Test
    void aFileSizeLimitIsAFullDiskToo() {
        Trees.notes(root, 1500);
        Result limited = cascade.shell("trap '' XFSZ; ulimit -f 400; cascade sync");
        assumeTrue(limited.exit() != 0, "needs a shell that can limit the size of files");
        assertThat(limited.exit()).as(limited.stdout() + limited.stderr()).isEqualTo(1);
        assertThat(limited.stderr()).contains("run again; what was committed stays")
                .doesNotContain("\tat ", "unexpected");
        Result again = cascade.run("sync");
        assertThat(again.exit()).as(again.stdout() + again.stderr()).isZero();
        inStep();
    }
}
