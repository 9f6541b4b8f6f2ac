package dev.cascade.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.GuardStop;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.ledger.DatabaseTrouble;
import dev.cascade.steps.ledger.UnusableState;
import dev.cascade.steps.tree.Reason;
import dev.cascade.steps.tree.UnreadableTree;

/// Tells what an exception means to the person who reads of it.
public final class Problems {

    private static final int MAX_DEPTH = 20;
    private static final Pattern DISK_FULL = Pattern
            .compile("No space left|quota exceeded|File too large");
    private static final String ROOM = "Make room on the disk and run again; what was committed stays.";

    private Problems() {}

    /// The first cause that one of us threw on purpose; else the root cause, as our own fault.
    public static Problem of(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_DEPTH; i++) {
            switch (cause) {
                case GuardStop stop -> {
                    return new Problem(String.valueOf(stop.getMessage()), stop.remedy(),
                            Fault.GUARD);
                }
                case UnreadableTree tree -> {
                    return new Problem(String.valueOf(tree.getMessage()), tree.remedy(),
                            Fault.GUARD);
                }
                case UnusableState state -> {
                    return new Problem(String.valueOf(state.getMessage()), state.remedy(),
                            Fault.PRECONDITION);
                }
                case ConfigurationProblem said -> {
                    return new Problem(String.valueOf(said.getMessage()), said.remedy(),
                            Fault.PRECONDITION);
                }
                case IndexProblem index -> {
                    return new Problem(String.valueOf(index.getMessage()), index.remedy(),
                            Fault.PRECONDITION);
                }
                default -> {
                    Optional<Problem> database = DatabaseTrouble.of(cause).map(Problems::of);
                    if (database.isPresent()) {
                        return database.get();
                    }
                }
            }
            if (cause.getCause() == null) {
                break;
            }
            cause = cause.getCause();
        }
        return cause instanceof IOException io ? ofIo(failure, io)
                : new Problem("unexpected %s: %s".formatted(cause.getClass().getSimpleName(),
                        cause.getMessage()),
                        "Run it again with -v to see where, and report that; what was committed stays.",
                        Fault.INTERNAL);
    }

    /// The words of ours nearest to the fault say what could not be read or written.
    private static Problem ofIo(Throwable failure, IOException io) {
        String message = io instanceof FileSystemException at && at.getFile() != null
                ? "%s: %s".formatted(at.getFile(), Reason.of(io))
                : Reason.of(io);
        for (Throwable outer = failure; outer != null; outer = outer.getCause()) {
            if (outer instanceof UncheckedIOException said) {
                message = String.valueOf(said.getMessage());
            }
        }
        return DISK_FULL.matcher(message).find() ? new Problem(message, ROOM, Fault.GROUND)
                : new Problem(message, "Check the disk and run again; what was committed stays.",
                        Fault.INTERNAL);
    }

    private static Problem of(DatabaseTrouble trouble) {
        return new Problem(trouble.message(), trouble.remedy(),
                trouble.unusable() ? Fault.PRECONDITION
                        : trouble.diskFull() ? Fault.GROUND : Fault.INTERNAL);
    }
}
