package dev.cascade.jobs;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.listener.ItemReadListener;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepInterruptionPolicy;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.core.task.AsyncTaskExecutor;

import dev.cascade.steps.Account;
import dev.cascade.steps.ApplyProcessor;
import dev.cascade.steps.ApplyReader;
import dev.cascade.steps.GuardTasklet;
import dev.cascade.steps.ObserveReader;
import dev.cascade.steps.ObserveWriter;
import dev.cascade.steps.Outage;
import dev.cascade.steps.OutcomeWriter;
import dev.cascade.steps.PreflightTasklet;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.RemovalLimit;
import dev.cascade.steps.TendTasklet;
import dev.cascade.steps.Trouble;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Outcome;

/// Brings index and ledger in step with the tree: preflight, observe, guard, apply, tend.
///
/// On a restart the first three always run again from their beginning; apply reads what is owed then.
final class ReconcileJob {

    static final String NAME = "reconcile";

    private static final int OBSERVE_CHUNK = 1000;

    private final Reconciliation run;
    private final History history;
    private final JobRepository repository;
    private final StepInterruptionPolicy interruption;
    private final AsyncTaskExecutor workers;

    ReconcileJob(Reconciliation run, History history, JobRepository repository,
            StepInterruptionPolicy interruption, AsyncTaskExecutor workers) {
        this.run = run;
        this.history = history;
        this.repository = repository;
        this.interruption = interruption;
        this.workers = workers;
    }

    Job job() {
        RemovalLimit limit = new RemovalLimit(run);
        return new JobBuilder(NAME, repository)
                .start(tasklet("preflight", new PreflightTasklet(run)))
                .next(observe())
                .next(tasklet("guard", new GuardTasklet(run, limit)))
                .next(apply(limit))
                .next(tasklet("tend", new TendTasklet(run, history)))
                .build();
    }

    private Step observe() {
        return new StepBuilder("observe", repository)
                .<Observation, Observation>chunk(OBSERVE_CHUNK)
                .reader(new ObserveReader(run))
                .writer(new ObserveWriter(run))
                .interruptionPolicy(interruption)
                .allowStartIfComplete(true)
                .build();
    }

    private Step apply(RemovalLimit limit) {
        Outage outage = new Outage();
        Trouble trouble = new Trouble(run, outage);
        Account account = new Account();
        OutcomeWriter writer = new OutcomeWriter(run, trouble, account, limit);
        return new StepBuilder("apply", repository)
                .<Change, Outcome>chunk(run.properties().reconcile().chunkSize())
                .reader(new ApplyReader(run, account, outage))
                .processor(new ApplyProcessor(run, outage))
                .writer(writer)
                .taskExecutor(workers)
                .faultTolerant()
                .retryPolicy(trouble.retryPolicy())
                .retryListener(trouble)
                .skipPolicy(trouble)
                .skipListener(trouble)
                .listener(trouble)
                .listener((ItemReadListener<Change>) writer)
                .listener(account)
                .interruptionPolicy(interruption)
                .allowStartIfComplete(true)
                .build();
    }

    private Step tasklet(String name, Tasklet tasklet) {
        return new StepBuilder(name, repository).tasklet(tasklet)
                .allowStartIfComplete(true)
                .build();
    }
}
