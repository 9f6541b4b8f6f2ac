package dev.cascade.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.sun.management.UnixOperatingSystemMXBean;

import dev.cascade.config.Home;
import dev.cascade.jobs.Check.Answer;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;

/// What root and state stand on: file systems, their clocks and their room, and what the system lets
/// this process have.
final class GroundChecks {

    /// How far two clocks may be apart before a file's time says nothing about when it was written.
    private static final Duration SKEW = Duration.ofSeconds(2);

    /// Two edits within less of each other can only be told apart by more than their times.
    private static final Duration COARSE = Duration.ofMillis(100);

    private static final List<Duration> GRAINS = List.of(Duration.ofNanos(1), Duration.ofNanos(100),
            Duration.ofNanos(1000), Duration.ofMillis(1), Duration.ofSeconds(1),
            Duration.ofSeconds(2));

    /// Without so much not even a small run gets through: the log of the database alone grows to this.
    private static final long ROOM_FOR_A_RUN = 64L << 20;

    private static final long INODES_FOR_A_RUN = 200;
    private static final long INODES_FOR_A_REBUILD = 2000;
    private static final Duration DF_PATIENCE = Duration.ofSeconds(2);

    /// What a run had open that was measured (docs/tuning.md), but for the files of its index.
    private static final long DESCRIPTORS_OF_A_RUN = 70;

    private final Home home;
    private final Clock clock;

    GroundChecks(Home home, Clock clock) {
        this.home = home;
        this.clock = clock;
    }

    List<Check> all() {
        return List.of(new Check("mount", this::mount), new Check("clock", this::clock),
                new Check("disk", this::disk), new Check("inodes", this::inodes),
                new Check("descriptors", this::descriptors));
    }

    // Where it lies

    private Answer mount() throws IOException {
        return rootOn(type(home.root())).and(stateOn(type(stateOrAbove())));
    }

    private static String type(Path path) throws IOException {
        return Files.getFileStore(path).type();
    }

    /// The state folder, or where it would be made.
    private Path stateOrAbove() {
        return Stream.iterate(home.state(), path -> path != null, Path::getParent)
                .filter(Files::exists)
                .findFirst()
                .orElse(home.state());
    }

    static Answer rootOn(String type) {
        String seen = "the root lies on " + type;
        return switch (FileSystemKind.of(type)) {
            case LOCAL, MEMORY -> Answer.ok(seen);
            case NETWORK -> Answer.warning(
                    seen + ": its times are those of a server and may reach this machine late",
                    "Keep the server's clock in step, and compare all files from time to time: cascade sync --full");
            case BRIDGE -> Answer.warning(
                    seen + ": looking at many files is slow, and times may be rounded",
                    "Keep the root in a file system of this system's own, or let it be walked less often (cascade.schedule.reconcile.every).");
        };
    }

    static Answer stateOn(String type) {
        String seen = "the state lies on " + type;
        return switch (FileSystemKind.of(type)) {
            case LOCAL -> Answer.ok(seen);
            case NETWORK, BRIDGE -> Answer.warning(
                    seen + ": locks may not hold between machines, and SQLite's log cannot be shared by them",
                    "Keep the state on a disk of this machine: --state-dir DIR");
            case MEMORY -> Answer.warning(
                    seen + ": state and index are gone when this machine starts again",
                    "Keep the state on a disk: --state-dir DIR");
        };
    }

    // What time it is there

