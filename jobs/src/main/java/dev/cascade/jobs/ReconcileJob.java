package dev.cascade.jobs;

import java.util.Optional;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;

import dev.cascade.steps.Account;
import dev.cascade.steps.ApplyReader;
import dev.cascade.steps.GuardTasklet;
import dev.cascade.steps.LedgerWalk;
import dev.cascade.steps.Outage;
import dev.cascade.steps.OutcomeWriter;
import dev.cascade.steps.PreflightTasklet;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.RemovalLimit;
import dev.cascade.steps.RunBudget;
import dev.cascade.steps.TendTasklet;
import dev.cascade.steps.Tending;
import dev.cascade.steps.Trouble;

/// Brings index and ledger in step with the tree: preflight, observe, guard, apply, embed, tend.
///
/// `embed` is there only with an embedder. Keywords can be searched as soon as `apply` is done.
///
/// On a restart the first three always run again from their beginning; apply reads what is owed then.
final class ReconcileJob {

    static final String NAME = "reconcile";

    private final Reconciliation run;
    private final Tending tending;
    private final Steps steps;
    private final Optional<LedgerWalk> begun;

    /// @param begun what the look before the run has begun
    ReconcileJob(Reconciliation run, Tending tending, Steps steps, Optional<LedgerWalk> begun) {
        this.run = run;
        this.tending = tending;
        this.steps = steps;
        this.begun = begun;
    }

    Job job() {
        Outage outage = new Outage();
        Trouble trouble = new Trouble(run, outage);
        Account account = new Account();
        RemovalLimit limit = new RemovalLimit(run);
        RunBudget budget = new RunBudget(run);
        OutcomeWriter writer = new OutcomeWriter(run, trouble, account, limit);
        SimpleJobBuilder job = steps.job(NAME)
                .start(steps.tasklet("preflight", new PreflightTasklet(run)))
                .next(steps.observe("observe", begun))
                .next(steps.tasklet("guard", new GuardTasklet(run, limit)))
                .next(steps.index("apply", new ApplyReader(run, account, outage, budget), outage,
                        trouble, account, writer));
        run.vectors().ifPresent(vectors -> job.next(steps.embed(vectors, budget, writer)));
        return job.next(steps.tasklet("tend", new TendTasklet(tending))).build();
    }
}
