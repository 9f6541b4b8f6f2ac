package dev.cascade.steps;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.steps.TendTask.Done;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Maintenance;
import dev.cascade.steps.ledger.Maintenance.Status;
import dev.cascade.steps.ledger.Upkeep;
import dev.cascade.steps.ledger.VectorCache;
import dev.cascade.steps.ledger.VectorLedger;

/// Keeping house: what has served its time goes, and room that holds nothing is given back.
///
/// A task that fails, or takes too long, holds up no other, and is tried again the next time. Each
/// attempt moves the task's clocks. Whoever tends holds the root's lock.
public final class Tending {

    private static final Logger log = LoggerFactory.getLogger(Tending.class);

    private static final String HISTORY = "history";
    private static final String TOMBSTONES = "tombstones";
    private static final String VECTOR_CACHE = "vector-cache";
    private static final String LEFTOVERS = "leftovers";
    private static final String MERGE = "merge-deletes";
    private static final String VACUUM = "vacuum";
    private static final String CHECKPOINT = "checkpoint";

    /// The names of all tasks.
    public static final List<String> NAMES = List.of(HISTORY, TOMBSTONES, VECTOR_CACHE, LEFTOVERS,
            MERGE, VACUUM, CHECKPOINT);

    private static final Duration PAUSE = Duration.ofHours(1);
    private static final double DELETED_SHARE = 0.2;
    private static final double FREE_SHARE = 0.25;
    private static final long FREE_LEAST = 16L << 20;

    private final Home home;
    private final CascadeProperties properties;
    private final Books books;
    private final Merging merging;
    private final BooleanSupplier othersWrite;
    private final Tally tally;
    private final Clock clock;
    private final List<Exception> failures = new ArrayList<>();

    /// The tables that are tended, and where it is written down.
    public record Books(Ledger ledger, Gates gates, History history, Generations generations,
            VectorCache vectors, VectorLedger vectorTrouble, Upkeep upkeep,
            Maintenance maintenance) {}

    /// Merges deleted documents out of the live generation.
    public interface Merging {

        /// Merges them if their share, from 0 to 1, is at least `share`.
        ///
        /// @return whether there was anything to do
        boolean merge(double share, Duration deadline) throws IOException;
    }

    /// @param othersWrite whether another job writes to the state database beside who holds the root
    public Tending(Home home, CascadeProperties properties, Books books, Merging merging,
            BooleanSupplier othersWrite, Tally tally, Clock clock) {
        this.othersWrite = othersWrite;
        this.home = home;
        this.properties = properties;
        this.books = books;
        this.merging = merging;
        this.tally = tally;
        this.clock = clock;
    }

    /// All tasks, in the order in which they help each other.
    public List<TendTask> tasks() {
        return List.of(task(HISTORY, 60, this::history),
                task(TOMBSTONES, 60, this::tombstones),
                // also what is told of vectors of files that are gone: it must not outlive the run
                new TendTask(VECTOR_CACHE, Duration.ZERO, Duration.ofSeconds(60), this::vectors),
                task(LEFTOVERS, 60, this::leftovers),
                new TendTask(MERGE, Duration.ZERO, Duration.ofMinutes(3),
                        () -> merging.merge(DELETED_SHARE, Duration.ofMinutes(3))
                                ? Done.of("merged")
                                : Optional.empty()),
                new TendTask(VACUUM, Duration.ofDays(1), Duration.ofMinutes(10), this::vacuum),
                task(CHECKPOINT, 60, this::checkpoint));
    }

    private static TendTask task(String name, int seconds, TendTask.Work work) {
        return new TendTask(name, PAUSE, Duration.ofSeconds(seconds), work);
    }

    private Optional<Done> history() {
        Instant before = clock.instant().minus(properties.history().keep());
        int executions = books.history().purge(before);
        int gates = books.gates().purge(before);
        return Done.counted((long) executions + gates, "executions and decisions dropped");
    }

