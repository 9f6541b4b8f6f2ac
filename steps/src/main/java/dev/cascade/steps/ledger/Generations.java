package dev.cascade.steps.ledger;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Watermark;

/// The generations of the index: the live one, which is searched; at most one that is being built; and
/// earlier ones that are kept.
public final class Generations {

    private static final int PAGE = 1000;
    private static final int ROWS_AT_ONCE = 50_000;

    /// What the generation in the first place lacks: files that are wanted and do not stand in it as
    /// they are wanted, and files that are gone and may still stand in it.
    private static final String LACKING = """
            FROM md_file_state f
            LEFT JOIN md_indexed n ON n.generation = ? AND n.md_path = f.md_path
            LEFT JOIN kind_schema s ON s.kind = f.kind
            WHERE f.md_path > ?
              AND CASE WHEN f.wanted IS NULL
                       THEN n.md_path IS NULL OR n.fingerprint IS NOT NULL
                       ELSE n.fingerprint IS DISTINCT FROM f.wanted
                            OR n.schema_id IS DISTINCT FROM s.schema_id END""";

    /// Of those, the files that a person or a guard has to decide about, that are missing, or that
    /// are known to be refused as they are: what the live generation holds of them is carried over.
    private static final String READABLE = " AND f.state NOT IN ('failed_permanent', 'kept')"
            + " AND f.missing_since IS NULL"
            + " AND (f.gate_status IS NULL OR f.gate_status <> 'pending')";

    private static final String WORSE = " AND f.state = 'done'";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;

