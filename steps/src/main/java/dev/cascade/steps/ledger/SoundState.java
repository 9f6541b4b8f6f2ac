package dev.cascade.steps.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Work on a state database that may have lost a part of its schema, be left half written, or be damaged.
///
/// What the schema lacks is added once, and the work is tried once more. What that does not mend, and
/// what is damaged, is not touched again before it changes. Whoever works holds the root's lock, and
/// has closed the database when the work ends.
public final class SoundState {

    private static final Logger log = LoggerFactory.getLogger(SoundState.class);

    private final Path database;
    private final Path note;
    private final Duration patience;
    private final Consumer<String> told;

    /// @param note where one process leaves word for the next
    /// @param patience how long a repair waits while another program holds the database
    /// @param told hears in one sentence what was mended
    public SoundState(Path database, Path note, Duration patience, Consumer<String> told) {
        this.database = database;
        this.note = note;
        this.patience = patience;
        this.told = told;
    }

    /// Does `work`, at most twice.
    ///
    /// @throws UnusableState if the database cannot be used and cannot be mended
    public <T> T during(Supplier<T> work) {
        refuseIfDisabled();
        StateDatabase.undoHalfWritten(database, patience);
        try {
            return sound(work);
        } catch (RuntimeException ex) {
            Optional<SchemaDrift> drift = SchemaDrift.in(ex);
            if (drift.isEmpty()) {
                throw ex;
            }
            mend(drift.get(), ex);
        }
        try {
            return sound(work);
        } catch (RuntimeException ex) {
            throw SchemaDrift.in(ex)
                    .<RuntimeException>map(again -> disable(
                            "%s lacks the %s, although its schema was compared and mended just now"
                                    .formatted(database, again),
                            ex))
                    .orElse(ex);
        }
    }

    /// Throws the first of `failures` that says that the database is not sound; for work that keeps
    /// its failures to itself.
    public static void requireSound(Collection<Throwable> failures) {
        failures.stream()
                .filter(failure -> SchemaDrift.in(failure).isPresent() || isDamage(failure))
                .findFirst()
                .ifPresent(failure -> {
                    throw new IllegalStateException("the state database failed the run", failure);
                });
    }

    private <T> T sound(Supplier<T> work) {
        T done;
        try {
            done = work.get();
        } catch (RuntimeException ex) {
            throw isDamage(ex)
                    ? disable(UnusableState.damaged(database,
                            NestedExceptionUtils.getMostSpecificCause(ex)))
                    : ex;
        }
        forget();
        return done;
    }

    private static boolean isDamage(Throwable thrown) {
        return NestedExceptionUtils.getMostSpecificCause(thrown) instanceof SQLiteException sqlite
                && ((sqlite.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_CORRUPT.code
                        || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_NOTADB);
    }

    private void refuseIfDisabled() {
        Optional<RepairNote> before = RepairNote.read(note).filter(RepairNote::disabled);
        if (before.isEmpty()) {
            return;
        }
        if (isAsIn(before.get())) {
            throw new UnusableState(before.get().message(), before.get().remedy());
        }
        log.warn("{} could not be used; the database changed; trying again", database);
        forget();
    }

    private boolean isAsIn(RepairNote before) {
        return DatabaseFingerprint.of(database).filter(before.fingerprint()::equals).isPresent();
    }

    private void mend(SchemaDrift drift, RuntimeException cause) {
        String lacks = "%s lacks the %s".formatted(database, drift);
        if (RepairNote.read(note).filter(this::isAsIn).isPresent()) {
            throw disable(lacks + ", and adding it was tried before; nothing was changed", cause);
        }
        DatabaseFingerprint.of(database)
                .ifPresent(seen -> new RepairNote(seen, false, lacks, remedy()).write(note));
        List<String> added;
        try {
            added = StateDatabase.mend(database, patience);
        } catch (SchemaRepair.Impossible ex) {
            throw disable("%s: the %s cannot be added; nothing was changed".formatted(lacks,
                    ex.getMessage()), ex);
        } catch (RuntimeException ex) {
            // Busy, a full disk: that says nothing about the schema.
            forget();
            throw ex;
        }
        if (added.isEmpty()) {
            throw disable(lacks + ", which no version of its schema has; nothing was changed",
                    cause);
        }
        String sentence = "%s lacked the %s; added: %s".formatted(database, drift,
                String.join(", ", added));
        log.warn(sentence);
        told.accept(sentence);
    }

    private UnusableState disable(String message, Throwable cause) {
        return disable(new UnusableState(message, remedy(), cause));
    }

    /// That this cannot be noted must not hide why it should be.
    private UnusableState disable(UnusableState why) {
        try {
            DatabaseFingerprint.of(database)
                    .ifPresent(seen -> new RepairNote(seen, true,
                            String.valueOf(why.getMessage()), why.remedy()).write(note));
        } catch (UncheckedIOException ex) {
            why.addSuppressed(ex);
        }
        return why;
    }

    private String remedy() {
        return UnusableState.waysOut(database);
    }

    private void forget() {
        try {
            Files.deleteIfExists(note);
        } catch (IOException ex) {
            throw new UncheckedIOException("%s cannot be deleted: %s".formatted(note, ex), ex);
        }
    }
}
