package dev.cascade.jobs;

import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.StepInterruptionPolicy;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.steps.Tally;

/// What jobs and their steps are begun with.
///
/// @param interruption asked at each chunk border; whoever is in a step is told of it
record JobParts(JobRepository repository, StepInterruptionPolicy interruption,
        ObservationRegistry observations) {

    /// @param stopping whether the run is asked to end. A step ends as STOPPED only if it is told so itself.
    static JobParts of(JobRepository repository, Tally tally, AtomicBoolean stopping,
            ObservationRegistry observations) {
        return new JobParts(repository, step -> {
            tally.enter(step.getStepName());
            if (stopping.get()) {
                step.setTerminateOnly();
            }
        }, observations);
    }

    JobBuilder job(String name) {
        return new JobBuilder(name, repository).observationRegistry(observations);
    }

    StepBuilder step(String name) {
        return new StepBuilder(name, repository).observationRegistry(observations);
    }

    /// A step that does one thing, and can be done again.
    Step tasklet(String name, Tasklet tasklet) {
        return step(name).tasklet(tasklet).allowStartIfComplete(true).build();
    }

    /// The same, left out once the run is asked to end.
    Step stoppable(String name, Tasklet tasklet) {
        return tasklet(name, (contribution, context) -> {
            StepExecution step = context.getStepContext().getStepExecution();
            interruption.checkInterrupted(step);
            return step.isTerminateOnly() ? RepeatStatus.FINISHED
                    : tasklet.execute(contribution, context);
        });
    }
}
