package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.cascade.config.Home;
import dev.cascade.jobs.Check.Answer;
import dev.cascade.jobs.DoctorReport.Level;
import dev.cascade.steps.ledger.DatabaseCondition;
import dev.cascade.steps.ledger.RepairNote;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.UnusableState;

/// Whether the state database is there, whole and of this version.
final class DatabaseChecks {

    /// What is written is brought over long before, unless someone reads without an end.
    private static final long LONG_LOG = 128L << 20;

    private final Home home;
    private final Clock clock;
    private final boolean deep;

    DatabaseChecks(Home home, Clock clock, boolean deep) {
        this.home = home;
        this.clock = clock;
        this.deep = deep;
    }

    List<Check> all() {
        return List.of(new Check("database", this::database),
                new Check("write_ahead_log", this::log),
                new Check("schema_repair", this::repair));
    }

    private Answer database() {
        try {
            return DatabaseCondition.of(home.database(), deep, clock)
                    .map(condition -> version(condition).and(content(condition)))
                    .orElseGet(this::absent);
        } catch (UnusableState ex) {
            return Answer.thrown(Level.PROBLEM, ex);
        }
    }

    private Answer absent() {
        boolean isLost = Files.exists(home.index()) || Files.exists(home.rootId());
        return isLost
                ? Answer.problem(
                        "%s is missing, although it was there before".formatted(home.database()),
                        "cascade restore FILE puts a copy back; else cascade sync makes it anew from the Markdown.")
                : Answer.warning("%s is not there yet".formatted(home.database()), "cascade sync");
    }

    private static Answer version(DatabaseCondition condition) {
        String seen = "schema version %d".formatted(condition.version());
        return condition.version() == StateDatabase.VERSION ? Answer.ok(seen)
                : Answer.problem("%s; this Cascade reads version %d".formatted(seen,
                        StateDatabase.VERSION), "cascade migrate");
    }

    private Answer content(DatabaseCondition condition) {
        String asked = deep ? "integrity_check" : "quick_check";
        if (!condition.damage().isEmpty()) {
            return Answer.problem(
                    "%s finds %d faults".formatted(asked, condition.damage().size()),
                    UnusableState.waysOut(home.database())).listing(condition.damage());
        }
        return condition.orphans() == 0
                ? Answer.ok("%s finds no fault, no row refers to nothing".formatted(asked))
                : Answer.problem(
                        "%d rows refer to a row that is not there".formatted(condition.orphans()),
                        UnusableState.waysOut(home.database()));
    }

    private Answer log() throws IOException {
        Path log = home.database().resolveSibling(home.database().getFileName() + "-wal");
        long bytes = Files.exists(log) ? Files.size(log) : 0;
        String seen = "%d bytes wait to be brought over into the database".formatted(bytes);
        return bytes < LONG_LOG ? Answer.ok(seen)
                : Answer.warning(seen,
                        "End programs that read %s without an end; the next run brings it over."
                                .formatted(home.database()));
    }

    private Answer repair() {
        Path file = home.schemaRepair();
        if (Files.notExists(file)) {
            return Answer.ok("no run left word that the database failed it");
        }
        return told(RepairNote.read(file)).curedBy(() -> {
            try (RunLock _ = RunLock.take(home.lock(), Duration.ZERO)) {
                Files.deleteIfExists(file);
            }
            return "%s was forgotten; the next run tries again".formatted(file.getFileName());
        });
    }

    private Answer told(Optional<RepairNote> note) {
        return note.map(
                left -> left.disabled()
                        ? Answer.problem("no run touches the database as it is: " + left.message(),
                                left.remedy()
                                        + " If it is mended: cascade doctor --apply, and the next run tries again.")
                        : Answer.warning("a repair was begun and did not end: " + left.message(),
                                "cascade doctor --apply, then cascade sync"))
                .orElseGet(() -> Answer.warning(
                        "%s cannot be understood".formatted(home.schemaRepair()),
                        "cascade doctor --apply"));
    }
}
