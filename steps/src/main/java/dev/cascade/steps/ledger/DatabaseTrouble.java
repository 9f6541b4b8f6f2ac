package dev.cascade.steps.ledger;

import java.util.Optional;

import org.sqlite.SQLiteException;

/// What SQLite complained of, in words that help.
///
/// @param remedy what the reader can do about it, as one sentence
/// @param damaged whether the state database cannot be used as it is
public record DatabaseTrouble(String message, String remedy, boolean damaged) {

    /// What `thrown` says of the state database; empty if it does not come from SQLite. Its causes
    /// are not asked.
    public static Optional<DatabaseTrouble> of(Throwable thrown) {
        return thrown instanceof SQLiteException sqlite ? Optional.of(of(sqlite))
                : Optional.empty();
    }

    private static DatabaseTrouble of(SQLiteException ex) {
        String message = "the state database: " + ex.getMessage();
        return switch (ex.getResultCode()) {
            case SQLITE_FULL -> new DatabaseTrouble(message,
                    "Free disk space and run again; what was committed stays.", false);
            case SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED -> new DatabaseTrouble(message,
                    "Another program holds it; end that and run again.", false);
            case SQLITE_CORRUPT, SQLITE_NOTADB -> new DatabaseTrouble(message,
                    "Restore a backup, or move it away and run `cascade sync`.", true);
            default -> new DatabaseTrouble(message,
                    "Check the disk and run again; what was committed stays.", false);
        };
    }
}
