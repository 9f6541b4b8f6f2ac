package dev.cascade.steps.ledger;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import dev.cascade.steps.memory.Vector;

/// Vectors of one model by the digest of their text, so that moving, renaming, undoing and rebuilding
/// ask for none again.
public final class VectorCache {

    private static final int PAGE = 500;
    /// A use is noted at most this often, or reading would write.
    private static final Duration GRAIN = Duration.ofDays(1);

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final String model;
    private final int dimensions;

    /// @param dimensions
    ///            the width that is asked for; 0 for the model's own
    public VectorCache(DataSource dataSource, Clock clock, String model, int dimensions) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        this.clock = clock;
        this.model = model;
        this.dimensions = dimensions;
    }

    /// How much is kept, of all models.
    public record Size(long vectors, long bytes) {}

    /// The vectors that are kept, by the digest of their text. It writes nothing.
    public Map<String, Vector> find(Collection<String> textSha256) {
        Map<String, Vector> found = new HashMap<>();
        List<String> all = List.copyOf(textSha256);
        for (int from = 0; from < all.size(); from += PAGE) {
            List<String> page = all.subList(from, Math.min(all.size(), from + PAGE));
            List<Object> arguments = new ArrayList<>(List.of(model, dimensions));
            page.forEach(sha -> arguments.add(bytes(sha)));
            jdbc.query("""
                    SELECT text_sha256, vector FROM vector_cache
                     WHERE model = ? AND dimensions = ? AND text_sha256 IN (%s)"""
                    .formatted(String.join(",", page.stream().map(_ -> "?").toList())), row -> {
                        found.put(HexFormat.of().formatHex(row.getBytes(1)),
                                Vector.ofBytes(row.getBytes(2)));
                    }, arguments.toArray());
        }
        return found;
    }

    /// Keeps vectors, and notes the use of those that were found.
    public void keep(Map<String, Vector> fresh, Collection<String> used) {
        long now = clock.millis();
        transaction.executeWithoutResult(_ -> {
            jdbc.batchUpdate("""
                    INSERT OR REPLACE INTO vector_cache
                           (text_sha256, model, dimensions, vector, bytes, used_at)
                    VALUES (?, ?, ?, ?, ?, ?)""", fresh.entrySet().stream().map(entry -> {
                byte[] vector = entry.getValue().bytes();
                return new Object[]{bytes(entry.getKey()), model, dimensions, vector,
                        vector.length, now};
            }).toList());
            jdbc.batchUpdate("""
                    UPDATE vector_cache SET used_at = ?
                     WHERE text_sha256 = ? AND model = ? AND dimensions = ? AND used_at < ?""",
                    used.stream()
                            .map(sha -> new Object[]{now, bytes(sha), model, dimensions,
                                    now - GRAIN.toMillis()})
                            .toList());
        });
    }

    public Size size() {
        return size(jdbc);
    }

    /// How much is kept in a state database, whichever model is in use.
    public static Size size(DataSource dataSource) {
        return size(new JdbcTemplate(dataSource));
    }

    private static Size size(JdbcTemplate jdbc) {
        return jdbc.query("SELECT count(*), coalesce(sum(bytes), 0) FROM vector_cache",
                (row, _) -> new Size(row.getLong(1), row.getLong(2))).getFirst();
    }

    /// Drops those that were unused longest until the rest takes no more than `limit` bytes.
    ///
    /// @return how many
    public int evict(long limit) {
        return size().bytes() <= limit ? 0 : jdbc.update("""
                DELETE FROM vector_cache WHERE rowid IN (
                       SELECT rowid FROM (
                              SELECT rowid, sum(bytes) OVER (ORDER BY used_at DESC, rowid DESC)
                                     AS kept FROM vector_cache)
                        WHERE kept > ?)""", limit);
    }

    private static byte[] bytes(String sha256) {
        return HexFormat.of().parseHex(sha256);
    }
}
