package dev.cascade.steps.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import dev.cascade.config.Layout;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.Known;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Watermark;

/// One row for each file: what is wanted, what is indexed, and what stood in the way.
///
/// Pending is never stored. It is the difference between what is wanted and what is indexed, as the
/// view `md_file_state` tells it. Each writing method is one short transaction.
public final class Ledger {

    private static final int PAGE = 1000;

    /// Every walk reads all of these pages, so they are large, and what is mostly unset comes as one number.
    private static final int KNOWN_PAGE = 5000;

    private static final int MAX_REASON = 500;

    private static final String PENDING = """
            (state = 'pending' AND missing_since IS NULL
             AND (gate_status IS NULL OR gate_status <> 'pending'))""";
    private static final String DUE = """
            (state = 'failed_retryable' AND deferred_until IS NOT NULL AND deferred_until <= ?
             AND (gate_status IS NULL OR gate_status <> 'pending'))""";

    /// That a file that changed was owed before, so that it is owed since then.
    private static final String STILL_OWED = """
            wanted IS NOT NULL AND refused IS NULL AND deferred_until IS NULL AND NOT EXISTS
            (SELECT 1 FROM md_indexed i WHERE i.md_path = md_change_state.md_path
                AND i.generation IN (SELECT generation FROM generation))""";

    /// The files that wait for a retry. The second condition says nothing new; it lets SQLite find
    /// them by their own index.
    static final String RETRYABLE = """
            SELECT md_path FROM md_file_state
             WHERE state = 'failed_retryable' AND deferred_until IS NOT NULL""";

    /// Files that have an index of their own, since something is the matter with them. SQLite would read them in order for
    /// a UNION, and not by their indexes.
    private static final String SET_APART = """
            SELECT md_path FROM md_change_state
             WHERE error IS NOT NULL OR missing_since IS NOT NULL
             UNION ALL SELECT md_path FROM md_change_state WHERE gate IS NOT NULL""";

    private static final String DIFFERS = """
            INSERT INTO md_change_state
                   (md_path, kind, wanted, lsn, first_seen_at, last_changed_at, last_run)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (md_path) DO UPDATE
               SET kind = excluded.kind, wanted = excluded.wanted, lsn = excluded.lsn,
                   last_changed_at = CASE WHEN %s THEN last_changed_at
                                          ELSE excluded.last_changed_at END,
                   last_run = excluded.last_run,
                   missing_since = NULL, refused = NULL, attempts = 0,
                   gate = CASE WHEN wanted = excluded.wanted THEN gate END,
                   last_attempt_at = CASE WHEN wanted IS NOT NULL THEN last_attempt_at END,
                   deferred_until = NULL, skipped_entries = 0, error = NULL, error_line = NULL,
                   first_failed_at = NULL""".formatted(STILL_OWED);

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Lsns lsns;
    private final Clock clock;

