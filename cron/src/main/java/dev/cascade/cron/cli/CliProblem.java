package dev.cascade.cron.cli;

import org.jspecify.annotations.Nullable;

import dev.cascade.cron.report.ExitCode;

/// The end of a command that could not do what was asked, in words for the reader.
final class CliProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final @Nullable String hint;

    /// @param message
    ///            what, where, and what was seen
    /// @param hint
    ///            what to do about it
    CliProblem(ExitCode code, String message, @Nullable String hint) {
        this(code, message, hint, null);
    }

    CliProblem(ExitCode code, String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    /// A problem of usage, configuration or a precondition.
    static CliProblem refused(String message, String hint) {
        return new CliProblem(ExitCode.REFUSED, message, hint);
    }

    ExitCode code() {
        return code;
    }

    String message() {
        return String.valueOf(getMessage());
    }

    @Nullable
    String hint() {
        return hint;
    }
}
