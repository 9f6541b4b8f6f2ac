package dev.cascade.steps.ledger;

import java.time.Clock;
import java.time.Instant;
import java.util.Locale;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/// Whether scheduled runs go on. A command typed by hand runs all the same.
public final class RunControl {

    private final JdbcTemplate jdbc;
    private final Clock clock;

    public RunControl(DataSource dataSource, Clock clock) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.clock = clock;
    }

    /// - `ACTIVE`: scheduled runs go on
    /// - `PAUSED`: a person stopped them
    /// - `NEEDS_HUMAN`: they stopped themselves, for one after the other failed of the same
    public enum State {
        ACTIVE, PAUSED, NEEDS_HUMAN
    }

    /// What is in force.
    ///
    /// @param reason what was said or seen; null if active
    /// @param until when a pause ends by itself; null if never
    public record Control(State state, @Nullable String reason, @Nullable Instant since,
            @Nullable Instant until) {

        /// Nothing is in the way.
        public static final Control ACTIVE = new Control(State.ACTIVE, null, null, null);

        /// Whether scheduled runs are held up.
        public boolean holdsUp() {
            return state != State.ACTIVE;
        }

        /// As one clause, such as `paused until …: moving house`.
        public String told() {
            String word = state.name().toLowerCase(Locale.ROOT).replace('_', '-');
            return "%s%s: %s".formatted(word, until == null ? "" : " until " + until, reason);
        }
    }

    /// What is in force now; a pause whose time is over is not.
    public Control current() {
        return jdbc.query("SELECT status, reason, since, until FROM run_control",
                (row, _) -> new Control(
                        State.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
                        row.getString(2), Ledger.instant(row, 3), Ledger.instant(row, 4)))
                .stream()
                .filter(control -> control.until() == null
                        || control.until().isAfter(clock.instant()))
                .findFirst()
                .orElse(Control.ACTIVE);
    }

    public void pause(String reason, @Nullable Instant until) {
        set(State.PAUSED, reason, until);
    }

    public void needHuman(String reason) {
        set(State.NEEDS_HUMAN, reason, null);
    }

    public void resume() {
        jdbc.update(
                "UPDATE run_control SET status = 'active', reason = NULL, since = NULL, until = NULL");
    }

    private void set(State state, String reason, @Nullable Instant until) {
        jdbc.update("UPDATE run_control SET status = ?, reason = ?, since = ?, until = ?",
                state.name().toLowerCase(Locale.ROOT), reason, clock.millis(),
                until == null ? null : until.toEpochMilli());
    }
}
