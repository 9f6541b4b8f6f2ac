package dev.cascade.jobs;

import java.util.Optional;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.GuardStop;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.ledger.DatabaseTrouble;
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
        return new Problem("unexpected %s: %s".formatted(cause.getClass().getSimpleName(),
                cause.getMessage()), "Run again with -v and report the trace.", Fault.INTERNAL);
    }

    private static Problem of(DatabaseTrouble trouble) {
        return new Problem(trouble.message(), trouble.remedy(),
                trouble.damaged() ? Fault.PRECONDITION : Fault.INTERNAL);
    }
}
