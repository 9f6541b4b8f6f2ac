package dev.cascade.steps;

import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.ResourcelessJobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.support.IteratorItemReader;
import org.springframework.core.retry.RetryPolicy;

import dev.cascade.steps.memory.MemoryPath;

import static org.assertj.core.api.Assertions.assertThat;

/// Whatever Spring Batch does with an item that it can neither process nor skip.
@Tag("EV-14")
class AccountTest {

    private static final List<MemoryPath> PATHS = List.of(new MemoryPath("a.md"),
            new MemoryPath("b.md"), new MemoryPath("c.md"));

    private final Account account = new Account();
    private final JobRepository repository = new ResourcelessJobRepository();

    private StepExecution run(Step step) throws Exception {
        JobInstance instance = repository.createJobInstance("job", new JobParameters());
        JobExecution execution = repository.createJobExecution(instance, new JobParameters(),
                new ExecutionContext());
        StepExecution stepExecution = repository.createStepExecution("apply", execution);
        step.execute(stepExecution);
        return stepExecution;
    }

    private StepBuilder builder() {
        return new StepBuilder("apply", repository);
    }

    private MemoryPath take(MemoryPath path) {
        account.taken(path);
        return path;
    }

    private IteratorItemReader<MemoryPath> reader() {
        return new IteratorItemReader<>(PATHS.stream().map(this::take).iterator());
    }

    @Test
    void aStepThatSettlesEveryFileCompletes() throws Exception {
        StepExecution step = run(builder().<MemoryPath, MemoryPath>chunk(2)
                .reader(reader())
                .writer(chunk -> chunk.forEach(account::settled))
                .listener(account)
                .build());
        assertThat(step.getStatus()).isEqualTo(BatchStatus.COMPLETED);
    }

    @Test
    void aFileThatGetsLostOnTheWayFailsTheStepAndIsNamed() throws Exception {
        StepExecution step = run(builder().<MemoryPath, MemoryPath>chunk(2)
                .reader(reader())
                .processor(path -> path.value().equals("b.md") ? null : path)
                .writer(chunk -> chunk.forEach(account::settled))
                .listener(account)
                .build());
        assertThat(step.getStatus()).isEqualTo(BatchStatus.FAILED);
        assertThat(step.getExitStatus().getExitCode()).isEqualTo("FAILED");
        assertThat(step.getFailureExceptions()).singleElement()
                .satisfies(failure -> assertThat(failure).hasMessage(
                        "1 files were read and neither indexed nor recorded, the first: b.md"));
    }

    @Test
    void aFileWhoseRetriesAreUsedUpDoesNotLetTheStepCompleteUnlessItWasRecorded()
            throws Exception {
        StepExecution step = run(builder().<MemoryPath, MemoryPath>chunk(2)
                .reader(reader())
                .processor(path -> {
                    if (path.value().equals("b.md")) {
                        throw new IllegalStateException("never works");
                    }
                    return path;
                })
                .writer(chunk -> chunk.forEach(account::settled))
                .faultTolerant()
                .retryPolicy(RetryPolicy.builder()
                        .maxRetries(1)
                        .delay(java.time.Duration.ZERO)
                        .build())
                .listener(account)
                .build());
        assertThat(step.getStatus()).isEqualTo(BatchStatus.FAILED);
    }
}
