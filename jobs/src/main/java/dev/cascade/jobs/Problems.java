package dev.cascade.jobs;

import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.GuardStop;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.ledger.UnusableState;
import dev.cascade.steps.tree.UnreadableTree;

/// Tells what an exception means to the person who reads of it.
public final class Problems {

    private static final int MAX_DEPTH = 20;

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
                case SQLiteException sqlite -> {
                    return ofSqlite(sqlite);
                }
                default -> {
                }
            }
            if (cause.getCause() == null) {
                break;
            }
            cause = cause.getCause();
        }
        return new Problem("unexpected %s: %s".formatted(cause.getClass().getSimpleName(),
                cause.getMessage()), "Run again with -v and report the trace.", Fault.INTERNAL);
    }

    private static Problem ofSqlite(SQLiteException ex) {
        SQLiteErrorCode code = ex.getResultCode();
        String message = "the state database: " + ex.getMessage();
        return switch (code) {
            case SQLITE_FULL -> new Problem(message,
                    "Free disk space and run again; what was committed stays.", Fault.INTERNAL);
            case SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED -> new Problem(message,
                    "Another program holds it; end that and run again.", Fault.INTERNAL);
            case SQLITE_CORRUPT, SQLITE_NOTADB -> new Problem(message,
                    "Restore a backup, or move it away and run `cascade sync`.",
                    Fault.PRECONDITION);
            default -> new Problem(message,
                    "Check the disk and run again; what was committed stays.", Fault.INTERNAL);
        };
    }
}
