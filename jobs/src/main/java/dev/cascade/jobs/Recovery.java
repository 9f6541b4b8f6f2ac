package dev.cascade.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.springframework.batch.core.job.JobExecution;

import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Run;
import dev.cascade.steps.memory.Selection;

/// Closes the books of runs whose process died. Called only by who holds the root's lock, for that
/// alone proves that they are dead; jobs that do not hold it have locks of their own.
final class Recovery {

    private static final Set<String> INDEXING = Set.of(ReconcileJob.NAME, RebuildJob.NAME);

    private final Batch batch;
    private final History history;
    private final Ledger ledger;

    Recovery(Batch batch, History history, Ledger ledger) {
        this.batch = batch;
        this.history = history;
        this.ledger = ledger;
    }

    /// Marks dead executions as failed, so that they can be restarted.
    ///
    /// @param isDead whether nobody runs a job of that name
    /// @return one sentence for each run that was left unfinished
    List<String> recover(Predicate<String> isDead) {
        batch.repository().getJobNames().forEach(job -> recover(job, isDead));
        List<String> sentences = new ArrayList<>();
        for (Run run : history.unended()) {
            if (!isDead.test(run.job())) {
                continue;
            }
            if (history.endCutOff(run.run())) {
                sentences.add("the run of %s that began at %s was cut off%s".formatted(run.job(),
                        run.startedAt(), INDEXING.contains(run.job())
                                ? "; %d files it left are taken up again".formatted(
                                        ledger.countOwed(Selection.everything(), 0))
                                : ""));
            }
        }
        return sentences;
    }

    /// A job that has a lock of its own can begin, or come to its end, beside this. So only what is
    /// running in the books before the look at that lock and after it has died.
    private void recover(String job, Predicate<String> isDead) {
        Set<Long> before = running(job).stream()
                .map(JobExecution::getId)
                .collect(Collectors.toSet());
        if (before.isEmpty() || !isDead.test(job)) {
            return;
        }
        running(job).stream()
                .filter(execution -> before.contains(execution.getId()))
                .forEach(execution -> batch.operator().recover(execution));
    }

    private Set<JobExecution> running(String job) {
        return batch.repository().findRunningJobExecutions(job);
    }
}
