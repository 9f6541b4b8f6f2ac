package dev.cascade.steps;

import java.io.Serial;

/// A guard stopped the run, for what it saw may be a fault of the ground and not of the files.
///
/// Nothing is taken for deleted; a person must decide.
public final class GuardStop extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String remedy;

    public GuardStop(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    /// What the reader can do about it, as one sentence.
    public String remedy() {
        return remedy;
    }
}
