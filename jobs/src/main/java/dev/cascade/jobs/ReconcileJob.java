package dev.cascade.jobs;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.listener.ItemReadListener;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepInterruptionPolicy;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import dev.cascade.steps.Account;
import dev.cascade.steps.ApplyProcessor;
import dev.cascade.steps.ApplyReader;
import dev.cascade.steps.Asking;
import dev.cascade.steps.EmbedProcessor;
import dev.cascade.steps.EmbedReader;
import dev.cascade.steps.EmbedWriter;
import dev.cascade.steps.Embedded;
import dev.cascade.steps.GuardTasklet;
import dev.cascade.steps.ObserveReader;
import dev.cascade.steps.ObserveWriter;
import dev.cascade.steps.Outage;
import dev.cascade.steps.OutcomeWriter;
import dev.cascade.steps.PreflightTasklet;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.RemovalLimit;
import dev.cascade.steps.RunBudget;
import dev.cascade.steps.TendTasklet;
import dev.cascade.steps.TextBatch;
import dev.cascade.steps.Trouble;
import dev.cascade.steps.Vectors;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Outcome;

/// Brings index and ledger in step with the tree: preflight, observe, guard, apply, embed, tend.
///
/// `embed` is there only with an embedder. Keywords can be searched as soon as `apply` is done.
///
/// On a restart the first three always run again from their beginning; apply reads what is owed then.
final class ReconcileJob {

    static final String NAME = "reconcile";

    private static final int OBSERVE_CHUNK = 1000;
    /// More make fewer commits; fewer lose fewer vectors that were paid for when a run is killed.
    private static final int BATCHES_IN_TURN = 2;

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
        Outage outage = new Outage();
        Trouble trouble = new Trouble(run, outage);
        Account account = new Account();
        RemovalLimit limit = new RemovalLimit(run);
        RunBudget budget = new RunBudget(run);
        OutcomeWriter writer = new OutcomeWriter(run, trouble, account, limit);
        SimpleJobBuilder steps = new JobBuilder(NAME, repository)
                .start(tasklet("preflight", new PreflightTasklet(run)))
                .next(observe())
                .next(tasklet("guard", new GuardTasklet(run, limit)))
                .next(apply(outage, trouble, account, budget, writer));
        run.vectors().ifPresent(vectors -> steps.next(embed(vectors, budget, writer)));
        return steps.next(tasklet("tend", new TendTasklet(run, history))).build();
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

    private Step apply(Outage outage, Trouble trouble, Account account, RunBudget budget,
            OutcomeWriter writer) {
        return new StepBuilder("apply", repository)
                .<Change, Outcome>chunk(run.properties().reconcile().chunkSize())
                .reader(new ApplyReader(run, account, outage, budget))
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

    private Step embed(Vectors vectors, RunBudget budget, OutcomeWriter writer) {
        Asking asking = new Asking(run, vectors);
        int atOnce = run.properties().embedding().atOnce();
        SimpleAsyncTaskExecutor requests = new SimpleAsyncTaskExecutor("embed-");
        requests.setVirtualThreads(true);
        requests.setConcurrencyLimit(atOnce);
        return new StepBuilder("embed", repository)
                .<TextBatch, Embedded>chunk(atOnce * BATCHES_IN_TURN)
                .reader(new EmbedReader(run, vectors, asking, budget))
                .processor(new EmbedProcessor(asking))
                .writer(new EmbedWriter(run, vectors, asking, writer))
                .taskExecutor(requests)
                .faultTolerant()
                .retryPolicy(asking.retryPolicy())
                .retryListener(asking)
                .skipPolicy(asking)
                .skipListener(asking)
                .listener(asking)
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
