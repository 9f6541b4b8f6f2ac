package dev.cascade.cron;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.io.FileUtils;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cascade.cron.CascadeProcess.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// The power goes in the middle of a run: what the disk had not yet been made to keep is lost.
///
/// A run is halted now and then, and its state is copied as it lies there. From the copies goes some of
/// what SQLite last wrote to its log, and from some of them what Lucene wrote and no commit names.
///
/// `-Dcascade.history.seed=S` halts at the moments of that seed.
@Tag("EV-12")
class PowerLossIT {

    private static final int NOTES = 360;
    private static final int CHUNK = 3;
    private static final int MOST_LOST_FRAMES = 60;
    private static final int HALTS = 4;
    private static final long SEED = Long.getLong("cascade.history.seed", System.nanoTime());

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private Path root;
    private CascadeProcess cascade;
    private int inMidRun;

    @BeforeEach
    void begin() {
        root = Trees.notes(folder.resolve("root"), NOTES);
        cascade = CascadeProcess.in(folder)
                .env("CASCADE_ROOT", root.toString())
                .env("CASCADE_GUARD_MAX_REMOVAL_SHARE", "100");
    }

    @Test
    void whateverThePowerTookAwayTheNextRunHeals() throws Exception {
        String replay = "replay it with -Dcascade.history.seed=" + SEED;
        List<Path> copies = new ArrayList<>(haltedCopies("first"));
        for (int i = 0; i < NOTES; i += 3) {
            Trees.note(root, "d%02d/n%04d.md".formatted(i % 60, i));
            Files.delete(root.resolve("d%02d/n%04d.md".formatted((i + 1) % 60, i + 1)));
        }
        copies.addAll(haltedCopies("second"));
        assertThat(copies).as(replay).hasSizeGreaterThanOrEqualTo(HALTS / 2);
        for (Path copy : copies) {
            pull(copy, copies.indexOf(copy) % 2 == 0);
            heals(copy, replay);
        }
        assertThat(inMidRun).as("copies of a run that was not at its end; " + replay)
                .isGreaterThanOrEqualTo(3);
    }

    /// Runs to the end, halted at random moments.
    private List<Path> haltedCopies(String name) throws Exception {
        Path state = root.resolve(".cascade");
        Path index = state.resolve("index/g000001");
        long commit = commits(index);
        Process run = cascade.start("sync", "--set", "reconcile.chunk-size=" + CHUNK);
        List<Path> copies = new ArrayList<>();
        Path lock = state.resolve("lock");
        while (run.isAlive() && !(Files.exists(lock)
                && Files.readString(lock).contains("pid " + run.pid()))) {
            Thread.sleep(2);
        }
        while (copies.size() < HALTS
                && !run.waitFor(random.nextInt(copies.isEmpty() ? 400 : 30),
                        TimeUnit.MILLISECONDS)) {
            while (run.isAlive() && commits(index) < commit) {
                Thread.sleep(1);
            }
            commit += random.nextInt(NOTES / CHUNK / HALTS);
            signal(run, "STOP");
            Path copy = folder.resolve(name + copies.size());
            FileUtils.copyDirectory(state.toFile(), copy.toFile());
            signal(run, "CONT");
            if (Files.exists(copy.resolve("state.db"))) {
                copies.add(copy);
            }
        }
        assertThat(run.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(run.exitValue()).isZero();
        return copies;
    }

    private static void signal(Process process, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start()
                .waitFor()).isZero();
        if (name.equals("STOP")) {
            Path stat = Path.of("/proc/%d/stat".formatted(process.pid()));
            while (process.isAlive() && Files.exists(stat)
                    && !Files.readString(stat).contains(") T ")) {
                Thread.sleep(1);
            }
        }
    }

    private void pull(Path state, boolean indexToo) throws IOException {
        cutLog(state.resolve("state.db-wal"), state.resolve("state.db-shm"));
        Files.deleteIfExists(state.resolve("state.db-shm"));
        Path index = state.resolve("index/g000001");
        if (indexToo && Files.isDirectory(index)) {
            dropUnnamed(index);
        }
    }

