package dev.cascade.steps.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import dev.cascade.config.Digests;
import dev.cascade.steps.memory.MemoryPath;

/// Removals from their proposal to the decision: those that a guard passes, those that it holds, and
/// what a person said about the latter.
///
/// A removal is proposed by a walk that missed the file. Held files carry the number of their gate in
/// the ledger; a file that comes back or changes drops it.
public final class Gates {

    private static final int PAGE = 1000;
    private static final int SHOWN_DIGITS = 16;

    /// The files that wait for a decision, or are kept by one, whatever it is about.
    private static final String HOLDS = """
            WITH gate_holds AS (
                SELECT gate, md_path FROM md_change_state WHERE gate IS NOT NULL
                UNION ALL SELECT gate, md_path FROM gate_file)
            """;

    /// Proposed by the walk of this run, and not held.
    private static final String PROPOSED = """
            c.missing_since IS NOT NULL AND c.last_run = ?
              AND (c.gate IS NULL OR c.gate NOT IN
                      (SELECT g.gate FROM gate g WHERE g.status IN ('pending', 'rejected')))""";

    /// What was never tried is not in the index, so its removal takes nothing away.
    private static final String COUNTS = "c.last_attempt_at IS NOT NULL";

    private static final String UNDECIDED = """
            (c.gate IS NULL OR c.gate NOT IN
                (SELECT g.gate FROM gate g WHERE g.status = 'approved'))""";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Lsns lsns;
    private final Clock clock;

