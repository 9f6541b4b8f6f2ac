package dev.cascade.steps.index;

import java.io.Serial;

/// An index whose files are broken, missing, or of a format that is not understood.
public final class DamagedIndex extends IndexProblem {

    @Serial
    private static final long serialVersionUID = 1L;

    DamagedIndex(String message, Throwable cause) {
        super(message,
                "Run `cascade rebuild`: it makes a new index from the Markdown, which is untouched.",
                cause);
    }
}
