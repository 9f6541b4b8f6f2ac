package dev.cascade.steps.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/// Copies of state databases in one folder. Several roots may have theirs in the same.
///
/// A copy is made beside whatever writes to the database, and is as the database was at one moment. It
/// gets its name when it is whole and was found sound; until then it ends with `.part`.
public final class Backups {

    private static final String PART = ".part";
    private static final DateTimeFormatter TIME = DateTimeFormatter
            .ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int ID_SHOWN = 8;
    private static final int MOST_OF_A_VERSION = 1000;

    private final Path folder;

    /// @param folder is made if it is missing
    public Backups(Path folder) {
        this.folder = folder;
    }

    /// What stands in a copy.
    ///
    /// @param version of its schema
    public record Content(int version, RootIdentity identity) {}

    /// Where the copy of a root's database that is made now belongs.
    public Path next(RootIdentity root, Clock clock) {
        return folder
                .resolve("state-%s-%s.db".formatted(shown(root), TIME.format(clock.instant())));
    }

    private static String shown(RootIdentity root) {
        String plain = root.id().replaceAll("[^0-9A-Za-z]", "");
        return plain.substring(0, Math.min(ID_SHOWN, plain.length()));
    }

    /// Copies `database`; the copy is not [published][#publish] yet.
    ///
    /// @throws IOException if there is no room for it, or if it cannot be written
    public void copy(Path database, Path copy) throws IOException {
        Files.createDirectories(folder);
        Path part = part(copy);
        SingleConnectionDataSource source = StateDatabase.readOnly(database);
        try {
            requireRoom(new Upkeep(source).room());
            Files.deleteIfExists(part);
            createPrivate(part);
            new JdbcTemplate(source).update("VACUUM INTO ?", part.toString());
            force(part);
        } catch (IOException | RuntimeException ex) {
            Files.deleteIfExists(part);
            throw ex;
        } finally {
            source.destroy();
        }
    }

    /// Copies what stands in a database, with what is still in the log beside it.
    public static void settle(Path database, Path copy) {
        SingleConnectionDataSource source = StateDatabase.readOnly(database);
        try {
            new JdbcTemplate(source).update("VACUUM INTO ?", copy.toString());
        } finally {
            source.destroy();
        }
    }

    private void requireRoom(Upkeep.Room room) throws IOException {
        long needed = room.whole() - room.free();
        long usable = Files.getFileStore(folder).getUsableSpace();
        if (usable < needed) {
            throw new FileSystemException(folder.toString(), null,
                    "No space left for a copy of the state database: it takes %,d bytes, and %,d are free"
                            .formatted(needed, usable));
        }
    }

    /// Only its owner may read what is in a database.
    private static void createPrivate(Path file) throws IOException {
        if (Files.getFileStore(file.resolveSibling("")).supportsFileAttributeView("posix")) {
            Files.createFile(file, PosixFilePermissions
                    .asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /// Looks whether the copy is sound.
    ///
    /// @throws UnusableState if it is not; then it is deleted
    public void check(Path copy) throws IOException {
        Path part = part(copy);
        try {
            read(part);
        } catch (UnusableState ex) {
            Files.deleteIfExists(part);
            throw ex;
        }
    }

    /// Gives a copy that was checked its name.
    public void publish(Path copy) throws IOException {
        Files.move(part(copy), copy, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path part(Path copy) {
        return copy.resolveSibling(copy.getFileName() + PART);
    }

    /// What stands in a sound copy.
    ///
    /// @throws UnusableState if it is damaged, no state database, or of a newer Cascade
    public static Content read(Path copy) {
        return asking(copy, source -> new Content(soundVersion(copy, source),
                identity(copy, source)));
    }

    /// Asks a copy that nobody writes to.
    private static <T> T asking(Path copy, Function<SingleConnectionDataSource, T> question) {
        SingleConnectionDataSource source = StateDatabase.still(copy);
        try {
            return question.apply(source);
        } finally {
            source.destroy();
        }
    }

    private static int soundVersion(Path copy, SingleConnectionDataSource source) {
        int version = StateDatabase.usableVersion(copy, source);
        List<String> damage = new Upkeep(source).damage();
        if (!damage.isEmpty()) {
            throw new UnusableState(
                    "%s is damaged: %s".formatted(copy, String.join("; ", damage)),
                    "Take another copy.");
        }
        return version;
    }

    private static RootIdentity identity(Path copy, SingleConnectionDataSource source) {
        try {
            return Ledger.identity(new JdbcTemplate(source)).orElseThrow();
        } catch (RuntimeException ex) {
            throw new UnusableState("%s does not say which root it belongs to".formatted(copy),
                    "Name a copy that `cascade backup` made.", ex);
        }
    }

    /// The copies of a root's database, oldest first.
    public List<Path> of(RootIdentity root) throws IOException {
        return files("state-%s-*Z.db".formatted(shown(root)));
    }

    private List<Path> files(String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
                files.forEach(found::add);
            }
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    /// Deletes the oldest copies of a root's database, but never the one that was made just now, even if a
    /// clock that was ahead dated others later.
    ///
    /// @param keep how many stay
    /// @param made just now
    /// @return those that went
    public List<Path> prune(RootIdentity root, int keep, Path made) throws IOException {
        List<Path> copies = new ArrayList<>(of(root));
        int most = copies.size() - keep;
        copies.remove(made);
        List<Path> old = copies.subList(0, Math.clamp(most, 0, copies.size()));
        for (Path copy : old) {
            Files.delete(copy);
        }
        return List.copyOf(old);
    }

    /// Deletes what copies of a root's database left that were cut off. Only for who alone makes any.
    ///
    /// @return how many
    public int sweep(RootIdentity root) throws IOException {
        List<Path> parts = files("state-%s-*.db%s".formatted(shown(root), PART));
        for (Path part : parts) {
            Files.delete(part);
        }
        return parts.size();
    }

    /// Copies a database that is about to be brought to another version. Such a copy is never deleted.
    ///
    /// @return the copy
    Path beforeMigration(Path database, int version) throws IOException {
        for (int number = 1; number <= MOST_OF_A_VERSION; number++) {
            Path copy = folder.resolve("state-of-version-%d%s.db".formatted(version,
                    number == 1 ? "" : "-" + number));
            if (Files.notExists(copy)) {
                copy(database, copy);
                var _ = asking(part(copy), source -> soundVersion(part(copy), source));
                publish(copy);
                return copy;
            }
        }
        throw new FileSystemException(folder.toString(), null,
                "it holds too many copies of version %d".formatted(version));
    }
}
