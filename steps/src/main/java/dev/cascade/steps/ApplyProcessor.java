package dev.cascade.steps;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.apache.commons.io.input.BoundedInputStream;
import org.springframework.batch.infrastructure.item.ItemProcessor;

import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.EntryDiff;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.Unavailable;
import dev.cascade.steps.parse.MemoryParser;
import dev.cascade.steps.parse.SourceFile;
import dev.cascade.steps.tree.Stat;

/// Looks at one owed file, reads it once, and says what must be done about it. It writes nothing.
///
/// The ledger's word is a hint; the disk decides. What was to go and is there is read; what was to be
/// read and is gone stays owed until a whole walk has missed it too.
public final class ApplyProcessor implements ItemProcessor<Change, Outcome> {

    private final Reconciliation run;
    private final MemoryParser parser = new MemoryParser();

    public ApplyProcessor(Reconciliation run) {
        this.run = run;
    }

    @Override
    public Outcome process(Change change) {
        MemoryPath path = change.path();
        Optional<KindSpec> kind = run.root().kinds().named(change.kind());
        if (kind.isEmpty() || (change.wanted() == null && !run.root().tree().covers(path))) {
            return new Outcome.Gone(change);
        }
        if (!path.isUtf8()) {
            throw new MalformedMemory(path, 0, "its name is not UTF-8", "rename it");
        }
        try {
            return look(change, path.in(run.root().home().root()), kind.get());
        } catch (NoSuchFileException ex) {
            return change.wanted() == null ? new Outcome.Gone(change)
                    : new Outcome.StillOwed(change, "went away since the walk saw it");
        } catch (IOException ex) {
            throw new Unavailable("%s: cannot be read: %s".formatted(path, reason(ex)), ex);
        }
    }

    private Outcome look(Change change, Path file, KindSpec kind) throws IOException {
        Instant now = run.clock().instant();
        Stat before = Stat.of(file, kind);
        requireFile(change.path(), before);
        SourceFile source = read(change.path(), file, kind);
        if (!Stat.of(file, kind).equals(before)) {
            return new Outcome.StillOwed(change, "changed while it was read");
        }
        return diff(change, before.fingerprint(), before.fingerprint().isUnsure(now),
                parser.parse(source, kind));
    }

    private Outcome diff(Change change, Fingerprint seen, boolean unsure,
            MemoryDocument document) {
        EntryDiff diff = EntryDiff.between(run.index().digests(change.path()),
                document.entries());
        return diff.isEmpty() && run.index().holds(document)
                ? new Outcome.Untouched(change, seen, unsure, document)
                : new Outcome.Indexed(change, seen, unsure, document, diff);
    }

    private void requireFile(MemoryPath path, Stat stat) throws NoSuchFileException {
        switch (stat.nature()) {
            case FILE -> requireSize(path, stat.fingerprint().size());
            case LINK -> throw new NoSuchFileException(path.value(), null,
                    "a symbolic link took its place");
            case FOLDER -> throw new MalformedMemory(path, 0,
                    "is a folder where a file is expected", "rename it");
            case OTHER -> throw new MalformedMemory(path, 0,
                    "is neither a file nor a folder, and is not opened", "take it out of the root");
        }
    }

    private void requireSize(MemoryPath path, long size) {
        long limit = run.properties().reconcile().maxFileSize().toBytes();
        if (size > limit) {
            throw new MalformedMemory(path, 0,
                    "has %,d bytes, more than the limit of %,d".formatted(size, limit),
                    "split it, or raise cascade.reconcile.max-file-size");
        }
    }

    private SourceFile read(MemoryPath path, Path file, KindSpec kind) throws IOException {
        byte[] bytes = bytes(path, file);
        SortedMap<String, byte[]> companions = new TreeMap<>();
        if (kind.companionFolder().isPresent()) {
            for (Map.Entry<String, Path> companion : Stat.companions(file, kind).entrySet()) {
                companions.put(companion.getKey(), bytes(path, companion.getValue()));
            }
        }
        return new SourceFile(path, bytes, companions);
    }

    /// The whole file, or the refusal of one that grew over the limit since it was looked at.
    private byte[] bytes(MemoryPath path, Path file) throws IOException {
        long limit = run.properties().reconcile().maxFileSize().toBytes();
        try (InputStream in = BoundedInputStream.builder()
                .setInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS))
                .setMaxCount(limit + 1)
                .get()) {
            byte[] bytes = in.readAllBytes();
            requireSize(path, bytes.length);
            return bytes;
        }
    }

    private static String reason(IOException ex) {
        return ex instanceof java.nio.file.AccessDeniedException ? "permission denied"
                : ex instanceof java.nio.file.FileSystemException failed
                        && failed.getReason() != null ? failed.getReason()
                                : String.valueOf(ex.getMessage());
    }
}
