package dev.cascade.steps.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// That nobody writes to a database, and nobody did while it looks the same.
///
/// Whatever is written goes to the log beside the database first, and stays there until the database
/// has it. So where no log is, and no journal of a database that is being made, all is in the one file; and
/// that file keeps its time and size while nothing is brought over.
///
/// @param file
///            tells a database from one that was put in its place
record Stillness(String file, FileTime modified, long size) {

    /// A file that was written to within one tick of its file system's clock could be written to again
    /// without showing it.
    private static final Duration GRAIN = Duration.ofSeconds(2);

    /// Empty if someone writes to the database at `file`, or did just now, or if that cannot be seen.
    static Optional<Stillness> of(Path file, Clock clock) {
        try {
            BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
            FileTime modified = seen.lastModifiedTime();
            boolean isFresh = modified.toInstant().isAfter(clock.instant().minus(GRAIN));
            return isFresh || !isEmpty(file.resolveSibling(file.getFileName() + "-wal"))
                    || !isEmpty(StateDatabase.journal(file))
                            ? Optional.empty()
                            : Optional.of(new Stillness(Objects.toString(seen.fileKey()), modified,
                                    seen.size()));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// Readers leave an empty log.
    private static boolean isEmpty(Path log) throws IOException {
        try {
            return Files.size(log) == 0;
        } catch (NoSuchFileException _) {
            return true;
        }
    }
}
