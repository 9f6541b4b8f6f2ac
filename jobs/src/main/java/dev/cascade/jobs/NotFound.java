package dev.cascade.jobs;

import dev.cascade.config.ConfigurationProblem;

/// What was asked for by its id or path is not kept here, or not any more.
public final class NotFound extends ConfigurationProblem {

    private static final long serialVersionUID = 1L;

    public NotFound(String message, String remedy) {
        super(message, remedy);
    }

    /// An execution that is not kept.
    public static NotFound execution(long id) {
        return new NotFound("there is no execution %d".formatted(id),
                "`cascade jobs list` shows those that are kept.");
    }
}
