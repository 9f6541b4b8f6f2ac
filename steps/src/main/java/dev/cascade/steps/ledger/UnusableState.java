package dev.cascade.steps.ledger;

import java.io.Serial;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/// The state database is there and cannot be used as it is. It is left untouched, as evidence.
public final class UnusableState extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String remedy;

    UnusableState(String message, String remedy, Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    UnusableState(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    /// The database at `file` is damaged, as `cause` says.
    static UnusableState damaged(Path file, @Nullable Throwable cause) {
        String reason = String.valueOf(cause == null ? null : cause.getMessage())
                .replaceAll("^\\[SQLITE_\\w+]\\s*", "");
        String message = "%s cannot be used: %s".formatted(file, reason);
        return cause == null ? new UnusableState(message, waysOut(file))
                : new UnusableState(message, waysOut(file), cause);
    }

    /// What helps with a database that cannot be mended.
    public static String waysOut(Path file) {
        return ("Put a copy back (`cascade restore FILE`), or move it away (mv '%s' '%s.corrupt') and run `cascade sync`, "
                + "which makes it anew from the Markdown.").formatted(file, file);
    }

    /// What the reader can do about it, as one sentence.
    public String remedy() {
        return remedy;
    }
}
