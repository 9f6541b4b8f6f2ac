package dev.cascade.steps.memory;

import java.io.Serial;

/// Something that a file needs cannot be had just now: a neighbour's fault, which time may mend.
public final class Unavailable extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
