package dev.cascade.steps.ledger;

import java.io.Serial;

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

    /// What the reader can do about it, as one sentence.
    public String remedy() {
        return remedy;
    }
}
