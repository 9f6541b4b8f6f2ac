package dev.cascade.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.steps.Root;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.ledger.Backups;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.Upkeep;
import dev.cascade.steps.tree.Reason;

/// Puts a copy of the state database in its place.
///
/// The database goes aside together with its two side files, for an old log would be played into the
/// copy. Nothing is deleted. What the index holds beyond the copy, the next run finds out.
public final class Restoration {

    private static final Logger log = LoggerFactory.getLogger(Restoration.class);

    /// The database first: without it its log means nothing to whoever comes next.
    private static final List<String> SIDES = List.of("", "-wal", "-shm");

    private static final DateTimeFormatter TIME = DateTimeFormatter
            .ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Home home;
    private final CascadeProperties properties;
    private final Clock clock;

    public Restoration(Home home, CascadeProperties properties, Clock clock) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
    }

    /// What was done.
    ///
    /// @param movedAside what stood there before
    /// @param asOf when the last run ended that the copy knows of; null if it knows of none
    /// @param index how the index stands beside it, as one sentence
    public record Report(Path restored, List<Path> movedAside, @Nullable Instant asOf,
            String index) {}

    /// Puts `copy` in the place of the state database.
    ///
    /// @param patience how long to wait for whoever holds the root
    /// @throws Held if someone still holds it then
    /// @throws ConfigurationProblem if the copy is none of this root
    public Report restore(Path copy, Duration patience) throws Held {
        Root.requireReadable(home.root());
        if (!Files.isRegularFile(copy)) {
            throw new ConfigurationProblem("%s: there is no such file".formatted(copy),
                    "Name a copy that `cascade backup` made.");
        }
        if (copy.equals(home.database())) {
            throw new ConfigurationProblem("%s is the state database itself".formatted(copy),
                    "Name a copy that `cascade backup` made.");
        }
        RootAccess access = new RootAccess(home, properties, clock,
                ObservationRegistry.NOOP, StateDatabase.PATIENCE);
        access.prepareHome();
        try (RunLock _ = access.lockOf(RebuildJob.NAME, patience);
                RunLock _ = access.lockOf(BackupJob.NAME, patience);
                RunLock _ = access.lockOf(VerifyJob.NAME, patience);
                RunLock _ = access.lock(patience)) {
            return restored(copy, access);
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "%s cannot be put in place: %s".formatted(copy, Reason.of(ex)), ex);
        }
    }

    private Report restored(Path copy, RootAccess access) throws IOException {
        Path draft = beside(".restoring");
        Files.deleteIfExists(draft);
        List<Path> aside;
        try {
            draft(copy, draft);
            requireOfThisRoot(copy, Backups.read(draft));
            force(draft, StandardOpenOption.WRITE);
            bringOver();
            aside = moveAside();
            try {
                Files.move(draft, home.database(), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException ex) {
                moveBack(aside);
                throw ex;
            }
            force(home.state(), StandardOpenOption.READ);
        } finally {
            Files.deleteIfExists(draft);
        }
        // The walk that it tells of is none that the copy knows, nor is a trouble with the one before.
        Files.deleteIfExists(home.lastWalk());
        Files.deleteIfExists(home.schemaRepair());
        try (StateDatabase database = access.openForWriting()) {
            // A copy cannot know how its own making ended, and that it is here says so.
            new History(database.dataSource(), clock).forgetUnended(BackupJob.NAME);
            return new Report(home.database(), aside, asOf(database),
                    forget(new Ledger(database.dataSource(), clock)));
        }
    }

    private void requireOfThisRoot(Path copy, Backups.Content content) throws IOException {
        if (Files.exists(home.rootId())) {
            String own = Files.readString(home.rootId()).strip();
            if (!own.equals(content.identity().id())) {
                throw new ConfigurationProblem(
                        "%s is a copy of another root's state (%s was %s)".formatted(copy,
                                content.identity().id(), content.identity().path()),
                        "Name a copy of this root, whose id is %s.".formatted(own));
            }
        } else {
            Files.writeString(home.rootId(), content.identity().id() + "\n");
        }
    }

    /// One that was not closed has a log beside it, without which it is not whole.
    private static void draft(Path copy, Path draft) throws IOException {
        Path log = copy.resolveSibling(copy.getFileName() + "-wal");
        if (Files.exists(log) && Files.size(log) > 0) {
            Backups.settle(copy, draft);
        } else {
            Files.copy(copy, draft);
        }
    }

    /// So that what stands there now is whole without its log. If it cannot be read any more, it goes aside
    /// as it is.
    private void bringOver() {
        try (StateDatabase database = StateDatabase.openBesideARun(home.database())) {
            boolean whole = new Upkeep(database.dataSource()).checkpoint();
            log.debug("the log of {} was brought over: {}", home.database(), whole);
        } catch (RuntimeException ex) {
            log.info("{} goes aside with its log: {}", home.database(), ex.getMessage());
        }
    }

    private List<Path> moveAside() throws IOException {
        List<Path> moved = new ArrayList<>();
        String suffix = ".before-restore-" + TIME.format(clock.instant());
        try {
            for (String side : SIDES) {
                Path file = beside(side);
                if (Files.exists(file)) {
                    moved.add(Files.move(file, beside(suffix + side)));
                }
            }
        } catch (IOException ex) {
            moveBack(moved);
            throw ex;
        }
        return moved;
    }

    private void moveBack(List<Path> moved) throws IOException {
        for (Path file : moved) {
            String name = String.valueOf(file.getFileName());
            String side = name.endsWith("-wal") ? "-wal" : name.endsWith("-shm") ? "-shm" : "";
            Files.move(file, beside(side));
        }
    }

    private Path beside(String suffix) {
        return home.state().resolve(home.database().getFileName() + suffix);
    }

    private static void force(Path file, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(file, how)) {
            channel.force(true);
        }
    }

    private @Nullable Instant asOf(StateDatabase database) {
        return new History(database.dataSource(), clock).lastThatRan()
                .flatMap(run -> Optional.ofNullable(run.endedAt()))
                .orElse(null);
    }

    /// Runs get numbers anew that the index may have seen already, so nothing that the copy says of the
    /// index is taken on trust.
    ///
    /// @return what the next run does
    private String forget(Ledger ledger) {
        long generation = ledger.standing().generation();
        try (IndexView view = IndexView.open(home.index(generation))) {
            ledger.forgetEverything(view.kinds());
            return "the index may stand elsewhere than the copy says; the next run compares every file";
        } catch (IndexProblem ex) {
            ledger.forgetEverything(Map.of());
            return "%s; the next run indexes every file anew".formatted(ex.getMessage());
        }
    }
}
