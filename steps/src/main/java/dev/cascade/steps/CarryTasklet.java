package dev.cascade.steps;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.MemoryPath;

/// Takes over what the live generation holds of the files that the new one lacks: refused ones keep
/// their last good entries, and what a person has to decide about stays as it is until then.
///
/// A file that is well in the live generation and cannot be had for the new one is another matter: a
/// person is asked, and the new generation waits.
public final class CarryTasklet implements Tasklet {

    private static final String LOST = "%d files are well in the index that is searched and could not be read for the new one";

    private final Reconciliation run;
    private final Generations generations;
    private final OutcomeWriter writer;
    private final boolean acceptFailures;

    /// @param acceptFailures whether the new generation may hold less than the live one
    public CarryTasklet(Reconciliation run, Generations generations, OutcomeWriter writer,
            boolean acceptFailures) {
        this.run = run;
        this.generations = generations;
        this.writer = writer;
        this.acceptFailures = acceptFailures;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        requireNoneWorse();
        MemoryPath last = null;
        for (List<Change> page = page(last); !page.isEmpty(); page = page(last)) {
            generations.forget(run.target().generation(), page);
            contribution.incrementWriteCount(writer.carry(page));
            last = page.getLast().path();
        }
        return RepeatStatus.FINISHED;
    }

    private List<Change> page(@Nullable MemoryPath after) {
        return generations.lackingAfter(run.target().generation(), after);
    }

    private void requireNoneWorse() {
        List<MemoryPath> worse = generations.worseAfter(run.target().generation(), null, 1);
        if (worse.isEmpty()) {
            return;
        }
        if (!acceptFailures) {
            requireApproved(worse.getFirst());
        }
        run.tally()
                .warn(LOST.formatted(generations.countWorse(run.target().generation()))
                        + ", such as %s; their present entries are taken over".formatted(
                                worse.getFirst()));
    }

    private void requireApproved(MemoryPath example) {
        run.gates()
                .askAboutLost(generations, run.target().generation(), run.run(), LOST)
                .ifPresent(gate -> {
                    throw new GuardStop(
                            "gate %d: %s, such as %s".formatted(gate.id(), gate.summary(), example),
                            "See that they can be read, then `cascade rebuild` goes on. `cascade approve %1$d` lets it take their present entries over, `cascade reject %1$d` gives the new generation up."
                                    .formatted(gate.id()));
                });
    }
}
