package dev.cascade.steps;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties.Budget;
import dev.cascade.steps.memory.Change;

/// How much one run may still do. The first file and the first batch of texts are always taken, so that
/// every run gets on.
public final class RunBudget {

    private final Budget budget;
    private final Reconciliation run;
    private final @Nullable Instant deadline;
    private long files;
    private long bytes;
    private long requests;
    private long texts;

    public RunBudget(Reconciliation run) {
        this.budget = run.properties().budget();
        this.run = run;
        this.deadline = budget.minutes() == 0 ? null
                : run.clock().instant().plus(Duration.ofMinutes(budget.minutes()));
    }

    void take(Change change) {
        files++;
        bytes += change.wanted() == null ? 0 : Math.max(0, change.wanted().size());
    }

    void take(TextBatch batch) {
        requests++;
        texts += batch.texts().size();
    }

    /// Whether another file may be read. If not, the run is told so.
    boolean hasFilesLeft() {
        return files == 0 || (isLeft("files", files, budget.files())
                && isLeft("bytes", bytes, budget.bytes().toBytes()) && isTimeLeft());
    }

    /// Whether another batch of texts may be asked for. If not, the run is told so.
    boolean hasRequestsLeft() {
        return requests == 0 || (isLeft("embedding requests", requests, budget.embeddingRequests())
                && isLeft("texts to embed", texts, budget.embeddingTexts()) && isTimeLeft());
    }

    private boolean isLeft(String what, long used, long most) {
        return most == 0 || used < most || isOverrun("%,d %s".formatted(most, what));
    }

    private boolean isTimeLeft() {
        return deadline == null || run.clock().instant().isBefore(deadline)
                || isOverrun("%d minutes".formatted(budget.minutes()));
    }

    /// Whether the run goes on all the same.
    private boolean isOverrun(String what) {
        if (!run.overBudget()) {
            run.tally()
                    .warn(("the budget of %s is used up; the rest stays owed "
                            + "(--force-over-budget goes on)").formatted(what));
        }
        return run.overBudget();
    }
}