    public Gates(DataSource dataSource, Clock clock) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        this.lsns = new Lsns(jdbc);
        this.clock = clock;
    }

    /// A file that the walk missed, with the digest of what the index holds of it.
    public record Proposal(MemoryPath path, @Nullable String contentSha256) {}

    /// A file that the walk saw for the first time, in this run or in one that was cut off.
    public record Arrival(MemoryPath path, String kind) {}

    // Proposals

    /// How many files of the ledger count when removals are compared with a limit.
    public long knownFiles() {
        return count("SELECT count(*) FROM md_change_state c WHERE c.wanted IS NOT NULL AND "
                + COUNTS);
    }

    /// How many removals the walk of `run` proposed that count against a limit: those of which
    /// something is in the index and about which nobody decided.
    public long proposed(long run) {
        return count("SELECT count(*) FROM md_change_state c WHERE %s AND %s AND %s".formatted(
                PROPOSED, COUNTS, UNDECIDED), run);
    }

    /// The removals that [#proposed] counts, after `after`, in the order of their paths; empty at the
    /// end.
    public List<Proposal> proposedAfter(@Nullable MemoryPath after, long run) {
        return jdbc.query(
                """
                        SELECT c.md_path, i.content_sha256 FROM md_change_state c
                          LEFT JOIN md_indexed i ON i.md_path = c.md_path AND i.generation =
                                    (SELECT g.generation FROM generation g WHERE g.live = 1)
                         WHERE %s AND %s AND %s AND c.md_path > ? ORDER BY c.md_path LIMIT %d"""
                        .formatted(PROPOSED, COUNTS, UNDECIDED, PAGE),
                (row, _) -> new Proposal(new MemoryPath(row.getString(1)), row.getString(2)), run,
                after == null ? "" : after.value());
    }

    /// The files that are new and not indexed yet, and as large as one that `run` misses, after `after`, in the order of
    /// their paths; empty at the end.
    public List<Arrival> arrivalsAfter(@Nullable MemoryPath after, long run) {
        String size = "substr(%1$s.wanted, 1, instr(%1$s.wanted, ':') - 1)";
        return jdbc.query(
                """
                        SELECT n.md_path, n.kind FROM md_change_state n
                         WHERE n.last_attempt_at IS NULL AND n.missing_since IS NULL
                           AND n.wanted IS NOT NULL AND n.md_path > ?
                           AND %s IN (SELECT %s FROM md_change_state c WHERE %s)
                         ORDER BY n.md_path LIMIT %d"""
                        .formatted(size.formatted("n"), size.formatted("c"), PROPOSED, PAGE),
                (row, _) -> new Arrival(new MemoryPath(row.getString(1)), row.getString(2)),
                after == null ? "" : after.value(), run);
    }

    /// Lets the removals that the walk of `run` proposed become wanted, but for those that are held.
    /// One that an earlier walk proposed is not among them, unless this walk missed the file too.
    ///
    /// @return how many
    public long pass(long run) {
        Long passed = transaction.execute(_ -> {
            long all = 0;
            String last = "";
            for (List<String> page = passable(run, last); !page.isEmpty(); page = passable(run,
                    last)) {
                pass(page);
                all += page.size();
                last = page.getLast();
            }
            return all;
        });
        return passed == null ? 0 : passed;
    }

    private List<String> passable(long run, String after) {
        return jdbc.query("""
                SELECT c.md_path FROM md_change_state c WHERE %s AND c.md_path > ?
                 ORDER BY c.md_path LIMIT %d""".formatted(PROPOSED, PAGE),
                (row, _) -> row.getString(1), run, after);
    }

    /// How many files wait for a person.
    public long held() {
        return count("""
                SELECT count(*) FROM md_change_state c WHERE c.gate IN
                       (SELECT g.gate FROM gate g WHERE g.status = 'pending')""");
    }

    /// Forgets the files that the walk of `run` saw for the first time: they belong to another root.
    public void forgetArrivals(long run) {
        jdbc.update("""
                DELETE FROM md_change_state
                 WHERE last_run = ? AND last_attempt_at IS NULL AND missing_since IS NULL""", run);
    }

    private void pass(List<String> paths) {
        long[] lsn = {lsns.take(paths.size())};
        jdbc.batchUpdate("""
                UPDATE md_change_state
                   SET wanted = NULL, missing_since = NULL, gate = NULL, lsn = ?,
                       last_changed_at = ?, refused = NULL, attempts = 0, deferred_until = NULL,
                       error = NULL, error_line = NULL, first_failed_at = NULL, skipped_entries = 0
                 WHERE md_path = ?""",
                paths.stream().map(path -> new Object[]{++lsn[0], clock.millis(), path}).toList());
        jdbc.batchUpdate("""
                DELETE FROM md_indexed WHERE md_path = ? AND generation =
                       (SELECT g.generation FROM generation g WHERE g.live = 1)""",
                paths.stream().map(path -> new Object[]{path}).toList());
    }

    /// Holds the removals that [#proposed] counts, but for those that `moved` lets go.
    ///
    /// @param moved asked once for each in the order of their paths
    /// @param summary what is to be decided, with `%d` for the number of files
    public Gate hold(long run, String job, String summary, Predicate<Proposal> moved) {
        return made(transaction.execute(_ -> {
            long gate = open("removals", run, job);
            MessageDigest digest = Digests.newSha256();
            long held = 0;
            MemoryPath last = null;
            for (List<Proposal> page = proposedAfter(last, run); !page
                    .isEmpty(); page = proposedAfter(
                            last, run)) {
                last = page.getLast().path();
                List<String> paths = page.stream()
                        .filter(moved.negate())
                        .map(proposal -> proposal.path().value())
                        .toList();
                paths.forEach(
                        path -> digest.update((path + "\n").getBytes(StandardCharsets.UTF_8)));
                jdbc.batchUpdate("UPDATE md_change_state SET gate = ? WHERE md_path = ?",
                        paths.stream().map(path -> new Object[]{gate, path}).toList());
                held += paths.size();
            }
            name(gate, summary.formatted(held), digest);
            return gate;
        }));
    }

    /// Opens a gate for files that lost all of their entries; who settles them ties them to it.
    ///
    /// @return its number
    public long openForEmptied(long run, String job) {
        Long gate = transaction.execute(_ -> open("emptied", run, job));
        return gate == null ? 0 : gate;
    }

    /// Says what such a gate holds so far.
    ///
    /// @param more the paths that it holds since it was named last
    public void nameEmptied(long gate, Collection<MemoryPath> more, String summary) {
        MessageDigest digest = Digests.newSha256();
        digest.update(find(gate).orElseThrow().digest().getBytes(StandardCharsets.UTF_8));
        more.stream()
                .sorted()
                .forEach(path -> digest
                        .update((path.value() + "\n").getBytes(StandardCharsets.UTF_8)));
        name(gate, summary, digest);
    }

    // The files that a rebuild would lose

    /// Asks about the files that `generation`, which is being built, lacks although they are well in the
    /// live one. About other files than were asked about before it is asked anew.
    ///
    /// @param summary what is to be decided, with `%d` for the number of files
    /// @return the gate to decide about; empty if all of them were approved
    public Optional<Gate> askAboutLost(Generations generations, long generation, long run,
            String summary) {
        MessageDigest digest = Digests.newSha256();
        AtomicLong lost = new AtomicLong();
        AtomicLong approved = new AtomicLong();
        eachLost(generations, generation, page -> {
            page.forEach(path -> digest.update((path + "\n").getBytes(StandardCharsets.UTF_8)));
            lost.addAndGet(page.size());
            approved.addAndGet(page.stream().filter(this::isApprovedToBeLost).count());
        });
        if (approved.get() == lost.get()) {
            return Optional.empty();
        }
        String named = named(digest);
        return Optional.of(pending()
                .stream()
                .filter(gate -> gate.kind().equals(Gate.REBUILD) && gate.digest().equals(named))
                .findFirst()
                .orElseGet(() -> made(transaction.execute(_ -> {
                    forgetLost();
                    long gate = open(Gate.REBUILD, run, "rebuild");
                    eachLost(generations, generation, page -> jdbc.batchUpdate(
                            "INSERT INTO gate_file (gate, md_path) VALUES (?, ?)",
                            page.stream().map(path -> new Object[]{gate, path}).toList()));
                    name(gate, summary.formatted(lost.get()), named);
                    return gate;
                }))));
    }

    private static void eachLost(Generations generations, long generation,
            Consumer<List<String>> work) {
        List<MemoryPath> page = generations.worseAfter(generation, null, PAGE);
        while (!page.isEmpty()) {
            work.accept(page.stream().map(MemoryPath::value).toList());
            page = generations.worseAfter(generation, page.getLast(), PAGE);
        }
    }

    private boolean isApprovedToBeLost(String path) {
        return count("""
                SELECT count(*) FROM gate_file f JOIN gate g ON g.gate = f.gate
                 WHERE g.status = 'approved' AND g.expires_at > ? AND f.md_path = ?""",
                clock.millis(), path) > 0;
    }

    /// There is nothing more to decide about a rebuild: the new generation is searched.
    public void closeLost() {
        transaction.executeWithoutResult(_ -> forgetLost());
    }

    private void forgetLost() {
        jdbc.update("""
                UPDATE gate SET status = 'expired'
                 WHERE kind = ? AND status IN ('pending', 'rejected')""", Gate.REBUILD);
        jdbc.update("DELETE FROM gate_file");
    }

    /// The gate by which a person gave the last unfinished generation up; empty if none did, or if one
    /// was built since.
    public Optional<Gate> rejectedRebuild() {
        return gates("WHERE g.kind = '%s' AND g.status = 'rejected' ORDER BY g.gate DESC"
                .formatted(Gate.REBUILD)).stream().findFirst();
    }

    private long open(String kind, long run, String job) {
        jdbc.update("""
                INSERT INTO gate (kind, job, run, status, summary, digest, created_at)
                VALUES (?, ?, ?, 'pending', '', '', ?)""", kind, job, run, clock.millis());
        return count("SELECT max(gate) FROM gate");
    }

    private void name(long gate, String summary, MessageDigest digest) {
        name(gate, summary, named(digest));
    }

    private void name(long gate, String summary, String digest) {
        jdbc.update("UPDATE gate SET summary = ?, digest = ? WHERE gate = ?", summary, digest,
                gate);
    }

    private static String named(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest()).substring(0, SHOWN_DIGITS);
    }

    private Gate made(@Nullable Long id) {
        return find(id == null ? -1 : id).orElseThrow();
    }

    // Decisions

    /// All gates that are kept, newest first.
    public List<Gate> all() {
        return gates("ORDER BY g.gate DESC");
    }

    /// Those whose files wait for a person, oldest first. One whose files are all back is closed by
    /// the next run.
    public List<Gate> pending() {
        return gates("""
                WHERE g.status = 'pending'
                  AND EXISTS (SELECT 1 FROM gate_holds c WHERE c.gate = g.gate)
                ORDER BY g.gate""");
    }

    public Optional<Gate> find(long id) {
        return gates("WHERE g.gate = " + id).stream().findFirst();
    }

    private List<Gate> gates(String condition) {
        return jdbc.query(HOLDS + """
                SELECT g.gate, g.kind, g.job, g.run, g.status, g.created_at, g.decided_at,
                       g.expires_at, g.summary, g.digest, g.reason,
                       (SELECT count(*) FROM gate_holds c WHERE c.gate = g.gate)
                  FROM gate g\s""" + condition,
                (row, _) -> new Gate(row.getLong(1), row.getString(2), row.getString(3),
                        row.getLong(4),
                        Gate.Status.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
                        Instant.ofEpochMilli(row.getLong(6)), Ledger.instant(row, 7),
                        Ledger.instant(row, 8), row.getString(9), row.getString(10),
                        row.getString(11), row.getLong(12)));
    }

    /// The paths that a gate holds, in their order, at most `limit`.
    public List<String> held(long id, int limit) {
        return jdbc.query(
                HOLDS + "SELECT md_path FROM gate_holds WHERE gate = ? ORDER BY md_path LIMIT ?",
                (row, _) -> row.getString(1), id, limit);
    }

    /// Says yes to what the gate asks, for exactly the files that it holds.
    ///
    /// @param expires when the approval lapses if no run used it
    /// @return whether it could be decided: not if it was approved, or holds no file any more
    public boolean approve(long id, String reason, Instant expires) {
        return jdbc.update(HOLDS + """
                UPDATE gate SET status = 'approved', reason = ?, decided_at = ?, expires_at = ?
                 WHERE gate = ? AND (status IN ('pending', 'rejected')
                                     OR status = 'approved' AND expires_at <= ?)
                   AND EXISTS (SELECT 1 FROM gate_holds c WHERE c.gate = gate.gate)""",
                reason, clock.millis(), expires.toEpochMilli(), id, clock.millis()) > 0;
    }

    /// Says no to what the gate asks.
    ///
    /// @return whether it could be decided: not if it was rejected, or holds no file any more
    public boolean reject(long id, String reason) {
        return jdbc.update(HOLDS + """
                UPDATE gate SET status = 'rejected', reason = ?, decided_at = ?, expires_at = NULL
                 WHERE gate = ? AND status IN ('pending', 'approved')
                   AND EXISTS (SELECT 1 FROM gate_holds c WHERE c.gate = gate.gate)""",
                reason, clock.millis(), id) > 0;
    }

    /// Closes approvals that nobody used in time, and gates whose files are all back.
    public void lapse() {
        jdbc.update(HOLDS + """
                UPDATE gate SET status = 'expired'
                 WHERE status = 'approved' AND expires_at <= ?
                   AND EXISTS (SELECT 1 FROM gate_holds c WHERE c.gate = gate.gate)""",
                clock.millis());
        jdbc.update(HOLDS + """
                UPDATE gate SET status = 'expired'
                 WHERE status IN ('pending', 'rejected')
                   AND NOT EXISTS (SELECT 1 FROM gate_holds c WHERE c.gate = gate.gate)""");
    }

    /// Drops decisions that were made before `before` and concern no file any more.
    ///
    /// @return how many
    public int purge(Instant before) {
        return jdbc.update(HOLDS + """
                DELETE FROM gate WHERE created_at < ? AND status IN ('approved', 'expired')
                   AND NOT EXISTS (SELECT 1 FROM gate_holds c WHERE c.gate = gate.gate)""",
                before.toEpochMilli());
    }

    private long count(String sql, Object... arguments) {
        Long counted = jdbc.queryForObject(sql, Long.class, arguments);
        return counted == null ? 0 : counted;
    }
}
