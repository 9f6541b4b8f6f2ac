package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.repository.JobRepository;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.steps.Root;
import dev.cascade.steps.Tally;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.ledger.SoundState;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.tree.Reason;

/// How one process gets at the state of a root: its folder, its locks, its database, whose schema is
/// mended on the way if need be, and its index.
final class RootAccess {

    private static final Logger log = LoggerFactory.getLogger(RootAccess.class);

    /// A run that looks whether another job is alive holds its lock for a moment.
    static final Duration LOOK = Duration.ofSeconds(1);

    private final Home home;
    private final CascadeProperties properties;
    private final Clock clock;
    private final ObservationRegistry observations;
    private final Duration databasePatience;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile Tally tally = new Tally();

    /// @param databasePatience how long each write waits while another program holds the database
    RootAccess(Home home, CascadeProperties properties, Clock clock,
            ObservationRegistry observations, Duration databasePatience) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
        this.observations = observations;
        this.databasePatience = databasePatience;
    }

    /// What the run in hand has done so far.
    Tally tally() {
        return tally;
    }

    /// Counts anew from now on.
    Tally begin() {
        Tally begun = new Tally();
        tally = begun;
        return begun;
    }

    /// Asks the run in hand to end at the next chunk border.
    void stop() {
        stopping.set(true);
    }

    /// There was no run to stop.
    void goOn() {
        stopping.set(false);
    }

    // Locks

    /// The root's lock. A stop that was asked for while waiting counts.
    RunLock lock(Duration patience) throws Held {
        return RunLock.take(home.lock(), patience, stopping::get);
    }

    /// The same lock for someone who may find that there is nothing to do, and then leaves no trace.
    RunLock lockToLook(Duration patience) throws Held {
        return RunLock.takeToLook(home.lock(), patience, stopping::get);
    }

    /// The root's lock for a rebuild, which lets go of it in between.
    Turn turn(Duration patience) throws Held {
        return new Turn(home, lock(patience), stopping::get);
    }

    private Path lockOf(String job) {
        return lockOf(home, job);
    }

    /// What whoever runs `job` holds, from its beginning to its end.
    static Path lockOf(Home home, String job) {
        return switch (job) {
            case RebuildJob.NAME -> home.rebuildLock();
            case VerifyJob.NAME -> home.verifyLock();
            case BackupJob.NAME -> home.backupLock();
            default -> home.lock();
        };
    }

    /// Whether nobody runs `job`, as whoever holds the root's lock can tell.
    boolean isDead(String job) {
        Path lock = lockOf(job);
        return lock.equals(home.lock()) || isFree(lock);
    }

    /// The lock of a job that runs beside those that write the index.
    RunLock lockOf(String job, Duration patience) throws Held {
        return RunLock.take(lockOf(job), patience.compareTo(LOOK) > 0 ? patience : LOOK,
                stopping::get);
    }

    static boolean isFree(Path lock) {
        try (RunLock _ = RunLock.take(lock, Duration.ZERO)) {
            return true;
        } catch (Held held) {
            log.debug("{}", held.getMessage());
            return false;
        }
    }

    // The state

    /// What is done on the open state.
    interface Work {
        RunReport in(Session session);
    }

    /// A run on a database whose schema is mended on the way if need be.
    RunReport sound(Supplier<RunReport> run) {
        List<String> mended = new ArrayList<>();
        return new SoundState(home.database(), home.schemaRepair(), databasePatience,
                mended::add).during(run)
                .warning(mended);
    }

    /// Work on the open database.
    RunReport writing(Work work) {
        Tally begun = begin();
        try (StateDatabase database = openForWriting()) {
            return work.in(
                    new Session(home, properties, clock, database, begun, stopping, observations));
        } finally {
            stopping.set(false);
        }
    }

    StateDatabase openForWriting() {
        return StateDatabase.openForWriting(home.database(), databasePatience);
    }

    /// Work beside whatever holds the root, in the books only.
    interface Beside<T> {
        T in(StateDatabase database, Tally tally) throws Held;
    }

    <T> T besideARun(Beside<T> work) throws Held {
        Tally begun = begin();
        try (StateDatabase database = StateDatabase.openBesideARun(home.database())) {
            return work.in(database, begun);
        } finally {
            stopping.set(false);
        }
    }

    /// What a job made of `repository` is begun with.
    JobParts parts(JobRepository repository) {
        return JobParts.of(repository, tally, stopping, observations);
    }

    /// Opens a generation of the index for writing.
    MemoryIndex open(Session session, long generation) {
        return MemoryIndex.open(home.index(generation), session.root().identity().id(), generation,
                session.root().kinds(), properties.index().ramBuffer());
    }

    void requireInitialised() {
        if (!home.isInitialised()) {
            throw new ConfigurationProblem("%s holds no state".formatted(home.state()),
                    "Run `cascade sync --root %s` first.".formatted(home.root()));
        }
    }

    /// Makes Cascade's folder, but never in a root that holds no Markdown: a disk that is not mounted
    /// looks like that.
    void prepareHome() {
        Root.requireReadable(home.root());
        if (home.isInitialised()) {
            return;
        }
        Root.requireMarkdown(home, properties);
        try {
            if (!Files.isDirectory(home.state())) {
                Files.createDirectories(home.state());
                if (Files.getFileStore(home.state()).supportsFileAttributeView("posix")) {
                    Files.setPosixFilePermissions(home.state(),
                            PosixFilePermissions.fromString("rwx------"));
                }
            }
        } catch (IOException ex) {
            throw new ConfigurationProblem(
                    "%s cannot be made: %s".formatted(home.state(), Reason.of(ex)),
                    "Make the root writable, or keep the state elsewhere with --state-dir.", ex);
        }
    }
}