    private Answer clock() throws IOException {
        if (!Files.isDirectory(home.state())) {
            return Answer.unknown("%s is not there to measure in".formatted(home.state()),
                    "cascade sync");
        }
        Path file = Leftovers.draft(home);
        try {
            Instant before = clock.instant();
            Files.createFile(file);
            Instant after = clock.instant();
            return skew(before, Files.getLastModifiedTime(file).toInstant(), after)
                    .and(grain(file, before));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Answer skew(Instant before, Instant written, Instant after) {
        Duration skew = written.isBefore(before) ? Duration.between(written, before)
                : written.isAfter(after) ? Duration.between(after, written) : Duration.ZERO;
        String seen = "the file system's clock is %d ms from this machine's".formatted(
                skew.toMillis());
        return skew.compareTo(SKEW) <= 0 ? Answer.ok(seen)
                : Answer.warning(
                        seen + ": what was written just now cannot be told from what was written long ago",
                        "Set both clocks by the same time server.");
    }

    /// @param about an hour that the file system can write down
    private static Answer grain(Path file, Instant about) throws IOException {
        Instant odd = Instant.ofEpochSecond(about.getEpochSecond() | 1, 123_456_789);
        Files.setLastModifiedTime(file, FileTime.from(odd));
        Instant kept = Files.getLastModifiedTime(file).toInstant();
        Duration lost = Duration.between(kept, odd).abs();
        Duration grain = GRAINS.stream()
                .filter(candidate -> lost.isZero() || lost.compareTo(candidate) < 0)
                .findFirst()
                .orElse(Duration.ofSeconds(2));
        String seen = "it keeps times to %s".formatted(told(grain));
        return grain.compareTo(COARSE) <= 0 ? Answer.ok(seen)
                : Answer.warning(
                        seen + ": of two edits within that, the second may not be seen if the size stays",
                        "Compare all files from time to time: cascade sync --full");
    }

    private static String told(Duration grain) {
        long nanos = grain.toNanos();
        return nanos < 1_000_000 ? nanos + " ns"
                : nanos < 1_000_000_000 ? nanos / 1_000_000 + " ms" : nanos / 1_000_000_000 + " s";
    }

    // How much room there is

    private Answer disk() throws IOException {
        FileStore store = Files.getFileStore(stateOrAbove());
        long free = store.getUsableSpace();
        long database = Files.exists(home.database()) ? Files.size(home.database()) : 0;
        long need = liveIndexBytes() + database;
        String seen = "%s free; a rebuild needs about %s, a backup %s".formatted(size(free),
                size(need), size(database));
        return free < ROOM_FOR_A_RUN
                ? Answer.problem(seen, "Make room on %s, or move the state with --state-dir."
                        .formatted(store.name()))
                : free < need
                        ? Answer.warning(seen,
                                "Make room on %s before cascade rebuild.".formatted(store.name()))
                        : Answer.ok(seen);
    }

    private long liveIndexBytes() throws IOException {
        long bytes = 0;
        for (Path file : liveIndex()) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /// The files of the live generation, or of all if it cannot be told which that is.
    private List<Path> liveIndex() throws IOException {
        Path folder = liveFolder();
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> below = Files.walk(folder)) {
            return below.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException ex) {
            throw ex.getCause();
        }
    }

    private Path liveFolder() {
        try {
            return StateDatabase.look(home.database(), clock,
                    database -> home.index(
                            new Ledger(database.dataSource(), clock).standing().generation()))
                    .orElse(home.index());
        } catch (RuntimeException _) {
            return home.index(); // what is wrong with the database is told by who examines it
        }
    }

    private static String size(long bytes) {
        return bytes < 10L << 20 ? bytes / 1024 + " KB"
                : bytes < 10L << 30 ? bytes / (1 << 20) + " MB" : bytes / (1 << 30) + " GB";
    }

    /// Java does not tell them, so `df` is asked.
    private Answer inodes() throws IOException, InterruptedException {
        ProcessBuilder df = new ProcessBuilder("df", "-Pi", stateOrAbove().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        df.environment().putAll(Map.of("LC_ALL", "C"));
        Process process = df.start();
        if (!process.waitFor(DF_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            return Answer.unknown("df -Pi did not answer within %d s".formatted(
                    DF_PATIENCE.toSeconds()), "See whether the disk answers at all.");
        }
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        List<String> lines = told.lines().toList();
        return process.exitValue() == 0 && lines.size() == 2 ? inodes(lines.getLast())
                : Answer.unknown("df -Pi ended with %d and said %s".formatted(process.exitValue(),
                        told.isBlank() ? "nothing" : told.strip()), null);
    }

    static Answer inodes(String line) {
        String[] columns = line.strip().split("\\s+", -1);
        if (columns.length < 6 || !columns[1].matches("\\d+") || !columns[3].matches("\\d+")) {
            return Answer.unknown("df -Pi says '%s'".formatted(line.strip()), null);
        }
        long all = Long.parseLong(columns[1]);
        long free = Long.parseLong(columns[3]);
        if (all == 0) {
            return Answer.ok("the file system makes inodes as they are needed");
        }
        String seen = "%d of %d inodes free".formatted(free, all);
        String remedy = "Delete small files on %s, or move the state with --state-dir."
                .formatted(columns[0]);
        return free < INODES_FOR_A_RUN ? Answer.problem(seen, remedy)
                : free < INODES_FOR_A_REBUILD ? Answer.warning(seen, remedy) : Answer.ok(seen);
    }

    // What this process may have

    private Answer descriptors() throws IOException {
        if (!(ManagementFactory
                .getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
            return Answer.unknown("this system does not tell how many files may be open", null);
        }
        return descriptors(unix.getMaxFileDescriptorCount(), liveIndex().size());
    }

    /// @param most -1 if there is no limit
    static Answer descriptors(long most, long filesOfTheIndex) {
        long need = DESCRIPTORS_OF_A_RUN + filesOfTheIndex;
        String seen = "%s files may be open; a run needs about %d, of them %d of the index"
                .formatted(most < 0 ? "any number of" : most, need, filesOfTheIndex);
        String remedy = "Raise the limit: ulimit -n %d, or LimitNOFILE= in a unit of systemd."
                .formatted(Math.max(1024, 4 * need));
        return most < 0 || most >= 2 * need ? Answer.ok(seen)
                : most >= need ? Answer.warning(seen + ": less than twice that", remedy)
                        : Answer.problem(seen, remedy);
    }
}
