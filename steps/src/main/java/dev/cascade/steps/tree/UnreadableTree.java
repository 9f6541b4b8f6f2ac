package dev.cascade.steps.tree;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// The tree could not be read to its end. What was not seen is unknown, so no removal may follow.
public final class UnreadableTree extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String remedy;

    public UnreadableTree(Path where, IOException cause) {
        super("%s cannot be read: %s".formatted(where, Reason.of(cause)), cause);
        this.remedy = remedy(cause);
    }

    /// What the reader can do about it, as one sentence.
    public String remedy() {
        return remedy;
    }

    private static String remedy(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "Let the user who runs Cascade read it; until then nothing is taken for deleted.";
        }
        if (cause instanceof NotDirectoryException) {
            return "If it was replaced just now, run again; nothing was taken for deleted.";
        }
        String reason = Reason.of(cause);
        if (reason.contains("Too many open files")) {
            return "Raise the limit (ulimit -n) and run again; nothing was taken for deleted.";
        }
        if (reason.contains("Input/output error")) {
            return "The disk or what connects it fails: look at the kernel's log (dmesg), then run again; nothing was taken for deleted.";
        }
        if (reason.contains("Stale file handle")) {
            return "The file server does not know it any more: mount it anew, then run again; nothing was taken for deleted.";
        }
        return "Check the disk and the mount, then run again; nothing was taken for deleted.";
    }
}
