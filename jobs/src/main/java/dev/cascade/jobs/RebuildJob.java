package dev.cascade.jobs;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.steps.Account;
import dev.cascade.steps.BeginGenerationTasklet;
import dev.cascade.steps.CarryTasklet;
import dev.cascade.steps.FillReader;
import dev.cascade.steps.GuardTasklet;
import dev.cascade.steps.LiveView;
import dev.cascade.steps.Outage;
import dev.cascade.steps.OutcomeWriter;
import dev.cascade.steps.PublishTasklet;
import dev.cascade.steps.Reconciliation;
import dev.cascade.steps.RemovalLimit;
import dev.cascade.steps.RequireVectorsTasklet;
import dev.cascade.steps.RunBudget;
import dev.cascade.steps.Trouble;
import dev.cascade.steps.ledger.Generations;

/// Builds the next generation of the index beside the live one, and publishes it: hold, begin,
/// observe, guard; then, without the root's lock, fill and embed; then, with the lock again, observe,
/// guard, catch-up, carry, publish.
///
/// While it fills and asks for vectors, runs of the live generation go on. What changed meanwhile is
/// caught up at the end, when nothing else writes. Killed at any moment it leaves the live generation
/// as it is, and the next rebuild takes up what was filled.
final class RebuildJob {

    static final String NAME = "rebuild";

    private final Reconciliation run;
    private final Generations generations;
    private final Steps steps;
    private final Turn turn;
    private final LiveView live;
    private final boolean acceptFailures;

    RebuildJob(Reconciliation run, Generations generations, Steps steps,
            Turn turn, LiveView live, boolean acceptFailures) {
        this.run = run;
        this.generations = generations;
        this.steps = steps;
        this.turn = turn;
        this.live = live;
        this.acceptFailures = acceptFailures;
    }

    Job job() {
        Outage outage = new Outage();
        Trouble trouble = new Trouble(run, outage);
        Account account = new Account();
        RemovalLimit limit = new RemovalLimit(run);
        OutcomeWriter writer = new OutcomeWriter(run, trouble, account, limit);
        SimpleJobBuilder job = steps.job(NAME)
                .start(steps.tasklet("hold", turn.regaining()))
                .next(steps.tasklet("begin", new BeginGenerationTasklet(run, generations)))
                .next(steps.observe("observe"))
                .next(steps.tasklet("guard", new GuardTasklet(run, limit)))
                .next(steps.tasklet("yield", turn.yielding()))
                .next(fill("fill", outage, trouble, account, writer));
        run.vectors()
                .ifPresent(vectors -> job.next(steps.embed(vectors, new RunBudget(run), writer))
                        .next(steps.tasklet("require-vectors",
                                new RequireVectorsTasklet(run, vectors, acceptFailures))));
        return job.next(steps.tasklet("regain", turn.regaining()))
                .next(steps.tasklet("refresh", (_, _) -> {
                    live.refresh();
                    return RepeatStatus.FINISHED;
                }))
                .next(steps.observe("observe-again"))
                .next(steps.tasklet("guard-again", new GuardTasklet(run, limit)))
                .next(fill("catch-up", outage, trouble, account, writer))
                .next(steps.tasklet("carry", new CarryTasklet(run, generations, writer,
                        acceptFailures)))
                .next(steps.tasklet("publish",
                        new PublishTasklet(run, generations, writer)))
                .build();
    }

    private Step fill(String name, Outage outage,
            Trouble trouble, Account account, OutcomeWriter writer) {
        return steps.index(name, new FillReader(run, generations, account, outage), outage, trouble,
                account, writer);
    }
}
