package dev.cascade.steps.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.sqlite.SQLiteConfig;
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
    public static final int VERSION = 3;

    private static final String MIGRATIONS = "classpath:dev/cascade/steps/ledger";

    private final DataSource dataSource;
    private final AutoCloseable closing;

    private StateDatabase(DataSource dataSource, AutoCloseable closing) {
        this.dataSource = dataSource;
        this.closing = closing;
    }

    /// Opens the database at `file` for writing; makes it, or brings it to [#VERSION], if need be.
    ///
    /// @throws UnusableState
    ///             if it is damaged or was made by a newer Cascade
    public static StateDatabase openForWriting(Path file) {
        if (Files.exists(file)) {
            refuseUnusable(file, false);
        }
        HikariDataSource pool = new HikariDataSource(pool(file));
        StateDatabase database = new StateDatabase(pool, pool);
        try {
            database.migrate();
            database.assertSettings();
            return database;
        } catch (RuntimeException ex) {
            pool.close();
            throw ex;
        }
    }

    /// Opens an existing database for reading, beside whatever writes to it.
    ///
    /// @throws UnusableState
    ///             if it is damaged or of another version
    public static StateDatabase openForReading(Path file) {
        refuseUnusable(file, true);
        SingleConnectionDataSource connection = readOnly(file);
        return new StateDatabase(connection, connection::destroy);
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

    /// Brings the database at `file` to [#VERSION] and says in one line what was done.
    public static String migrate(Path file) {
        refuseUnusable(file, false);
        try (HikariDataSource pool = new HikariDataSource(pool(file))) {
            int applied = new StateDatabase(pool, pool).migrate();
            return applied == 0 ? "Schema up to date"
                    : "Schema brought to version %d".formatted(VERSION);
        }
    }

    public DataSource dataSource() {
        return dataSource;
    }

    @Override
    public void close() {
        try {
            closing.close();
        } catch (Exception ex) {
            throw new IllegalStateException("the state database could not be closed", ex);
        }
    }

    /// The single place where the schema is changed; called by whoever holds the root's lock.
    private int migrate() {
        if (version(dataSource) == VERSION) {
            return 0;
        }
        MigrateResult result = Flyway.configure(StateDatabase.class.getClassLoader())
                .dataSource(dataSource)
                .locations(MIGRATIONS)
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
            version = version(connection);
        } catch (UnusableState ex) {
            throw damaged(file, ex);
        } finally {
            connection.destroy();
        }
        if (version > VERSION) {
            throw new UnusableState(
                    "%s has schema version %d; this Cascade knows versions up to %d".formatted(file,
                            version, VERSION),
                    "Use the newer Cascade that wrote it, or move the file away and run `cascade sync`.");
        }
        if (exactly && version < VERSION) {
            throw new UnusableState("%s has schema version %d; this Cascade reads version %d"
                    .formatted(file, version, VERSION), "Run `cascade migrate`.");
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
        return new UnusableState(
                "%s cannot be used: %s".formatted(file, reason(cause.getCause())),
                ("Restore a backup, or move it away (mv '%s' '%s.corrupt') and run `cascade sync`, "
                        + "which makes it anew from the Markdown.").formatted(file, file),
                cause);
    }

    private static String reason(@Nullable Throwable cause) {
        String message = String.valueOf(cause == null ? null : cause.getMessage());
        return message.replaceAll("^\\[SQLITE_\\w+]\\s*", "");
    }

    private static HikariConfig pool(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(30_000);
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

    private static SingleConnectionDataSource readOnly(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setOpenMode(SQLiteOpenMode.READONLY);
        config.setBusyTimeout(10_000);
        try {
            return new SingleConnectionDataSource(config.createConnection("jdbc:sqlite:" + file),
                    true);
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
