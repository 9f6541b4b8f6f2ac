package dev.cascade.steps.ledger;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What SQLite wants done from time to time. It is asked by whoever holds the root's lock, but other
/// processes may read, and write a line, at the same time.
public final class Upkeep {

    /// A reader that stays longer is not waited for: the next attempt makes up for it.
    private static final Duration CHECKPOINT_PATIENCE = Duration.ofSeconds(1);

    private static final int MOST_DAMAGE = 20;
    private static final Duration AGAIN = Duration.ofMillis(200);

    private final JdbcTemplate jdbc;

    public Upkeep(DataSource dataSource) {
        this.jdbc = new JdbcTemplate(dataSource);
    }

    /// Room that the database takes, in bytes.
    ///
    /// @param free what of it holds nothing
    public record Room(long whole, long free) {}

    public Room room() {
        long page = number("PRAGMA page_size");
        return new Room(number("PRAGMA page_count") * page, number("PRAGMA freelist_count") * page);
    }

    private long number(String pragma) {
        Long number = jdbc.queryForObject(pragma, Long.class);
        if (number == null) {
            throw new IllegalStateException("no answer to " + pragma);
        }
        return number;
    }

    /// Moves what was written into the database file and empties the log beside it. SQLite says that it
    /// could not in a column of its answer, not by an exception.
    ///
    /// @return whether it came to its end; if not, a reader or a writer was in the way
    public boolean checkpoint() {
        long patience = number("PRAGMA busy_timeout");
        jdbc.execute("PRAGMA busy_timeout = " + CHECKPOINT_PATIENCE.toMillis());
        try {
            List<Integer> busy = jdbc.query("PRAGMA wal_checkpoint(TRUNCATE)",
                    (row, _) -> row.getInt(1));
            return busy.equals(List.of(0));
        } finally {
            jdbc.execute("PRAGMA busy_timeout = " + patience);
        }
    }

    /// Writes the database anew without the room that holds nothing. Killed meanwhile, it stays as it was.
    public void vacuum() {
        jdbc.execute("PRAGMA temp_store = FILE"); // what it writes meanwhile is as large as the database
        try {
            jdbc.execute("VACUUM");
        } finally {
            jdbc.execute("PRAGMA temp_store = MEMORY");
        }
    }

    /// What is wrong in the files of the database, at most some of it; nothing if they are sound.
    public List<String> damage() {
        return damage(true);
    }

    /// The same, by a quicker look if it is not to be a thorough one.
    ///
    /// @param thorough
    ///            whether indexes are compared with their tables, too
    List<String> damage(boolean thorough) {
        try {
            return jdbc.query("PRAGMA %s(%d)".formatted(
                    thorough ? "integrity_check" : "quick_check", MOST_DAMAGE),
                    (row, _) -> row.getString(1))
                    .stream()
                    .filter(line -> !line.equals("ok"))
                    .toList();
        } catch (DataAccessException ex) {
            int code = code(ex);
            if (code != SQLiteErrorCode.SQLITE_CORRUPT.code
                    && code != SQLiteErrorCode.SQLITE_NOTADB.code) {
                throw ex;
            }
            return List.of(String.valueOf(ex.getMostSpecificCause().getMessage()));
        }
    }

    /// The primary code of what SQLite complained of; -1 if it was not SQLite.
    private static int code(Exception failure) {
        return NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLiteException sqlite
                ? sqlite.getResultCode().code & 0xff
                : -1;
    }

    /// Does `work`, and interrupts what it asks of the database when its time is over. That is then undone
    /// by SQLite, and the work ends with [Late].
    public <T> T within(Duration deadline, Callable<T> work) throws Exception {
        SQLiteConnection sqlite = Objects.requireNonNull( // the only one of the pool
                jdbc.execute((Connection connection) -> connection.unwrap(SQLiteConnection.class)));
        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("deadline").factory())) {
            var _ = timer.scheduleWithFixedDelay(() -> interrupt(sqlite), deadline.toMillis(),
                    AGAIN.toMillis(), TimeUnit.MILLISECONDS); // it meets only what is asked just then
            try {
                return work.call();
            } catch (Exception ex) {
                throw isInterrupt(ex) ? new Late(deadline, ex) : ex;
            } finally {
                timer.shutdownNow();
            }
        }
    }

    private static void interrupt(SQLiteConnection sqlite) {
        try {
            sqlite.getDatabase().interrupt();
        } catch (SQLException ex) {
            throw new IllegalStateException("SQLite cannot be interrupted", ex);
        }
    }

    private static boolean isInterrupt(Exception ex) {
        return code(ex) == SQLiteErrorCode.SQLITE_INTERRUPT.code;
    }

    /// Whether `failure` says no more than that someone else was at the database.
    public static boolean isBusy(Exception failure) {
        int code = code(failure);
        return code == SQLiteErrorCode.SQLITE_BUSY.code
                || code == SQLiteErrorCode.SQLITE_LOCKED.code;
    }

    /// A piece of work took too long.
    public static final class Late extends IOException {

        private static final long serialVersionUID = 1L;

        Late(Duration deadline, Throwable cause) {
            super("it was not done within %d s and was ended".formatted(deadline.toSeconds()));
            addSuppressed(cause); // SQLite only says that it was interrupted
        }
    }
}