    public Ledger(DataSource dataSource, Clock clock) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        this.lsns = new Lsns(jdbc);
        this.clock = clock;
    }

    // The root and its generations

    public Optional<RootIdentity> identity() {
        return identity(jdbc);
    }

    static Optional<RootIdentity> identity(JdbcTemplate jdbc) {
        return jdbc.query("SELECT root_id, path, layout FROM root_identity",
                (row, _) -> new RootIdentity(row.getString(1), row.getString(2),
                        Layout.valueOf(row.getString(3).toUpperCase(Locale.ROOT))))
                .stream()
                .findFirst();
    }

    /// Records which root this state belongs to, instead of any other.
    public void adopt(RootIdentity identity) {
        transaction.executeWithoutResult(_ -> {
            jdbc.update("DELETE FROM root_identity");
            jdbc.update(
                    "INSERT INTO root_identity (root_id, path, layout, created_at) VALUES (?, ?, ?, ?)",
                    identity.id(), identity.path(),
                    identity.layout().name().toLowerCase(Locale.ROOT), now());
        });
    }

    /// The standing of the live generation.
    public Standing standing() {
        return jdbc.query(
                "SELECT generation, settled_run, settled_chunk, open_run FROM generation WHERE live = 1",
                (row, _) -> new Standing(row.getLong(1),
                        new Watermark(row.getLong(2), row.getLong(3)), row.getLong(4)))
                .getFirst();
    }

    /// Says that the index of the live generation stands at `seen`, and that `run` may commit to it
    /// from now on. What that commit holds beyond what was settled is still owed.
    public void openRun(long run, Watermark seen) {
        jdbc.update(
                """
                        UPDATE generation SET settled_run = ?, settled_chunk = ?, open_run = ? WHERE live = 1""",
                seen.run(), seen.chunk(), run);
    }

    /// Records how files of each kind are indexed now. Files of a kind whose schema changed become
    /// owed by that alone; what was refused under the old schema gets another try. Kinds that are not
    /// named are no more.
    ///
    /// @return the kinds that were changed, added or taken away since any were recorded
    public List<String> recordSchemas(Map<String, String> schemaIdByKind) {
        Map<String, String> before = schemas();
        transaction.executeWithoutResult(_ -> {
            for (String kind : before.keySet()) {
                if (!schemaIdByKind.containsKey(kind)) {
                    jdbc.update("DELETE FROM kind_schema WHERE kind = ?", kind);
                }
            }
            schemaIdByKind.forEach(this::recordSchema);
        });
        return before.isEmpty() ? List.of()
                : Stream.concat(before.keySet().stream(), schemaIdByKind.keySet().stream())
                        .distinct()
                        .filter(kind -> !Objects.equals(before.get(kind),
                                schemaIdByKind.get(kind)))
                        .sorted()
                        .toList();
    }

    private void recordSchema(String kind, String schemaId) {
        int changed = jdbc.update("""
                INSERT INTO kind_schema (kind, schema_id) VALUES (?, ?)
                ON CONFLICT (kind) DO UPDATE SET schema_id = excluded.schema_id
                 WHERE schema_id <> excluded.schema_id""", kind, schemaId);
        if (changed > 0) {
            jdbc.update("""
                    UPDATE md_change_state
                       SET refused = NULL, error = NULL, error_line = NULL, deferred_until = NULL
                     WHERE kind = ? AND refused IS NOT NULL""", kind);
        }
    }

    /// The schemas as last recorded, by kind.
    public Map<String, String> schemas() {
        Map<String, String> schemas = new TreeMap<>();
        jdbc.query("SELECT kind, schema_id FROM kind_schema",
                row -> {
                    schemas.put(row.getString(1), row.getString(2));
                });
        return schemas;
    }

    /// Forgets what stands in the live generation, so that every file is read again, and adds rows
    /// for files that only the index knows, so that the next walk can find them missing. The time of
    /// their last attempt is not known, but there was one.
    ///
    /// @param onlyInIndex
    ///            kind by path of all files in the index
    public void forgetEverything(Map<MemoryPath, String> onlyInIndex) {
        long generation = standing().generation();
        transaction.executeWithoutResult(_ -> {
            jdbc.update("DELETE FROM md_indexed WHERE generation = ?", generation);
            remember(onlyInIndex);
        });
    }

    /// Adds rows for files that only an index knows, so that the next walk can find them missing.
    ///
    /// @param onlyInIndex
    ///            kind by path of all files in the index
    public void rememberIndexed(Map<MemoryPath, String> onlyInIndex) {
        transaction.executeWithoutResult(_ -> remember(onlyInIndex));
    }

    private void remember(Map<MemoryPath, String> onlyInIndex) {
        long lsn = lsns.take(onlyInIndex.size());
        List<Object[]> rows = new ArrayList<>();
        for (Map.Entry<MemoryPath, String> file : onlyInIndex.entrySet()) {
            rows.add(new Object[]{file.getKey().value(), file.getValue(),
                    Fingerprint.UNKNOWN.toString(), ++lsn, now(), now()});
        }
        jdbc.batchUpdate(
                """
                        INSERT INTO md_change_state (md_path, kind, wanted, lsn, first_seen_at,
                               last_changed_at, last_attempt_at)
                        VALUES (?, ?, ?, ?, ?, ?, 0)
                        ON CONFLICT (md_path) DO UPDATE SET wanted = coalesce(wanted, excluded.wanted)""",
                rows);
    }

    /// Makes files owed because the index holds them otherwise than it should. Those that only the index
    /// knows are remembered, so that the next walk can find them missing.
    ///
    /// @param onlyInIndex
    ///            kind by path of files that are not in the tree
    public void makeOwed(Collection<MemoryPath> inTree, Map<MemoryPath, String> onlyInIndex) {
        transaction.executeWithoutResult(_ -> {
            long lsn = lsns.take(inTree.size());
            forget(inTree);
            for (MemoryPath path : inTree) {
                jdbc.update("UPDATE md_change_state SET lsn = ? WHERE md_path = ?", ++lsn,
                        path.value());
            }
            forget(onlyInIndex.keySet());
            remember(onlyInIndex);
        });
    }

    // Observing

    /// What is remembered of the selected files after `after`, in the order of their paths; empty
    /// at the end.
    ///
    /// @param after
    ///            the last path of the page before; null for the first page
    public List<Known> knownAfter(@Nullable MemoryPath after, Selection selection) {
        Where where = Where.selected(selection);
        if (after != null) {
            where.and("md_path > ?", after.value());
        }
        return jdbc.query(
                """
                        SELECT md_path, kind, wanted, schema_id, lsn,
                               (missing_since IS NOT NULL) * %d
                               + coalesce(gate_status IN ('pending', 'rejected'), 0) * %d
                               + coalesce(unsure, 0) * %d
                               + CASE WHEN state IN ('pending', 'failed_retryable', 'kept')
                                      THEN %d + (%s OR %s) * %d ELSE 0 END
                          FROM md_file_state WHERE %s ORDER BY md_path LIMIT %d"""
                        .formatted(Known.MISSING, Known.HELD, Known.UNSURE, Known.OPEN, PENDING,
                                DUE, Known.OWED, where.sql(), KNOWN_PAGE),
                (row, _) -> new Known(new MemoryPath(row.getString(1)), row.getString(2),
                        fingerprint(row.getString(3)), row.getString(4), row.getLong(5),
                        row.getInt(6)),
                Stream.concat(Stream.of(now()), Stream.of(where.arguments())).toArray());
    }

    /// The last lsn that was given out; whatever is observed from now on has a higher one.
    public long lastLsn() {
        return lsns.last();
    }

    /// Whether any file is remembered to be there.
    public boolean knowsAnyFile() {
        return !jdbc.queryForList(
                "SELECT 1 FROM md_change_state WHERE wanted IS NOT NULL LIMIT 1", Integer.class)
                .isEmpty();
    }

    /// Records differences. What was indexed is forgotten at once: should the old text come back
    /// after a crash, only a forgotten row keeps the file owed.
    public void observe(List<? extends Observation> observations, long run) {
        transaction.executeWithoutResult(_ -> {
            long lsn = lsns.take(observations.size());
            List<@Nullable Object[]> differing = new ArrayList<>();
            List<MemoryPath> forgotten = new ArrayList<>();
            for (Observation observation : observations) {
                switch (observation) {
                    case Observation.Differs differs -> {
                        differing.add(new Object[]{differs.path().value(),
                                differs.sighting().kind(),
                                differs.sighting().fingerprint().toString(), ++lsn, now(), now(),
                                run});
                        forgotten.add(differs.path());
                    }
                    case Observation.Missing missing -> jdbc.update(
                            """
                                    UPDATE md_change_state
                                       SET missing_since = coalesce(missing_since, ?), last_run = ?
                                     WHERE md_path = ?""",
                            now(), run, missing.path().value());
                    case Observation.Back back -> jdbc.update(
                            "UPDATE md_change_state SET missing_since = NULL, gate = NULL WHERE md_path = ?",
                            back.path().value());
                }
            }
            jdbc.batchUpdate(DIFFERS, differing);
            forget(forgotten);
        });
    }

    /// In every generation: one that is being built, or that is kept, may be the next live one.
    private void forget(Collection<MemoryPath> paths) {
        jdbc.batchUpdate("""
                DELETE FROM md_indexed
                 WHERE generation IN (SELECT generation FROM generation) AND md_path = ?""",
                paths.stream().map(path -> new Object[]{path.value()}).toList());
    }

    // Applying

    /// The selected files that are owed and were not tried since they changed, in lsn order, after
    /// `afterLsn`; empty at the end.
    public List<Change> owedAfter(long afterLsn, Selection selection) {
        return changes(Where.selected(selection).and(PENDING).and("lsn > ?", afterLsn), "lsn");
    }

    /// The selected files whose wait for a retry is over, in lsn order, after `afterLsn`, but for
    /// those that `run` tried already; empty at the end.
    public List<Change> dueAfter(long afterLsn, Selection selection, long run) {
        return changes(Where.selected(selection)
                .and(DUE, now())
                .and("last_run <> ?", run)
                .and("+lsn > ?", afterLsn), "+lsn"); // the plus keeps SQLite from their lsn index
    }

    private List<Change> changes(Where where, String order) {
        return jdbc.query("""
                SELECT md_path, kind, lsn, wanted, attempts, gate_status = 'approved'
                  FROM md_file_state WHERE %s ORDER BY %s LIMIT %d"""
                .formatted(where.sql(), order, PAGE),
                (row, _) -> new Change(new MemoryPath(row.getString(1)), row.getString(2),
                        row.getLong(3), fingerprint(row.getString(4)), row.getInt(5),
                        row.getBoolean(6)),
                where.arguments());
    }

    /// The selected files that are owed, were not tried since they changed, and were changed after
    /// `touched`, but for those that are owed since before `owed`.
    public Set<MemoryPath> unsettled(Selection selection, Instant touched, Instant owed) {
        Where where = Where.selected(selection)
                .and(PENDING)
                .and("wanted IS NOT NULL AND last_changed_at > ?", owed.toEpochMilli());
        Set<MemoryPath> unsettled = new HashSet<>();
        jdbc.query("SELECT md_path, wanted FROM md_file_state WHERE " + where.sql(), row -> {
            if (Fingerprint.parse(row.getString(2)).touched().isAfter(touched)) {
                unsettled.add(new MemoryPath(row.getString(1)));
            }
        }, where.arguments());
        return unsettled;
    }

    /// How many selected files are owed and due.
    ///
    /// @param fromLsn
    ///            no file with a lower one is owed; 0 if that is not known, and then all files are looked at
    public long countOwed(Selection selection, long fromLsn) {
        Where where = Where.selected(selection)
                .and("lsn >= ?", fromLsn)
                .and("(%s OR %s)".formatted(PENDING, DUE), now());
        return count("SELECT count(*) FROM md_file_state WHERE %s".formatted(where.sql()),
                where.arguments());
    }

    /// Records what became of a chunk, together with the index commit that it stands in.
    ///
    /// @param generation
    ///            the one whose index it was written to
    /// @param committed
    ///            the commit of the index; null if the chunk needed none
    public void settle(long generation, List<? extends Settlement> settlements,
            @Nullable Watermark committed, long run) {
        transaction.executeWithoutResult(_ -> {
            done(settlements.stream()
                    .filter(Settlement.Done.class::isInstance)
                    .map(Settlement.Done.class::cast)
                    .toList(), generation, run);
            settlements.forEach(settlement -> settle(settlement, generation, run));
            if (committed != null) {
                jdbc.update("""
                        UPDATE generation SET settled_run = ?, settled_chunk = ?
                         WHERE generation = ?""", committed.run(), committed.chunk(), generation);
            }
        });
    }

    private void done(List<Settlement.Done> settlements, long generation, long run) {
        jdbc.batchUpdate(
                """
                        UPDATE md_change_state
                           SET wanted = ?, missing_since = NULL, gate = NULL, refused = NULL,
                               attempts = 0, deferred_until = NULL, skipped_entries = ?, error = ?, error_line = ?,
                               first_failed_at = CASE WHEN ? IS NULL THEN NULL
                                                      ELSE coalesce(first_failed_at, ?) END,
                               last_attempt_at = ?, last_run = ?
                         WHERE md_path = ?""",
                settlements.stream()
                        .map(done -> new @Nullable Object[]{done.seen().toString(),
                                done.skippedEntries(), shortened(done.finding()),
                                line(done.line()), done.finding(), now(), now(), run,
                                done.path().value()})
                        .toList());
        jdbc.batchUpdate("""
                INSERT OR REPLACE INTO md_indexed (generation, md_path, fingerprint,
                       schema_id, unsure, content_sha256, entries)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                settlements.stream()
                        .map(done -> new Object[]{generation, done.path().value(),
                                done.seen().toString(), done.schemaId(), done.unsure(),
                                done.contentSha256(), done.entries()})
                        .toList());
    }

    private void settle(Settlement settlement, long generation, long run) {
        switch (settlement) {
            case Settlement.Done _ -> {
                // All of them are written together.
            }
            case Settlement.Removed removed -> jdbc.update("""
                    INSERT OR REPLACE INTO md_indexed (generation, md_path) VALUES (?, ?)""",
                    generation, removed.path().value());
            case Settlement.Refused refused -> jdbc.update(
                    """
                            UPDATE md_change_state
                               SET wanted = ?, refused = ?, error = ?, error_line = ?, deferred_until = NULL,
                                   attempts = attempts + 1, last_attempt_at = ?,
                                   first_failed_at = coalesce(first_failed_at, ?), last_run = ?
                             WHERE md_path = ?""",
                    refused.wanted().toString(),
                    refused.wanted().toString(), shortened(refused.reason()),
                    line(refused.line()), now(), now(), run, refused.path().value());
            case Settlement.Deferred deferred -> jdbc.update("""
                    UPDATE md_change_state
                       SET deferred_until = ?, error = ?, error_line = NULL,
                           last_attempt_at = ?, first_failed_at = coalesce(first_failed_at, ?),
                           last_run = ?
                     WHERE md_path = ?""", deferred.until().toEpochMilli(),
                    shortened(deferred.reason()), now(), now(), run, deferred.path().value());
            case Settlement.Held held -> jdbc.update("""
                    UPDATE md_change_state
                       SET wanted = ?, gate = ?, refused = NULL, attempts = 0,
                           deferred_until = NULL, error = NULL, error_line = NULL,
                           first_failed_at = NULL, last_attempt_at = ?, last_run = ?
                     WHERE md_path = ?""", held.seen().toString(), held.gate(), now(), run,
                    held.path().value());
        }
    }

    /// Counts an attempt for every file that `run` deferred. Called only if the run served others:
    /// while a neighbour serves nobody, it is not the file that is at fault.
    public void countAttempts(long run) {
        jdbc.update("""
                UPDATE md_change_state SET attempts = attempts + 1
                 WHERE deferred_until IS NOT NULL AND last_run = ? AND missing_since IS NULL""",
                run);
    }

    // Telling

    public Queue queue() {
        long maxLsn = lsns.last();
        return jdbc
                .query("""
                        SELECT count(*) FILTER (WHERE state = 'pending'),
                               count(*) FILTER (WHERE state = 'done'),
                               count(*) FILTER (WHERE state = 'failed_retryable'),
                               count(*) FILTER (WHERE state = 'failed_permanent'),
                               min(lsn) FILTER (WHERE state = 'pending'),
                               min(coalesce(missing_since, last_changed_at)) FILTER (WHERE state = 'pending'),
                               count(*) FILTER (WHERE state = 'done' AND skipped_entries > 0),
                               count(*) FILTER (WHERE state = 'kept')
                          FROM (SELECT * FROM md_file_state ORDER BY md_path)""", // both tables are in that order
                        (row, _) -> new Queue(row.getLong(1), row.getLong(2), row.getLong(3),
                                row.getLong(4), maxLsn,
                                row.getObject(5) == null ? maxLsn : row.getLong(5) - 1,
                                instant(row, 6), row.getLong(7), row.getLong(8)))
                .getFirst();
    }

    /// How many files wait for a run, and how many one could not index. In a large tree it costs far less than
    /// [#queue] once a run has said what is [#settled].
    public Backlog backlog() {
        long settledTo = lsns.settledTo();
        Backlog counted = backlog(settledTo);
        return lsns.settledTo() == settledTo ? counted : backlog(0);
    }

    private Backlog backlog(long settledTo) {
        String where = settledTo == 0 ? "TRUE"
                : """
                        md_path IN (%s UNION ALL SELECT md_path FROM md_change_state WHERE lsn >= %d)"""
                        .formatted(SET_APART, settledTo);
        return jdbc
                .query("""
                        SELECT count(*) FILTER (WHERE state = 'pending'),
                               count(*) FILTER (WHERE state IN ('failed_retryable', 'failed_permanent'))
                          FROM md_file_state WHERE %s"""
                        .formatted(where),
                        (row, _) -> new Backlog(row.getLong(1), row.getLong(2)))
                .getFirst();
    }

    /// Notes up to which lsn nothing is pending, until anything changes. While a generation is being built that
    /// is not noted: whoever fills it settles files beside this run.
    ///
    /// @param fromLsn no file with a lower one is pending; 0 if that is not known
    public void settled(long fromLsn) {
        jdbc.update("""
                UPDATE lsn_sequence SET settled_to = coalesce(
                       (SELECT min(lsn) FROM md_file_state
                         WHERE lsn >= ? AND state = 'pending' AND md_path NOT IN (%s)), last + 1)
                 WHERE NOT EXISTS (SELECT 1 FROM generation WHERE published_at IS NULL)"""
                .formatted(SET_APART), fromLsn);
    }

    /// The state word of a file (`done`, `pending`, …); empty if the ledger does not know it.
    public Optional<String> state(MemoryPath path) {
        return jdbc.query("SELECT state FROM md_file_state WHERE md_path = ?",
                (row, _) -> row.getString(1), path.value()).stream().findFirst();
    }

    /// What the ledger claims of the files after `after`, in the order of their paths, tombstones left
    /// out; empty at the end.
    public List<Standpoint> standpointsAfter(@Nullable MemoryPath after) {
        return standpoints("md_path > ?", after == null ? "" : after.value());
    }

    /// What the ledger claims of one file; empty if nothing, or that it is gone.
    public Optional<Standpoint> standpoint(MemoryPath path) {
        return standpoints("md_path = ?", path.value()).stream().findFirst();
    }

    private List<Standpoint> standpoints(String condition, String argument) {
        return jdbc.query("""
                SELECT md_path, kind, state, wanted, indexed, schema_id, content_sha256, entries
                  FROM md_file_state WHERE state <> 'tombstone' AND %s
                 ORDER BY md_path LIMIT %d""".formatted(condition, PAGE),
                (row, _) -> new Standpoint(new MemoryPath(row.getString(1)), row.getString(2),
                        row.getString(3), fingerprint(row.getString(4)),
                        fingerprint(row.getString(5)), row.getString(6), row.getString(7),
                        row.getInt(8)),
                argument);
    }

    /// Entries in the live generation, as the ledger counts them.
    public long entries() {
        return count("""
                SELECT coalesce(sum(entries), 0) FROM md_indexed
                 WHERE generation = (SELECT generation FROM generation WHERE live = 1)""");
    }

    /// The selected files in trouble, by path.
    public List<Failure> failures(Selection selection) {
        return failures(selection, Integer.MAX_VALUE);
    }

    /// The first of the selected files in trouble, by path.
    public List<Failure> failures(Selection selection, int limit) {
        Where where = inTrouble(selection);
        return jdbc.query(
                """
                        SELECT md_path, kind, state, attempts, first_failed_at, last_attempt_at, deferred_until,
                               error_line, skipped_entries, error
                          FROM md_file_state WHERE %s ORDER BY md_path LIMIT %d"""
                        .formatted(where.sql(), limit),
                (row, _) -> new Failure(new MemoryPath(row.getString(1)), row.getString(2),
                        "failed_retryable".equals(row.getString(3)), row.getInt(4), instant(row, 5),
                        instant(row, 6), instant(row, 7),
                        row.getObject(8) == null ? null : row.getInt(8), row.getInt(9),
                        row.getString(10)),
                where.arguments());
    }

    /// How many of the selected files are in trouble.
    public long countFailures(Selection selection) {
        Where where = inTrouble(selection);
        return count("SELECT count(*) FROM md_file_state WHERE " + where.sql(),
                where.arguments());
    }

    private static Where inTrouble(Selection selection) {
        return Where.selected(selection)
                .and("error IS NOT NULL AND (state LIKE 'failed%' OR skipped_entries > 0)");
    }

    /// Makes files that wait for a retry owed at once, with their counters at zero.
    ///
    /// @return how many
    public int makeRetryableOwed(Selection selection) {
        Where where = Where.selected(selection);
        return jdbc.update("""
                UPDATE md_change_state SET attempts = 0, deferred_until = NULL WHERE md_path IN
                       (%s AND %s)""".formatted(RETRYABLE, where.sql()), where.arguments());
    }

    /// Gives refused files a deliberate second try.
    ///
    /// @return how many
    public int makeRefusedOwed(Selection selection) {
        Where where = Where.selected(selection).and("state = 'failed_permanent'");
        return jdbc.update("""
                UPDATE md_change_state SET attempts = 0, refused = NULL WHERE md_path IN
                       (SELECT md_path FROM md_file_state WHERE %s)""".formatted(where.sql()),
                where.arguments());
    }

    /// Whether the ledger remembers a file at `path` or below it.
    public boolean remembers(MemoryPath path) {
        Where where = Where.selected(Selection.everything().below(List.of(path)))
                .and("wanted IS NOT NULL");
        return !jdbc.queryForList(
                "SELECT 1 FROM md_file_state WHERE %s LIMIT 1".formatted(where.sql()),
                Integer.class, where.arguments()).isEmpty();
    }

    // Keeping house

    /// Drops the rows of files that were removed before `before`. While a generation is being built
    /// none is dropped: such a file may still stand in it.
    ///
    /// @return how many
    public int pruneTombstones(Instant before) {
        Integer pruned = transaction.execute(_ -> {
            int rows = jdbc.update("""
                    DELETE FROM md_change_state WHERE md_path IN
                           (SELECT md_path FROM md_file_state
                             WHERE state = 'tombstone' AND last_changed_at < ?)
                       AND NOT EXISTS (SELECT 1 FROM generation WHERE published_at IS NULL)""",
                    before.toEpochMilli());
            if (rows > 0) {
                jdbc.update("""
                        DELETE FROM md_indexed WHERE fingerprint IS NULL AND md_path NOT IN
                               (SELECT md_path FROM md_change_state)""");
            }
            return rows;
        });
        return pruned == null ? 0 : pruned;
    }

    private long count(String sql, Object... arguments) {
        Long counted = jdbc.queryForObject(sql, Long.class, arguments);
        return counted == null ? 0 : counted;
    }

    private long now() {
        return clock.millis();
    }

    private static @Nullable Integer line(int line) {
        return line > 0 ? line : null;
    }

    private static @Nullable String shortened(@Nullable String reason) {
        return reason == null || reason.length() <= MAX_REASON ? reason
                : reason.substring(0, MAX_REASON - 1) + "…";
    }

    private static @Nullable Fingerprint fingerprint(@Nullable String text) {
        return text == null ? null : Fingerprint.parse(text);
    }

    static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column) == null ? null : Instant.ofEpochMilli(row.getLong(column));
    }
}
