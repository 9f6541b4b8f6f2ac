package dev.cascade.steps.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/// The SQLite file that holds the ledger and Spring Batch's tables.
///
/// One process writes at a time (it holds the root's lock), through one connection; any number read.
public final class StateDatabase implements AutoCloseable {

    /// The version of the schema that this program reads and writes, as `PRAGMA user_version`.
    public static final int VERSION = 7;

    /// How long a write waits while another program holds the database.
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(StateDatabase.class);

    private static final String MIGRATIONS = "classpath:dev/cascade/steps/ledger";

    private final DataSource dataSource;
    private final DataSource relaxed;
    private final AutoCloseable closing;

    private StateDatabase(HikariDataSource pool) {
        this.dataSource = new Durability(pool, SynchronousMode.FULL);
        this.relaxed = new Durability(pool, SynchronousMode.NORMAL);
        this.closing = pool;
    }

    private StateDatabase(SingleConnectionDataSource connection) {
        this.dataSource = connection;
        this.relaxed = connection;
        this.closing = connection::destroy;
    }

    /// Opens the database at `file` for writing; makes it, or brings it to [#VERSION], if need be.
    ///
    /// @throws UnusableState
    ///             if it is damaged or was made by a newer Cascade
    public static StateDatabase openForWriting(Path file) {
        return openForWriting(file, PATIENCE);
    }

    /// As [#openForWriting(Path)], for who does not want to wait that long.
    ///
    /// @param patience
    ///            how long each write waits while another program holds the database
    public static StateDatabase openForWriting(Path file, Duration patience) {
        if (Files.exists(file)) {
            refuseUnusable(file, false);
        }
        HikariDataSource pool = new HikariDataSource(pool(file, patience));
        StateDatabase database = new StateDatabase(pool);
        try {
            database.bringUpToDate(file);
            database.assertSettings();
            return database;
        } catch (RuntimeException ex) {
            pool.close();
            throw ex;
        }
    }

    /// Opens a database of [#VERSION] for writing beside a run that holds the root's lock. It is never
    /// migrated: the run may be an older Cascade's.
    ///
    /// @throws UnusableState
    ///             if it is damaged or of another version
    public static StateDatabase openBesideARun(Path file) {
        refuseUnusable(file, true);
        HikariDataSource pool = new HikariDataSource(pool(file, PATIENCE));
        return new StateDatabase(pool);
    }

    /// Opens an existing database for reading, beside whatever writes to it.
    ///
    /// @throws UnusableState
    ///             if it is damaged or of another version
    public static StateDatabase openForReading(Path file) {
        refuseUnusable(file, true);
        SingleConnectionDataSource connection = readOnly(file);
        return new StateDatabase(connection);
    }

    /// Looks at the database at `file` and leaves no trace beside it, if nobody writes to it; else as
    /// whoever opens it for reading. `look` may be called twice: what it saw first counts for nothing if
    /// someone began to write meanwhile.
    ///
    /// @return empty if there is no database of [#VERSION]
    /// @throws UnusableState
    ///             if it is damaged or was made by a newer Cascade
    public static <T> Optional<T> look(Path file, Clock clock, Function<StateDatabase, T> look) {
        return lookAtAny(file, clock,
                database -> version(database.dataSource()) == VERSION
                        ? Optional.of(look.apply(database))
                        : Optional.<T>empty())
                .flatMap(Function.identity());
    }

