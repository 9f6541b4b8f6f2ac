package dev.cascade.steps.embed;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/// A model of this machine that cannot be used. The message says what is wrong and what to do.
final class ModelProblem extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    ModelProblem(String message) {
        this(message, null);
    }

    ModelProblem(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
