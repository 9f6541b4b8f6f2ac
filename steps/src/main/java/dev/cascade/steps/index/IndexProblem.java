package dev.cascade.steps.index;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.store.LockObtainFailedException;

/// An index that cannot be used as it is.
///
/// The message tells what, where and what was seen; the remedy tells what to do about it.
public abstract sealed class IndexProblem extends RuntimeException
        permits MissingIndex, DamagedIndex, ForeignIndex, IndexInUse {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String remedy;

    IndexProblem(String message, String remedy, Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    IndexProblem(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    /// What the reader can do about it, as one sentence.
    public final String remedy() {
        return remedy;
    }

    /// What went wrong while a committed index was read: damage, or a fault of the disk.
    static RuntimeException reading(Path folder, Exception cause) {
        return switch (cause) {
            case IndexNotFoundException _ -> new MissingIndex(folder, cause);
            case LockObtainFailedException _ -> new IndexInUse(folder, cause);
            case IndexFormatTooOldException _ -> new DamagedIndex(
                    "the index in %s was written by a Lucene too old to be read".formatted(folder),
                    cause);
            case IndexFormatTooNewException _ -> new DamagedIndex(
                    "the index in %s was written by a newer version".formatted(folder), cause);
            case CorruptIndexException _,EOFException _,NoSuchFileException _,FileNotFoundException _ ->
                new DamagedIndex(
                        "the index in %s is damaged: %s".formatted(folder, seen(cause)), cause);
            case IllegalArgumentException _ -> new DamagedIndex(
                    "the index in %s is of a foreign format: %s".formatted(folder, seen(cause)),
                    cause);
            case IOException failed -> new UncheckedIOException(
                    "the index in %s cannot be read: %s".formatted(folder, seen(cause)), failed);
            default -> new IllegalStateException(
                    "the index in %s cannot be read: %s".formatted(folder, seen(cause)), cause);
        };
    }

    /// What went wrong while the index was written; what was committed before is still whole.
    static RuntimeException writing(Path folder, IOException cause) {
        return cause instanceof CorruptIndexException
                ? reading(folder, cause)
                : new UncheckedIOException(
                        "the index in %s cannot be written: %s".formatted(folder, seen(cause)),
                        cause);
    }

    private static String seen(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        String brief = message.replaceFirst("\\s*\\(resource=.*", "");
        return "%s: %s".formatted(cause.getClass().getSimpleName(), brief);
    }
}
