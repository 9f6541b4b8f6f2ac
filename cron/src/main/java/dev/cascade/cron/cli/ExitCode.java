package dev.cascade.cron.cli;

/// How a command ended, as the shell sees it.
///
/// - `DONE`: index and tree agree, or there was nothing to do
/// - `UNEXPECTED`: an error of our own
/// - `REFUSED`: usage, configuration or a precondition
/// - `BUSY`: another run holds the root
/// - `INCOMPLETE`: some files failed, wait for a retry or were left over by a budget
/// - `GUARDED`: a guard stopped it, or it is paused: a person must decide
/// - `DIFFERENT`: `verify` found a difference
/// - `OUTDATED`: the tree has moved on since the last run
/// - `INTERRUPTED`, `TERMINATED`: Ctrl-C, TERM
enum ExitCode {

    DONE(0), UNEXPECTED(1), REFUSED(2), BUSY(3), INCOMPLETE(4), GUARDED(5), DIFFERENT(6), OUTDATED(
            7), INTERRUPTED(130), TERMINATED(143);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