    /// Looks like [#look] at a database of any version up to [#VERSION].
    ///
    /// @return empty if there is none
    static <T> Optional<T> lookAtAny(Path file, Clock clock, Function<StateDatabase, T> look) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Optional<Stillness> before = Stillness.of(file, clock);
        if (before.isPresent()) {
            try {
                T seen = look(file, still(file), look);
                if (before.equals(Stillness.of(file, clock))) {
                    return Optional.of(seen);
                }
            } catch (RuntimeException ex) {
                if (before.equals(Stillness.of(file, clock))) {
                    throw ex;
                }
            }
        }
        return Optional.of(look(file, readOnly(file), look));
    }

    private static <T> T look(Path file, SingleConnectionDataSource connection,
            Function<StateDatabase, T> look) {
        try (StateDatabase database = new StateDatabase(connection)) {
            usableVersion(file, connection);
            return look.apply(database);
        }
    }

    /// Whether a database of [#VERSION] stands at `file`.
    ///
    /// @throws UnusableState if what stands there is damaged or was made by a newer Cascade
    public static boolean isCurrent(Path file) {
        if (!Files.exists(file)) {
            return false;
        }
        return refuseUnusable(file, false) == VERSION;
    }

    /// What bringing a database to [#VERSION] did.
    ///
    /// @param told one line
    /// @param copy of the database as it was before; null if there was nothing to do, or nothing to copy
    public record Migrated(String told, @Nullable Path copy) {}

    /// Brings the database at `file` to [#VERSION], after a copy of it was made.
    public static Migrated migrate(Path file) {
        int version = refuseUnusable(file, false);
        try (HikariDataSource pool = new HikariDataSource(pool(file, PATIENCE))) {
            Path copy = new StateDatabase(pool).bringUpToDate(file);
            return new Migrated(version == VERSION ? "Schema up to date"
                    : "Schema brought to version %d".formatted(VERSION), copy);
        }
    }

    public DataSource dataSource() {
        return dataSource;
    }

    /// The same for what nothing is built on: its commits do not wait for the disk. A power cut takes back
    /// the last of them, but none that came before one of [#dataSource].
    public DataSource relaxed() {
        return relaxed;
    }

    @Override
    public void close() {
        try {
            closing.close();
        } catch (Exception ex) {
            throw new IllegalStateException("the state database could not be closed", ex);
        }
    }

    /// Undoes what a process left half written that ended while it made the database: until that keeps a
    /// log, SQLite writes with a journal, and whoever only reads can do nothing about one.
    ///
    /// @throws UnusableState if it cannot be undone
    static void undoHalfWritten(Path file, Duration patience) {
        if (!Files.exists(file) || !Files.exists(journal(file))) {
            return;
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(Math.toIntExact(patience.toMillis()));
        SingleConnectionDataSource connection = connected(file, "jdbc:sqlite:" + file, config);
        try {
            usableVersion(file, connection);
        } finally {
            connection.destroy();
        }
    }

    static Path journal(Path file) {
        return file.resolveSibling(file.getFileName() + "-journal");
    }

    /// Adds what the schema at `file` lacks, compared with what the migrations up to its version make.
    ///
    /// @return what was added
    /// @throws SchemaRepair.Impossible if something cannot be added; then nothing was
    static List<String> mend(Path file, Duration patience) {
        int version = refuseUnusable(file, false);
        if (version == 0) {
            return List.of();
        }
        SingleConnectionDataSource expected = new SingleConnectionDataSource("jdbc:sqlite::memory:",
                true);
        try (HikariDataSource pool = new HikariDataSource(pool(file, patience))) {
            migrate(expected, version);
            return new SchemaRepair(pool, expected).mend();
        } finally {
            expected.destroy();
        }
    }

    /// What was there before is copied first.
    ///
    /// @return the copy; null if there was nothing to do, or nothing to copy
    private @Nullable Path bringUpToDate(Path file) {
        int version = version(dataSource);
        if (version == VERSION) {
            return null;
        }
        if (version == 0) {
            migrate(dataSource, VERSION);
            return null;
        }
        Path copy = copied(file, version);
        try {
            migrate(dataSource, VERSION);
            log.info("{} was brought to schema version {}; {} is as it was", file, VERSION, copy);
            return copy;
        } catch (RuntimeException ex) {
            forget(copy, ex); // it is as it was, and the next attempt makes another
            throw ex;
        }
    }

    private static Path copied(Path file, int version) {
        try {
            return new Backups(file.resolveSibling("backups")).beforeMigration(file, version);
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "%s has schema version %d and cannot be copied before it is brought to %d: %s"
                            .formatted(file, version, VERSION, ex.getMessage()),
                    ex);
        }
    }

    private static void forget(Path copy, RuntimeException why) {
        try {
            Files.deleteIfExists(copy);
        } catch (IOException ex) {
            why.addSuppressed(ex);
        }
    }

    /// The single place where migrations run. For a state database, whoever runs them holds the root's
    /// lock.
    static int migrate(DataSource dataSource, int version) {
        MigrateResult result = Flyway.configure(StateDatabase.class.getClassLoader())
                .dataSource(dataSource)
                .locations(MIGRATIONS)
                .target(Integer.toString(version))
                .loggers("slf4j")
                .load()
                .migrate();
        return result.migrationsExecuted;
    }

    private static int version(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            return Integer.parseInt(pragma(connection, "user_version"));
        } catch (SQLException ex) {
            throw new UnusableState("the state database cannot be read: " + ex.getMessage(),
                    "Check the disk, then run again; a database moved away is made anew by `cascade sync`.",
                    ex);
        }
    }

    private static int refuseUnusable(Path file, boolean exactly) {
        int version;
        SingleConnectionDataSource connection = readOnly(file);
        try {
            version = usableVersion(file, connection);
        } finally {
            connection.destroy();
        }
        if (exactly && version < VERSION) {
            throw new UnusableState("%s has schema version %d; this Cascade reads version %d"
                    .formatted(file, version, VERSION), "Run `cascade migrate`.");
        }
        return version;
    }

    static int usableVersion(Path file, DataSource connection) {
        int version;
        try {
            version = version(connection);
        } catch (UnusableState ex) {
            throw damaged(file, ex);
        }
        if (version > VERSION) {
            throw new UnusableState(
                    "%s has schema version %d; this Cascade knows versions up to %d".formatted(file,
                            version, VERSION),
                    "Use the newer Cascade that wrote it, or move the file away and run `cascade sync`.");
        }
        return version;
    }

    private static UnusableState damaged(Path file, UnusableState cause) {
        boolean busy = cause.getCause() instanceof SQLiteException sqlite
                && (sqlite.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
        if (busy) {
            return new UnusableState("%s is locked by another program".formatted(file),
                    "Wait for it, or end it, and run again.", cause);
        }
        if (Files.notExists(file)) {
            return new UnusableState("there is no state database at %s".formatted(file),
                    "Mount the disk if it is missing; else run `cascade sync`, which makes it from the Markdown.",
                    cause);
        }
        if (cause.getCause() instanceof SQLiteException sqlite
                && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_READONLY_ROLLBACK) {
            return new UnusableState("%s was left half written".formatted(file),
                    "Run `cascade sync`, which undoes that and goes on.", cause);
        }
        if (isKeptFromUs(cause)) {
            return new UnusableState(
                    "%s cannot be opened by this user, or on this disk".formatted(file),
                    "Let the user who runs Cascade read and write %s; the database itself may be sound."
                            .formatted(file.resolveSibling("")),
                    cause);
        }
        return UnusableState.damaged(file, cause.getCause());
    }

    /// That it cannot be opened says nothing about what is in it, so nobody is to move it away.
    private static boolean isKeptFromUs(UnusableState cause) {
        return cause.getCause() instanceof SQLiteException sqlite
                && Set.of(SQLiteErrorCode.SQLITE_READONLY.code,
                        SQLiteErrorCode.SQLITE_CANTOPEN.code, SQLiteErrorCode.SQLITE_PERM.code)
                        .contains(sqlite.getResultCode().code & 0xff);
    }

    private static HikariConfig pool(Path file, Duration patience) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setBusyTimeout(Math.toIntExact(patience.toMillis()));
        config.enforceForeignKeys(true);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.setJournalSizeLimit(64 << 20);
        // A read inside a deferred transaction that later writes fails at once when another wrote.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        SQLiteDataSource sqlite = new SQLiteDataSource(config);
        sqlite.setUrl("jdbc:sqlite:" + file);
        HikariConfig pool = new HikariConfig();
        pool.setDataSource(sqlite);
        pool.setPoolName("state");
        pool.setMaximumPoolSize(1);
        pool.setConnectionTimeout(60_000);
        pool.setExceptionOverrideClassName(EvictBusyConnections.class.getName());
        return pool;
    }

    static SingleConnectionDataSource readOnly(Path file) {
        return readOnly(file, "jdbc:sqlite:" + file);
    }

    /// A connection that takes the file for one that never changes, and so makes no files beside it.
    static SingleConnectionDataSource still(Path file) {
        return readOnly(file,
                "jdbc:sqlite:file:%s?immutable=1".formatted(file.toUri().getRawPath()));
    }

    private static SingleConnectionDataSource readOnly(Path file, String url) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setOpenMode(SQLiteOpenMode.READONLY);
        config.setBusyTimeout(10_000);
        return connected(file, url, config);
    }

    private static SingleConnectionDataSource connected(Path file, String url,
            SQLiteConfig config) {
        try {
            return new SingleConnectionDataSource(config.createConnection(url), true);
        } catch (SQLException ex) {
            throw damaged(file, new UnusableState("", "", ex));
        }
    }

    /// sqlite-jdbc ignores a setting that it does not know; so look whether they took effect.
    private void assertSettings() {
        try (Connection connection = dataSource.getConnection()) {
            assertPragma(connection, "journal_mode", "wal");
            assertPragma(connection, "synchronous", "2");
            assertPragma(connection, "foreign_keys", "1");
        } catch (SQLException ex) {
            throw new IllegalStateException("the state database cannot be asked", ex);
        }
    }

    private static void assertPragma(Connection connection, String name, String expected)
            throws SQLException {
        String seen = pragma(connection, name);
        if (!seen.equals(expected)) {
            throw new IllegalStateException(
                    "SQLite runs with %s=%s instead of %s; does the file system support it?"
                            .formatted(name, seen, expected));
        }
    }

    private static String pragma(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery("PRAGMA " + name)) {
            return answer.next() ? answer.getString(1) : "";
        }
    }
}