    private Optional<Done> tombstones() {
        return Done.counted(
                books.ledger()
                        .pruneTombstones(clock.instant().minus(properties.history().tombstones())),
                "tombstones dropped");
    }

    private Optional<Done> vectors() {
        int evicted = books.vectors().evict(properties.embedding().cacheSize().toBytes());
        int trouble = books.vectorTrouble().prune();
        return Done.counted((long) evicted + trouble, "vectors dropped");
    }

    /// What dead runs left.
    private Optional<Done> leftovers() throws IOException {
        int folders = new GenerationFolders(home).sweep(books.generations().numbers());
        return Done.counted(folders, "folders of generations deleted");
    }

    private Optional<Done> vacuum() throws IOException {
        Upkeep.Room room = books.upkeep().room();
        boolean pays = room.free() >= FREE_LEAST && room.free() >= FREE_SHARE * room.whole();
        if (!pays) {
            return Optional.empty();
        }
        if (othersWrite.getAsBoolean()) {
            return Done.busy("a rebuild, a comparison or a copy is under way");
        }
        Path folder = home.state();
        long needed = 2 * (room.whole() - room.free()); // once as a file of its own, once in the log
        long usable = Files.getFileStore(folder).getUsableSpace();
        if (usable < needed) {
            throw new IOException(
                    "%,d bytes of the state database hold nothing, and giving them back needs %,d bytes for a while; %,d are free in %s"
                            .formatted(room.free(), needed, usable, folder));
        }
        books.upkeep().vacuum();
        return Done.counted(room.free(), "bytes given back");
    }

    private Optional<Done> checkpoint() {
        return books.upkeep().checkpoint() ? Optional.empty()
                : Done.busy("someone reads or writes the state database");
    }

    /// Tries every task whose pause is over.
    void attemptDue() {
        List<Maintenance.Task> known = books.maintenance().tasks();
        for (TendTask task : tasks()) {
            Optional<Instant> last = known.stream()
                    .filter(tried -> tried.task().equals(task.name()))
                    .findFirst()
                    .map(Maintenance.Task::attemptedAt);
            if (isOver(last, task.pause())) {
                attempt(task, isOver(last, PAUSE));
            }
        }
    }

    private boolean isOver(Optional<Instant> last, Duration pause) {
        Instant now = clock.instant();
        return last.isEmpty() || last.get().isAfter(now) // a clock that was ahead
                || !last.get().plus(pause).isAfter(now);
    }

    /// Tries a task and moves its clocks. That it failed is told, and stops nothing.
    public void attempt(TendTask task) {
        attempt(task, true);
    }

    /// @param always whether the clocks move even if there was nothing to do
    private void attempt(TendTask task, boolean always) {
        tally.beat();
        try {
            Optional<Done> done = books.upkeep().within(task.deadline(), task.work()::run);
            if (done.isPresent() || always) {
                books.maintenance()
                        .record(task.name(),
                                done.filter(Done::busy).isPresent() ? Status.BUSY : Status.DONE,
                                done.map(Done::note).orElse(null));
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keeping house", ex);
        } catch (Exception ex) {
            boolean busy = Upkeep.isBusy(ex);
            books.maintenance()
                    .record(task.name(), busy ? Status.BUSY : Status.FAILED,
                            String.valueOf(ex.getMessage()));
            if (!busy) {
                log.warn("keeping house: {} failed", task.name(), ex);
                tally.insist("keeping house: %s: %s".formatted(task.name(), ex.getMessage()));
                failures.add(ex);
            }
        }
    }

    /// Ends what could not do all of its tasks.
    ///
    /// @throws IllegalStateException if a task failed; the others were done
    public void requireAllDone() {
        if (!failures.isEmpty()) {
            throw new IllegalStateException(
                    "%d tasks of keeping house failed".formatted(failures.size()),
                    failures.getFirst());
        }
    }
}