    public Generations(DataSource dataSource, Clock clock) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        this.clock = clock;
    }

    /// The standing of the generation that is being built; empty if there is none.
    public Optional<Standing> building() {
        return standings("WHERE published_at IS NULL").stream().findFirst();
    }

    /// Earlier generations that are kept, newest first.
    public List<Standing> kept() {
        return standings("""
                WHERE live = 0 AND published_at IS NOT NULL
                ORDER BY published_at DESC, generation DESC""");
    }

    private List<Standing> standings(String condition) {
        return jdbc.query(
                "SELECT generation, settled_run, settled_chunk, open_run FROM generation "
                        + condition,
                (row, _) -> new Standing(row.getLong(1),
                        new Watermark(row.getLong(2), row.getLong(3)), row.getLong(4)));
    }

    /// The numbers of all generations.
    public List<Long> numbers() {
        return jdbc.query("SELECT generation FROM generation", (row, _) -> row.getLong(1));
    }

    /// Begins a new generation, numbered after all that there ever were.
    ///
    /// @param above a number that it must exceed, for generations that only the disk knows
    public Standing begin(long above) {
        jdbc.update("""
                INSERT INTO generation (generation, live, created_at)
                SELECT max(max(generation), ?) + 1, 0, ? FROM generation""", above,
                clock.millis());
        return building().orElseThrow();
    }

    /// Says that the index of `generation` stands at `seen`, and that `run` may commit to it from now
    /// on.
    public void openRun(long generation, long run, Watermark seen) {
        jdbc.update("""
                UPDATE generation SET settled_run = ?, settled_chunk = ?, open_run = ?
                 WHERE generation = ?""", seen.run(), seen.chunk(), run, generation);
    }

    /// Files that `generation` lacks and that can be read, in the order of their paths.
    ///
    /// @param after the last path of the page before; null for the first page
    public List<Change> readableAfter(long generation, @Nullable MemoryPath after) {
        return lackingAfter(generation, after, READABLE);
    }

    /// All files that `generation` lacks, whatever the reason, in the order of their paths.
    ///
    /// @param after the last path of the page before; null for the first page
    public List<Change> lackingAfter(long generation, @Nullable MemoryPath after) {
        return lackingAfter(generation, after, "");
    }

    private List<Change> lackingAfter(long generation, @Nullable MemoryPath after,
            String condition) {
        return jdbc.query("""
                SELECT f.md_path, f.kind, f.lsn, f.wanted, f.attempts, f.gate_status = 'approved'
                %s%s ORDER BY f.md_path LIMIT %d""".formatted(LACKING, condition, PAGE),
                (row, _) -> new Change(new MemoryPath(row.getString(1)), row.getString(2),
                        row.getLong(3),
                        row.getString(4) == null ? null : Fingerprint.parse(row.getString(4)),
                        row.getInt(5), row.getBoolean(6)),
                generation, after == null ? "" : after.value());
    }

    /// How many files `generation` lacks that can be read.
    public long countReadable(long generation) {
        return count("SELECT count(*) %s%s".formatted(LACKING, READABLE), generation, "");
    }

    /// Some of the files that `generation` lacks although they are well in the live one, in the order of
    /// their paths.
    ///
    /// @param after the last path of the page before; null for the first page
    public List<MemoryPath> worseAfter(long generation, @Nullable MemoryPath after, int limit) {
        return jdbc.query("SELECT f.md_path %s%s ORDER BY f.md_path LIMIT %d".formatted(LACKING,
                WORSE, limit), (row, _) -> new MemoryPath(row.getString(1)), generation,
                after == null ? "" : after.value());
    }

    /// How many files `generation` lacks although they are well in the live one.
    public long countWorse(long generation) {
        return count("SELECT count(*) %s%s".formatted(LACKING, WORSE), generation, "");
    }

    /// Forgets how these files stand in `generation`.
    public void forget(long generation, List<Change> files) {
        transaction.executeWithoutResult(_ -> files.forEach(file -> jdbc.update(
                "DELETE FROM md_indexed WHERE generation = ? AND md_path = ?", generation,
                file.path().value())));
    }

    /// How many files stand in `generation`, as the ledger knows.
    public long countFiles(long generation) {
        return count("""
                SELECT count(*) FROM md_indexed
                 WHERE generation = ? AND fingerprint IS NOT NULL""", generation);
    }

    /// Some of the files that stand in `generation` just as they are wanted, taken at random.
    public List<MemoryPath> sample(long generation, int size) {
        return jdbc.query("""
                SELECT n.md_path FROM md_indexed n JOIN md_change_state c ON c.md_path = n.md_path
                 WHERE n.generation = ? AND n.fingerprint = c.wanted AND n.unsure = 0
                 ORDER BY random() LIMIT ?""", (row, _) -> new MemoryPath(row.getString(1)),
                generation, size);
    }

    /// Makes `generation` the live one, in one step. The one before is kept.
    public void publish(long generation) {
        transaction.executeWithoutResult(_ -> {
            jdbc.update("UPDATE generation SET live = 0 WHERE live = 1");
            int published = jdbc.update(
                    "UPDATE generation SET live = 1, published_at = ? WHERE generation = ?",
                    clock.millis(), generation);
            if (published != 1) {
                throw new IllegalStateException("there is no generation %d".formatted(generation));
            }
        });
    }

    /// Forgets a generation that is not live, page by page, and its number last.
    public void drop(long generation) {
        int rows = ROWS_AT_ONCE;
        while (rows == ROWS_AT_ONCE) {
            rows = jdbc.update("""
                    DELETE FROM md_indexed WHERE generation = ? AND md_path IN
                           (SELECT md_path FROM md_indexed WHERE generation = ? LIMIT %d)"""
                    .formatted(ROWS_AT_ONCE), generation, generation);
        }
        jdbc.update("DELETE FROM generation WHERE generation = ? AND live = 0", generation);
    }

    /// Forgets the kept generations but for the `keep` newest.
    ///
    /// @return which were forgotten
    public List<Long> dropBeyond(int keep) {
        List<Long> dropped = new ArrayList<>();
        kept().stream().skip(keep).map(Standing::generation).forEach(generation -> {
            drop(generation);
            dropped.add(generation);
        });
        return dropped;
    }

    private long count(String sql, Object... arguments) {
        Long counted = jdbc.queryForObject(sql, Long.class, arguments);
        if (counted == null) {
            throw new IllegalStateException("no count for " + Arrays.toString(arguments));
        }
        return counted;
    }
}
