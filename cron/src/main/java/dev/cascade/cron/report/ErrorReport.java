package dev.cascade.cron.report;

import org.jspecify.annotations.Nullable;

/// Why something was not done.
public record ErrorReport(Reason error) {

    /// What was wrong, and what to do.
    ///
    /// @param code
    ///            an [ExitCode]
    /// @param message
    ///            what, where, and what was seen
    /// @param hint
    ///            what to do about it
    public record Reason(int code, String message, @Nullable String hint) {}

    public static ErrorReport of(ExitCode code, String message, @Nullable String hint) {
        return new ErrorReport(new Reason(code.code(), message, hint));
    }
}
