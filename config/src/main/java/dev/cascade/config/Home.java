package dev.cascade.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/// A root and the folder in which Cascade keeps what it derived from it.
///
/// @param root
///            the folder with the Markdown, absolute
/// @param state
///            Cascade's own folder, `<root>/.cascade` unless the operator keeps it elsewhere
public record Home(Path root, Path state) {

    /// The name of Cascade's folder inside a root.
    public static final String FOLDER = ".cascade";

    public Home {
        root = root.toAbsolutePath().normalize();
        state = state.toAbsolutePath().normalize();
    }

    public static Home of(Path root, @Nullable Path state) {
        return new Home(root, state == null ? root.resolve(FOLDER) : state);
    }

    /// The nearest folder at or above `start` that holds a `.cascade/`.
    public static Optional<Path> nearestRoot(Path start) {
        for (Path folder = start.toAbsolutePath().normalize(); folder != null; folder = folder
                .getParent()) {
            if (Files.isDirectory(folder.resolve(FOLDER))) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    public boolean isInitialised() {
        return Files.exists(database());
    }

    public Path database() {
        return state.resolve("state.db");
    }

    public Path index() {
        return state.resolve("index");
    }

    /// The folder of one generation of the index.
    public Path index(long generation) {
        return index().resolve("g%06d".formatted(generation));
    }

    public Path lock() {
        return state.resolve("lock");
    }

    /// Held by whoever builds a generation, as long as that takes.
    public Path rebuildLock() {
        return state.resolve("rebuild.lock");
    }

    /// Held by whoever compares tree, ledger and index, and notes what came of it.
    public Path verifyLock() {
        return state.resolve("verify.lock");
    }

    /// Held by whoever copies the state database.
    public Path backupLock() {
        return state.resolve("backup.lock");
    }

    /// Copies of the state database, unless the settings name another folder.
    public Path backups() {
        return state.resolve("backups");
    }

    /// Holds the id of the root that this state belongs to.
    public Path rootId() {
        return state.resolve("root-id");
    }

    /// Its modification time is the end of the last walk that was read to the end.
    public Path lastWalk() {
        return state.resolve("last-walk");
    }

    /// Asks whoever runs the schedule for a run at once.
    public Path runRequest() {
        return state.resolve("run-request");
    }

    /// Holds what whoever changes something over the status page must know.
    public Path serveToken() {
        return state.resolve("serve-token");
    }

    /// Names the process that runs the schedule.
    public Path serving() {
        return state.resolve("serving");
    }

    /// Tells the next run of a database that failed an earlier one.
    public Path schemaRepair() {
        return state.resolve("schema-repair");
    }

    public Path settingsFile() {
        return root.resolve("cascade.yaml");
    }

    public Path kindsFile() {
        return root.resolve("kinds.yaml");
    }
}
