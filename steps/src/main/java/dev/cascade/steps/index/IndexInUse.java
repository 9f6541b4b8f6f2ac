package dev.cascade.steps.index;

import java.io.Serial;
import java.nio.file.Path;

/// Another writer holds the index.
public final class IndexInUse extends IndexProblem {

    @Serial
    private static final long serialVersionUID = 1L;

    IndexInUse(Path folder, Throwable cause) {
        super("another process is writing the index in %s".formatted(folder),
                "Wait until it has ended; 'cascade status' shows it.", cause);
    }
}
