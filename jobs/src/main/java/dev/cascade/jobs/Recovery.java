package dev.cascade.jobs;

import java.util.ArrayList;
import java.util.List;

import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.repository.JobRepository;

import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Run;
import dev.cascade.steps.memory.Selection;

/// Closes the books of runs whose process died. Called only by who holds the root's lock, for that
/// alone proves that they are dead; a rebuild is dead if nobody holds its own lock.
final class Recovery {

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
    /// @param rebuilds whether rebuilds are dead too; one that is alive may have let go of the root
    /// @return one sentence for each run that was left unfinished
    List<String> recover(boolean rebuilds) {
        JobRepository repository = batch.repository();
        for (String job : repository.getJobNames()) {
            if (job.equals(RebuildJob.NAME) && !rebuilds) {
                continue;
            }
            for (JobExecution execution : repository.findRunningJobExecutions(job)) {
                batch.operator().recover(execution);
            }
        }
        List<String> sentences = new ArrayList<>();
        for (Run run : history.unended()) {
            if (run.job().equals(RebuildJob.NAME) && !rebuilds) {
                continue;
            }
            history.end(run.run(), "failed", "");
            sentences.add(
                    "the run of %s that began at %s was cut off; %d files it left are taken up again"
                            .formatted(run.job(), run.startedAt(),
                                    ledger.countOwed(Selection.everything())));
        }
        return sentences;
    }
}
