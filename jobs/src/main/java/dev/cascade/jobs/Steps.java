package dev.cascade.jobs;

import java.util.Optional;

import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.listener.ItemReadListener;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ItemStreamReader;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import dev.cascade.steps.Account;
import dev.cascade.steps.ApplyProcessor;
import dev.cascade.steps.Asking;
import dev.cascade.steps.EmbedProcessor;
import dev.cascade.steps.EmbedReader;
import dev.cascade.steps.EmbedWriter;
import dev.cascade.steps.Embedded;
import dev.cascade.steps.LedgerWalk;
import dev.cascade.steps.ObserveReader;
import dev.cascade.steps.ObserveWriter;
import dev.cascade.steps.Outage;
import dev.cascade.steps.OutcomeWriter;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.RunBudget;
import dev.cascade.steps.TextBatch;
import dev.cascade.steps.Trouble;
import dev.cascade.steps.Vectors;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Outcome;

/// The steps that more than one job is made of. Each can be run again from its beginning.
final class Steps {

    private static final int OBSERVE_CHUNK = 1000;
    /// Files that are in memory together; so many that no worker waits long for the others.
    private static final int PORTION = 200;
    /// More keep the endpoint busier; fewer lose fewer vectors that were paid for when a run is killed, and
    /// let one that is stopped end sooner.
    private static final int BATCHES_IN_TURN = 2;

    private final Reconciliation run;
    private final JobParts parts;
    private final AsyncTaskExecutor workers;

    Steps(Reconciliation run, JobParts parts, AsyncTaskExecutor workers) {
        this.run = run;
        this.parts = parts;
        this.workers = workers;
    }

    /// A job that is made of them.
    JobBuilder job(String name) {
        return parts.job(name);
    }

    /// Compares the tree with the ledger.
    Step observe(String name) {
        return observe(name, Optional.empty());
    }

    /// The same, going on with a walk that a look has begun.
    Step observe(String name, Optional<LedgerWalk> begun) {
        return parts.step(name)
                .<Observation, Observation>chunk(OBSERVE_CHUNK)
                .reader(new ObserveReader(run, begun))
                .writer(new ObserveWriter(run))
                .interruptionPolicy(parts.interruption())
                .allowStartIfComplete(true)
                .build();
    }

    /// Reads files and writes what is in them to the index.
    Step index(String name, ItemStreamReader<Change> reader, Outage outage, Trouble trouble,
            Account account, OutcomeWriter writer) {
        return parts.step(name)
                .<Change, Outcome>chunk(portion(run.properties().reconcile().chunkSize()))
                .reader(reader)
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
                .interruptionPolicy(parts.interruption())
                .allowStartIfComplete(true)
                .build();
    }

    /// The largest part of a chunk that is no more than may be in memory, with all parts alike.
    private static int portion(int chunk) {
        return Math.ceilDiv(chunk, Math.ceilDiv(chunk, PORTION));
    }

    /// Asks for the vectors that the index lacks.
    Step embed(Vectors vectors, RunBudget budget, OutcomeWriter writer) {
        Asking asking = new Asking(run, vectors);
        int atOnce = run.properties().embedding().atOnce();
        SimpleAsyncTaskExecutor requests = new SimpleAsyncTaskExecutor("embed-");
        requests.setVirtualThreads(true);
        requests.setConcurrencyLimit(atOnce);
        return parts.step("embed")
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
                .interruptionPolicy(parts.interruption())
                .allowStartIfComplete(true)
                .build();
    }

    Step tasklet(String name, Tasklet tasklet) {
        return parts.tasklet(name, tasklet);
    }
}
