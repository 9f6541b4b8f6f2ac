package dev.cascade.jobs;

import java.util.List;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.steps.TendTask;
import dev.cascade.steps.Tending;

/// Keeps house: a step for each task, and one that fails if any of them did. All are tried, however
/// lately a run at its end did the same.
final class TendJob {

    static final String NAME = "tend";

    private final Tending tending;
    private final JobParts parts;

    TendJob(Tending tending, JobParts parts) {
        this.tending = tending;
        this.parts = parts;
    }

    Job job() {
        List<TendTask> tasks = tending.tasks();
        SimpleJobBuilder job = parts.job(NAME).start(step(tasks.getFirst()));
        tasks.stream().skip(1).forEach(task -> job.next(step(task)));
        return job.next(parts.tasklet("account", (_, _) -> {
            tending.requireAllDone();
            return RepeatStatus.FINISHED;
        })).build();
    }

    private Step step(TendTask task) {
        return parts.stoppable(task.name(), (_, _) -> {
            tending.attempt(task);
            return RepeatStatus.FINISHED;
        });
    }
}