    /// What a checkpoint may have copied into the database was synced to the log before; only what
    /// came later can be lost.
    private void cutLog(Path wal, Path shm) throws IOException {
        if (!Files.exists(wal) || Files.size(wal) < 32) {
            return;
        }
        int pageSize;
        try (RandomAccessFile log = new RandomAccessFile(wal.toFile(), "r")) {
            log.seek(8);
            pageSize = log.readInt();
        }
        long frame = 24L + pageSize;
        long frames = (Files.size(wal) - 32) / frame;
        long safe = Math.min(frames, copied(shm));
        long kept = frames - random.nextLong(Math.min(frames - safe, MOST_LOST_FRAMES) + 1);
        try (FileChannel log = FileChannel.open(wal, StandardOpenOption.WRITE)) {
            long end = 32 + kept * frame + (kept < frames ? random.nextLong(frame) : 0);
            log.truncate(end);
        }
    }

    /// How many frames of the log a checkpoint has copied or tried to, as the shared memory knows.
    private static long copied(Path shm) throws IOException {
        if (!Files.exists(shm)) {
            return Long.MAX_VALUE;
        }
        ByteBuffer memory = ByteBuffer.wrap(Files.readAllBytes(shm))
                .order(ByteOrder.nativeOrder());
        return Math.max(memory.getInt(96), memory.getInt(128));
    }

    /// Drops files that the newest commit does not name, as if they had never reached the disk.
    private void dropUnnamed(Path index) throws IOException {
        Set<String> named;
        try (FSDirectory directory = FSDirectory.open(index)) {
            if (!DirectoryReader.indexExists(directory)) {
                return;
            }
            IndexCommit newest = DirectoryReader.listCommits(directory)
                    .stream()
                    .max(Comparator.comparingLong(IndexCommit::getGeneration))
                    .orElseThrow();
            named = Set.copyOf(newest.getFileNames());
        }
        try (Stream<Path> files = Files.list(index)) {
            for (Path file : files.sorted().collect(Collectors.toList())) {
                if (!named.contains(file.getFileName().toString()) && random.nextInt(3) > 0) {
                    Files.delete(file);
                }
            }
        }
    }

    private void heals(Path state, String replay) {
        Result jobs = cascade.run("jobs", "list", "--state-dir", state.toString());
        boolean unfinished = jobs.stdout().contains("STARTED");
        Result run = cascade.run("sync", "--state-dir", state.toString(), "--json");
        assertThat(run.exit()).as("%s: %s%s; %s", state, run.stdout(), run.stderr(), replay)
                .isZero();
        if (unfinished) {
            inMidRun++;
            assertThat(run.stdout()).as(replay).contains("was cut off");
        }
        Result verified = cascade.run("verify", "--deep", "--state-dir", state.toString());
        assertThat(verified.exit()).as("%s: %s%s; %s", state, verified.stdout(),
                verified.stderr(), replay).isZero();
    }

    @Test
    @Tag("SK-01")
    void aRunKilledInTheMiddleOfItsCommitsIsToldOfInOneLine() throws Exception {
        Process run = cascade.start("sync", "--set", "reconcile.chunk-size=" + CHUNK);
        Path index = root.resolve(".cascade/index/g000001");
        while (run.isAlive() && commits(index) < 4) {
            Thread.sleep(2);
        }
        signal(run, "STOP");
        signal(run, "KILL");
        assertThat(run.waitFor()).isEqualTo(137);
        Result next = cascade.timeout(Duration.ofMinutes(1)).run("sync");
        assertThat(next.exit()).as(next.stderr()).isZero();
        assertThat(next.stderr().lines().filter(line -> line.contains("was cut off")))
                .singleElement()
                .asString()
                .containsPattern("the run of reconcile that began at .* was cut off; \\d+ files");
        assertThat(next.stderr()).doesNotContain("\tat ");
    }

    private static long commits(Path index) throws IOException {
        if (!Files.isDirectory(index)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(index)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("segments_"))
                    .mapToLong(name -> Long.parseLong(name.substring(9), 36))
                    .max()
                    .orElse(0);
        }
    }
}
