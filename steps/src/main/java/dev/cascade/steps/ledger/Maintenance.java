package dev.cascade.steps.ledger;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/// How the tasks of keeping house went. Each has two clocks: when it was tried last says when to try
/// again, when it succeeded last says when to worry.
public final class Maintenance {

    private static final int LONGEST_NOTE = 500;

    private final JdbcTemplate jdbc;
    private final Clock clock;

    public Maintenance(DataSource dataSource, Clock clock) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.clock = clock;
    }

    /// How an attempt went.
    ///
    /// - `DONE`: it came to its end
    /// - `BUSY`: someone was in its way; that is no failure, the next attempt makes up for it
    /// - `FAILED`: it did not come to its end, or found what should not be
    public enum Status {
        DONE, BUSY, FAILED
    }

    /// A task that was tried at least once.
    ///
    /// @param succeededAt null if it never came to its end
    /// @param failures how many attempts failed in a row
    /// @param note what came of the last attempt; null if there is nothing to say
    public record Task(String task, Status status, Instant attemptedAt,
            @Nullable Instant succeededAt, int failures, @Nullable String note) {}

    /// All that were ever tried, by name.
    public List<Task> tasks() {
        return tasks("ORDER BY task");
    }

    /// Empty if it was never tried.
    public Optional<Task> task(String name) {
        return tasks("WHERE task = ?", name).stream().findFirst();
    }

    private List<Task> tasks(String condition, Object... arguments) {
        return jdbc.query("""
                SELECT task, status, attempted_at, succeeded_at, failures, note
                  FROM maintenance_task\s""" + condition,
                (row, _) -> new Task(row.getString(1),
                        Status.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
                        Instant.ofEpochMilli(row.getLong(3)), Ledger.instant(row, 4),
                        row.getInt(5), row.getString(6)),
                arguments);
    }

    /// Records an attempt that ended just now.
    public void record(String task, Status status, @Nullable String note) {
        long now = clock.millis();
        jdbc.update(
                """
                        INSERT INTO maintenance_task (task, status, attempted_at, succeeded_at, failures, note)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT (task) DO UPDATE
                           SET status = excluded.status, attempted_at = excluded.attempted_at,
                               succeeded_at = coalesce(excluded.succeeded_at, succeeded_at),
                               failures = CASE excluded.status WHEN 'done' THEN 0 WHEN 'busy' THEN failures
                                                               ELSE failures + 1 END,
                               note = excluded.note""",
                task,
                status.name().toLowerCase(Locale.ROOT), now, status == Status.DONE ? now : null,
                status == Status.FAILED ? 1 : 0, shortened(note));
    }

    private static @Nullable String shortened(@Nullable String note) {
        return note == null || note.length() <= LONGEST_NOTE ? note
                : note.substring(0, LONGEST_NOTE - 1) + "…";
    }
}
