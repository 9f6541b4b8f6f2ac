package dev.cascade.steps.ledger;

import java.util.Optional;

import org.sqlite.SQLiteException;

/// What SQLite complained of, in words that help.
///
/// @param remedy what the reader can do about it, as one sentence
/// @param unusable whether the database itself must be freed or mended before anything can run
/// @param diskFull whether there was no room
public record DatabaseTrouble(String message, String remedy, boolean unusable,
        boolean diskFull) {

    /// What `thrown` says of the state database; empty if it does not come from SQLite. Its causes
    /// are not asked.
    public static Optional<DatabaseTrouble> of(Throwable thrown) {
        return thrown instanceof SQLiteException sqlite ? Optional.of(of(sqlite))
                : Optional.empty();
    }

    private static DatabaseTrouble of(SQLiteException ex) {
        String message = "the state database cannot be used: "
                + String.valueOf(ex.getMessage()).replaceFirst("^\\[SQLITE_\\w+]\\s*", "");
        Optional<SchemaDrift> drift = SchemaDrift.in(ex);
        if (drift.isPresent()) {
            return new DatabaseTrouble("the state database lacks the " + drift.get(),
                    "Run `cascade sync`, which adds it.", true, false);
        }
        return switch (ex.getResultCode()) {
            case SQLITE_FULL -> new DatabaseTrouble(message,
                    "Make room on the disk and run again; what was committed stays.", false, true);
            case SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED -> new DatabaseTrouble(
                    "the state database is locked by another program",
                    "Wait for it, or end it, and run again.", true, false);
            case SQLITE_CORRUPT, SQLITE_NOTADB -> new DatabaseTrouble(message,
                    "Put a copy back (`cascade restore FILE`), or move it away and run `cascade sync`.",
                    true, false);
            default -> new DatabaseTrouble(message,
                    "Check the disk and run again; what was committed stays.", false, false);
        };
    }
}
