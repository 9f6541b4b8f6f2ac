package dev.cascade.steps.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;

/// What SQLite itself says of a state database.
///
/// @param version
///            of its schema
/// @param damage
///            what is broken in the file, at most some of it; empty if nothing is
/// @param orphans
///            rows that refer to a row that is not there
public record DatabaseCondition(int version, List<String> damage, long orphans) {

    /// Of the database at `file`, whatever its version.
    ///
    /// @param deep
    ///            whether indexes are compared with their tables, too
    /// @return empty if there is none
    /// @throws UnusableState
    ///             if it is no database, or of a newer version
    public static Optional<DatabaseCondition> of(Path file, boolean deep, Clock clock) {
        return StateDatabase.lookAtAny(file, clock, database -> {
            JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
            int version = jdbc.query("PRAGMA user_version", (row, _) -> row.getInt(1)).getFirst();
            List<String> damage = new Upkeep(database.dataSource()).damage(deep);
            return new DatabaseCondition(version, damage,
                    damage.isEmpty() ? jdbc.queryForList("PRAGMA foreign_key_check").size() : 0);
        });
    }
}
