package dev.cascade.steps.index;

import java.io.Serial;
import java.nio.file.Path;

/// There is no index where one is expected.
public final class MissingIndex extends IndexProblem {

    @Serial
    private static final long serialVersionUID = 1L;

    private static final String REMEDY = "Run 'cascade sync' to make one.";

    MissingIndex(Path folder) {
        super("there is no index: %s does not exist".formatted(folder), REMEDY);
    }

    MissingIndex(Path folder, Throwable cause) {
        super("there is no index in %s".formatted(folder), REMEDY, cause);
    }
}
