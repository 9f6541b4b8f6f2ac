package dev.cascade.steps.embed;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/// No vectors could be had. The message names the endpoint and what it said, and holds no secret.
public final class EmbedderTrouble extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Fault fault;

    public EmbedderTrouble(String message, Fault fault, @Nullable Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    public EmbedderTrouble(String message, Fault fault) {
        this(message, fault, null);
    }

    public Fault fault() {
        return fault;
    }

    /// Whether one of the texts is to blame, so that the others may be asked for without it.
    public boolean isOfText() {
        return fault instanceof Fault.Refused || fault instanceof Fault.TooLong;
    }
}
