package dev.cascade.steps.ledger;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// What stood in the way of vectors: entries that were refused or wait, and an embedder that is left
/// alone for a while. What is owed is not here; it is what the index lacks.
public final class VectorLedger {

    private static final int MAX_REASON = 500;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;

    public VectorLedger(DataSource dataSource, Clock clock) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        this.clock = clock;
    }

    /// The embedder of the last run.
    ///
    /// @param settings
    ///            a digest of how it is asked
    /// @param space
    ///            which vectors it makes
    /// @param attempts
    ///            how often in a row it failed as a whole
    /// @param pausedUntil
    ///            it is left alone until then; null if it may be asked
    public record Embedder(String settings, String space, String model, int attempts,
            @Nullable Instant pausedUntil, @Nullable String reason) {

        /// Whether it may not be asked at `now`.
        public boolean isPaused(Instant now) {
            return pausedUntil != null && pausedUntil.isAfter(now);
        }
    }

    /// An entry in the index.
    public record EntryKey(MemoryPath path, String entryId) {}

    public Optional<Embedder> embedder() {
        return jdbc.query(
                "SELECT settings, space, model, attempts, paused_until, reason FROM embedder",
                (row, _) -> new Embedder(row.getString(1), row.getString(2), row.getString(3),
                        row.getInt(4), Ledger.instant(row, 5), row.getString(6)))
                .stream()
                .findFirst();
    }

    /// Records which embedder is asked from now on; null for none. Another one begins without a pause.
    public void use(@Nullable Embedder embedder) {
        transaction.executeWithoutResult(_ -> {
            jdbc.update("DELETE FROM embedder");
            if (embedder != null) {
                Instant until = embedder.pausedUntil();
                jdbc.update(
                        """
                                INSERT INTO embedder (settings, space, model, attempts, paused_until, reason)
                                VALUES (?, ?, ?, ?, ?, ?)""",
                        embedder.settings(), embedder.space(),
                        embedder.model(), embedder.attempts(),
                        until == null ? null : until.toEpochMilli(),
                        shortened(embedder.reason()));
            }
        });
    }

    /// The entries in trouble, for vectors of `space`.
    public Map<EntryKey, VectorFailure> troubles(String space) {
        Map<EntryKey, VectorFailure> troubles = new HashMap<>();
        for (VectorFailure failure : failures(Where.selected(Selection.everything())
                .and("space = ?", space))) {
            troubles.put(new EntryKey(failure.path(), failure.entryId()), failure);
        }
        return troubles;
    }

    /// The entries of files at and below the selected paths that are in trouble with the embedder of
    /// the last run, by path.
    public List<VectorFailure> failures(Selection selection) {
        return failures(paths(selection).and("space = (SELECT space FROM embedder)"));
    }

    /// The same as `fix` lists them, beside the files in trouble.
    public List<Failure> asFailures(Selection selection) {
        Where where = paths(selection).and("space = (SELECT space FROM embedder)");
        return jdbc.query(
                """
                        SELECT md_path, kind, t.attempts, t.first_failed_at, t.last_attempt_at,
                               t.deferred_until, t.reason
                          FROM vector_trouble t JOIN md_change_state USING (md_path)
                         WHERE %s ORDER BY md_path, entry_id"""
                        .formatted(where.sql()),
                (row, _) -> new Failure(new MemoryPath(row.getString(1)), row.getString(2),
                        row.getObject(6) != null, row.getInt(3), Ledger.instant(row, 4),
                        Ledger.instant(row, 5), Ledger.instant(row, 6), null, 0,
                        row.getString(7)),
                where.arguments());
    }

    private List<VectorFailure> failures(Where where) {
        return jdbc.query("""
                SELECT md_path, entry_id, digest, attempts, deferred_until, reason
                  FROM vector_trouble WHERE %s ORDER BY md_path, entry_id""".formatted(where.sql()),
                (row, _) -> new VectorFailure(new MemoryPath(row.getString(1)), row.getString(2),
                        row.getString(3), row.getInt(4), Ledger.instant(row, 5),
                        row.getString(6)),
                where.arguments());
    }

    /// Records what failed, and forgets the trouble of entries that have their vector now.
    public void settle(String space, List<VectorFailure> failed, List<EntryKey> served) {
        if (failed.isEmpty() && served.isEmpty()) {
            return;
        }
        long now = clock.millis();
        transaction.executeWithoutResult(_ -> {
            jdbc.batchUpdate("DELETE FROM vector_trouble WHERE md_path = ? AND entry_id = ?",
                    served.stream()
                            .map(key -> new Object[]{key.path().value(), key.entryId()})
                            .toList());
            for (VectorFailure failure : failed) {
                Instant until = failure.until();
                jdbc.update("""
                        INSERT INTO vector_trouble (md_path, entry_id, digest, space, attempts,
                               deferred_until, reason, first_failed_at, last_attempt_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (md_path, entry_id) DO UPDATE
                           SET digest = excluded.digest, space = excluded.space,
                               attempts = excluded.attempts,
                               deferred_until = excluded.deferred_until,
                               reason = excluded.reason,
                               last_attempt_at = excluded.last_attempt_at""",
                        failure.path().value(), failure.entryId(), failure.digest(), space,
                        failure.attempts(), until == null ? null : until.toEpochMilli(),
                        shortened(failure.reason()), now, now);
            }
        });
    }

    /// Lets the embedder and what waits be tried at once.
    ///
    /// @param refusedToo
    ///            whether refused entries get a deliberate second try
    public void retryNow(Selection selection, boolean refusedToo) {
        Where where = paths(selection);
        if (!refusedToo) {
            where.and("deferred_until IS NOT NULL");
        }
        transaction.executeWithoutResult(_ -> {
            jdbc.update("UPDATE embedder SET attempts = 0, paused_until = NULL, reason = NULL");
            jdbc.update("DELETE FROM vector_trouble WHERE " + where.sql(), where.arguments());
        });
    }

    /// Forgets trouble with files that are gone.
    public int prune() {
        return jdbc.update("""
                DELETE FROM vector_trouble WHERE md_path NOT IN
                       (SELECT md_path FROM md_change_state WHERE wanted IS NOT NULL)""");
    }

    /// The table knows no kinds.
    private static Where paths(Selection selection) {
        return Where.selected(selection.paths()
                .map(paths -> Selection.everything().below(paths))
                .orElse(Selection.everything()));
    }

    private static @Nullable String shortened(@Nullable String reason) {
        return reason == null || reason.length() <= MAX_REASON ? reason
                : reason.substring(0, MAX_REASON - 1) + "…";
    }
}
