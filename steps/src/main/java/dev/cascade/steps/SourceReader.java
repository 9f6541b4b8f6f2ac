package dev.cascade.steps;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import org.apache.commons.io.input.BoundedInputStream;

import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.parse.SourceFile;
import dev.cascade.steps.tree.Stat;

/// Reads a file once, between two looks at it: what changed under our hands is not taken for read.
final class SourceReader {

    private final Path root;
    private final long limit;
    private final Clock clock;

    /// @param limit the largest file that is read, in bytes
    SourceReader(Path root, long limit, Clock clock) {
        this.root = root;
        this.limit = limit;
        this.clock = clock;
    }

    /// A file as it was read.
    ///
    /// @param seen the fingerprint before it was read
    /// @param steady whether it was the same afterwards
    /// @param unsure whether it was touched so recently that an edit might not show
    record Source(Fingerprint seen, boolean steady, boolean unsure, SourceFile file) {}

    /// @throws NoSuchFileException if there is no file, or a link or a folder took its place
    /// @throws MalformedMemory if what is there is no file of a size that is read
    Source read(MemoryPath path, KindSpec kind) throws IOException {
        if (!path.isUtf8()) {
            throw new MalformedMemory(path, 0, "its name is not UTF-8", "rename it");
        }
        Instant now = clock.instant();
        Path file = path.in(root);
        Stat before = Stat.of(file, kind);
        requireFile(path, before, kind);
        SourceFile source = new SourceFile(path, bytes(path, file), companions(path, file, kind));
        boolean steady = Stat.of(file, kind).equals(before);
        return new Source(before.fingerprint(), steady, before.fingerprint().isUnsure(now), source);
    }

    /// A folder with the name of a file is the file's fault only where the layout says what stands
    /// there; elsewhere it is a folder like any other, and the file is gone.
    private void requireFile(MemoryPath path, Stat stat, KindSpec kind)
            throws NoSuchFileException {
        switch (stat.nature()) {
            case FILE -> requireSize(path, stat.fingerprint().size());
            case LINK -> throw new NoSuchFileException(path.value(), null,
                    "a symbolic link took its place");
            case FOLDER -> {
                if (!kind.scoped()) {
                    throw new NoSuchFileException(path.value(), null, "a folder took its place");
                }
                throw new MalformedMemory(path, 0, "is a folder where a file is expected",
                        "rename it");
            }
            case OTHER -> throw new MalformedMemory(path, 0,
                    "is neither a file nor a folder, and is not opened", "take it out of the root");
        }
    }

    private void requireSize(MemoryPath path, long size) {
        if (size > limit) {
            throw new MalformedMemory(path, 0,
                    "has %,d bytes, more than the limit of %,d".formatted(size, limit),
                    "split it, or raise cascade.reconcile.max-file-size");
        }
    }

    private SortedMap<String, byte[]> companions(MemoryPath path, Path file, KindSpec kind)
            throws IOException {
        SortedMap<String, byte[]> companions = new TreeMap<>();
        if (kind.companionFolder().isPresent()) {
            for (Map.Entry<String, Path> companion : Stat.companions(file, kind).entrySet()) {
                companions.put(companion.getKey(), bytes(path, companion.getValue()));
            }
        }
        return companions;
    }

    /// The whole file, or the refusal of one that grew over the limit since it was looked at.
    private byte[] bytes(MemoryPath path, Path file) throws IOException {
        try (InputStream in = BoundedInputStream.builder()
                .setInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS))
                .setMaxCount(limit + 1)
                .get()) {
            byte[] bytes = in.readAllBytes();
            requireSize(path, bytes.length);
            return bytes;
        }
    }
}
