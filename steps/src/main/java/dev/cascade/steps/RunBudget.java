package dev.cascade.steps;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.memory.Change;

/// How much one run may still do. The first file is always taken, so that every run gets on.
final class RunBudget {

    private final Reconciliation run;
    private final @Nullable Instant deadline;
    private long files;
    private long bytes;

    RunBudget(Reconciliation run) {
        this.run = run;
        int minutes = run.properties().budget().minutes();
        this.deadline = minutes == 0 ? null
                : run.clock().instant().plus(Duration.ofMinutes(minutes));
    }

    void take(Change change) {
        files++;
        bytes += change.wanted() == null ? 0 : Math.max(0, change.wanted().size());
    }

    /// What is used up, as the beginning of a sentence; empty if the run may go on.
    Optional<String> usedUp() {
        CascadeProperties.Budget budget = run.properties().budget();
        if (files == 0 || run.overBudget()) {
            return Optional.empty();
        }
        if (budget.files() > 0 && files >= budget.files()) {
            return Optional.of("the budget of %,d files is used up".formatted(budget.files()));
        }
        if (budget.bytes().toBytes() > 0 && bytes >= budget.bytes().toBytes()) {
            return Optional.of("the budget of %,d bytes is used up"
                    .formatted(budget.bytes().toBytes()));
        }
        if (deadline != null && !run.clock().instant().isBefore(deadline)) {
            return Optional.of("the budget of %d minutes is used up".formatted(budget.minutes()));
        }
        return Optional.empty();
    }
}
