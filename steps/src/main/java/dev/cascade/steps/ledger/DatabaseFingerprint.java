package dev.cascade.steps.ledger;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/// The state of a database at rest, and the program that looks at it, as one short text.
///
/// Two equal ones mean that whatever failed before would fail again.
final class DatabaseFingerprint {

    /// Where the header of a SQLite file keeps `PRAGMA user_version`.
    private static final int USER_VERSION_AT = 60;

    private DatabaseFingerprint() {}

    /// Of the database at `file`; empty if it cannot be looked at.
    static Optional<String> of(Path file) {
        try {
            return Optional.of("%s %s wal %s user_version %d cascade %s schema %d".formatted(
                    file.toRealPath(), seen(file), wal(file), userVersion(file), release(),
                    StateDatabase.VERSION));
        } catch (IOException ex) {
            return Optional.empty();
        }
    }

    /// The main file alone may stay as it is while what is written goes to the log beside it. Readers
    /// make an empty one.
    private static String wal(Path file) throws IOException {
        Path wal = file.resolveSibling(file.getFileName() + "-wal");
        return Files.exists(wal) && Files.size(wal) > 0 ? seen(wal) : "none";
    }

    private static String seen(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Instant modified = attributes.lastModifiedTime().toInstant();
        return "%d.%09d/%d".formatted(modified.getEpochSecond(), modified.getNano(),
                attributes.size());
    }

    private static int userVersion(Path file) throws IOException {
        try (RandomAccessFile header = new RandomAccessFile(file.toFile(), "r")) {
            header.seek(USER_VERSION_AT);
            return header.readInt();
        } catch (EOFException ex) {
            return 0;
        }
    }

    /// The version of the product, which another of its modules writes down at build time.
    private static String release() throws IOException {
        Properties info = new Properties();
        try (InputStream in = DatabaseFingerprint.class
                .getResourceAsStream("/META-INF/build-info.properties")) {
            if (in != null) {
                info.load(in);
            }
        }
        return info.getProperty("build.version", "unknown");
    }
}
