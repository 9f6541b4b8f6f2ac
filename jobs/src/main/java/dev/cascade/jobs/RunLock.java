package dev.cascade.jobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.steps.tree.Reason;

/// The right to write the state of one root. The kernel takes it back when the process dies, so who
/// holds it knows that the last owner is dead.
///
/// It lies in a file of its own: replacing the database must not replace the lock. The file says who
/// holds it, and its modification time since when, for people only.
public final class RunLock implements AutoCloseable {

    /// Patience without an end.
    static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private static final Duration POLL = Duration.ofMillis(250);

    /*
     * A POSIX lock belongs to the process, and closing any descriptor of the file gives it up. So
     * whatever this process holds must not be opened a second time, not even to look who holds it.
     */
    private static final Set<Path> OURS = new HashSet<>();

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;

    private RunLock(Path file, FileChannel channel, FileLock lock) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
    }

    /// Another run holds the root.
    public static final class Held extends Exception {

        private static final long serialVersionUID = 1L;

        Held(String message) {
            super(message);
        }
    }

    /// Takes the lock at `file`, waiting up to `patience` for another run to let go of it.
    ///
    /// @throws Held if another run still holds it then
    public static RunLock take(Path file, Duration patience) throws Held {
        return take(file, patience, () -> false);
    }

    /// Like [#take(Path, Duration)], for someone who may give up before that.
    ///
    /// @param givenUp whether nobody waits any more
    static RunLock take(Path file, Duration patience, BooleanSupplier givenUp) throws Held {
        return take(file, true, patience, givenUp);
    }

    /// Takes the lock and leaves no trace if this process was the last that held it. Who then begins to
    /// write signs it.
    static RunLock takeToLook(Path file, Duration patience, BooleanSupplier givenUp) throws Held {
        return take(file, false, patience, givenUp);
    }

    private static RunLock take(Path file, boolean toWrite, Duration patience,
            BooleanSupplier givenUp) throws Held {
        long begun = System.nanoTime();
        while (true) {
            Optional<RunLock> taken = tryTake(file, toWrite);
            if (taken.isPresent()) {
                return taken.get();
            }
            if (System.nanoTime() - begun >= patience.toNanos() || givenUp.getAsBoolean()) {
                throw new Held("another %s holds %s (%s)".formatted(
                        file.endsWith("rebuild.lock") ? "rebuild" : "run", file.getParent(),
                        whoHolds(file)));
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                throw new Held("interrupted while waiting for %s".formatted(file));
            }
        }
    }

    private static Optional<RunLock> tryTake(Path file, boolean toWrite) {
        synchronized (OURS) {
            Path real = real(file);
            return OURS.contains(real) ? Optional.empty() : open(real, toWrite);
        }
    }

    /// The one name of a lock that may be reached over links.
    private static Path real(Path file) {
        try {
            return file.resolveSibling("").toRealPath().resolve(String.valueOf(file.getFileName()));
        } catch (IOException ex) {
            throw untakeable(file, ex);
        }
    }

    private static ConfigurationProblem untakeable(Path file, IOException ex) {
        return new ConfigurationProblem(
                "the lock %s cannot be taken: %s".formatted(file, Reason.of(ex)),
                "Make the folder writable, or keep the state elsewhere with --state-dir.", ex);
    }

    private static Optional<RunLock> open(Path file, boolean toWrite) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            if (toWrite || !read(channel).equals(ownSignature())) {
                sign(channel);
            }
            OURS.add(file);
            return Optional.of(new RunLock(file, channel, lock));
        } catch (IOException ex) {
            closeAfter(ex, channel);
            throw untakeable(file, ex);
        }
    }

    private static void closeAfter(IOException ex, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException closing) {
            ex.addSuppressed(closing);
        }
    }

    /// Says who holds it, and that it is so from now on.
    void sign() {
        try {
            sign(channel);
        } catch (IOException ex) {
            throw untakeable(file, ex);
        }
    }

    private static void sign(FileChannel channel) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(ownSignature().getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static String ownSignature() {
        return "pid %d\n".formatted(ProcessHandle.current().pid());
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer signature = ByteBuffer.allocate(200);
        channel.read(signature, 0);
        return new String(signature.array(), 0, signature.position(), StandardCharsets.UTF_8);
    }

    /// Who holds the lock at `file`, and since when; empty if nobody does. Leaves no trace.
    static Optional<String> holder(Path file) throws IOException {
        synchronized (OURS) {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            if (OURS.contains(real(file))) {
                return Optional.of(whoHolds(file));
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                    FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
                return shared == null ? Optional.of(signature(file)) : Optional.empty();
            }
        }
    }

    /// Whether no other process holds the lock at `file`.
    static boolean isFreeOrOurs(Path file) {
        try {
            synchronized (OURS) {
                return OURS.contains(real(file)) || holder(file).isEmpty();
            }
        } catch (IOException ex) {
            throw untakeable(file, ex);
        }
    }

    private static String whoHolds(Path file) {
        synchronized (OURS) {
            return OURS.contains(real(file))
                    ? "pid %d, this very process".formatted(ProcessHandle.current().pid())
                    : signature(file);
        }
    }

    private static String signature(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            String text = read(channel).strip();
            return text.isEmpty() ? "it does not say who it is"
                    : "%s, since %s".formatted(text, Files.getLastModifiedTime(file));
        } catch (IOException ex) {
            return "who it is cannot be read: " + ex.getMessage();
        }
    }

    @Override
    public void close() {
        synchronized (OURS) {
            release();
            OURS.remove(file);
        }
    }

    private void release() {
        try {
            lock.release();
            channel.close();
        } catch (IOException ex) {
            throw new IllegalStateException("the lock could not be released", ex);
        }
    }
}
