package dev.cascade.steps;

import java.io.IOException;
import java.util.Optional;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.ledger.Generations;

/// Checks the new generation against ledger and tree, and makes it the one that is searched.
///
/// A generation that does not hold what it should is given up; the live one stays.
public final class PublishTasklet implements Tasklet {

    private static final int SAMPLE = 100;

    private final Reconciliation run;
    private final Generations generations;
    private final OutcomeWriter writer;

    public PublishTasklet(Reconciliation run, Generations generations, OutcomeWriter writer) {
        this.run = run;
        this.generations = generations;
        this.writer = writer;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context)
            throws IOException {
        long generation = run.target().generation();
        check(generation);
        generations.publish(generation);
        run.gates().closeLost();
        generations.dropBeyond(run.properties().index().keepGenerations());
        new GenerationFolders(run.root().home()).sweep(generations.numbers());
        contribution.incrementWriteCount(1);
        return RepeatStatus.FINISHED;
    }

    private void check(long generation) {
        Optional<String> wrong = wrongWith(generation);
        if (wrong.isPresent()) {
            generations.drop(generation);
            throw new IllegalStateException(
                    "generation %d is not sound and is given up, the live one stays: %s".formatted(
                            generation, wrong.get()));
        }
    }

    private Optional<String> wrongWith(long generation) {
        try (IndexView view = IndexView.open(run.root().home().index(generation))) {
            long files = view.counts().files();
            long expected = generations.countFiles(generation) + writer.carried();
            if (files != expected) {
                return Optional.of("it holds %d files, and should hold %d".formatted(files,
                        expected));
            }
            Verification verification = new Verification(run.root(), run.properties(),
                    run.ledger(), view, true, run.clock());
            return generations.sample(generation, SAMPLE)
                    .stream()
                    .flatMap(path -> verification.wrongWith(path)
                            .map(what -> "%s: %s".formatted(path, what))
                            .stream())
                    .findFirst();
        }
    }
}
