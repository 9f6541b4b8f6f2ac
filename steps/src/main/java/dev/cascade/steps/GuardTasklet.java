package dev.cascade.steps;

import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.steps.ledger.Gate;
import dev.cascade.steps.ledger.Gates;

/// Decides which proposed removals may become wanted. It is reached only after a walk that was read
/// to its end.
///
/// An empty or a foreign root stops everything. More removals than the limit are held, and the rest
/// of the run goes on. A person decides about them, file by file of that gate.
public final class GuardTasklet implements Tasklet {

    private final Reconciliation run;
    private final RemovalLimit limit;

    public GuardTasklet(Reconciliation run, RemovalLimit limit) {
        this.run = run;
        this.limit = limit;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        Gates gates = run.gates();
        gates.lapse();
        long known = gates.knownFiles();
        limit.measure(known);
        requireFiles();
        long proposed = gates.proposed(run.run());
        if (limit.allows(proposed)) {
            limit.take(proposed);
        } else {
            Moves moves = Moves.among(run);
            long vanished = proposed - moves.count();
            requireSameRoot(vanished, known);
            if (limit.allows(vanished)) {
                limit.take(vanished);
            } else {
                Gate gate = gates.hold(run.run(), run.job(),
                        "%%d of %d files are gone, more than %d".formatted(known, limit.files()),
                        moves.inOrder());
                contribution.setExitStatus(
                        new ExitStatus(ExitStatus.COMPLETED.getExitCode(), "gate " + gate.id()));
            }
        }
        long passed = gates.pass(run.run());
        contribution.incrementReadCount();
        contribution.incrementWriteCount(passed);
        return RepeatStatus.FINISHED;
    }

    private void requireFiles() {
        if (run.selection().isEverything() && run.tally().seen() == 0
                && run.ledger().knowsAnyFile()) {
            throw new GuardStop(
                    "the root %s holds no Markdown any more, but %d files are indexed".formatted(
                            run.root().home().root(), run.gates().knownFiles()),
                    "If a disk is missing, mount it and run again; if the files were really deleted, remove %s."
                            .formatted(run.root().home().state()));
        }
    }

    private void requireSameRoot(long vanished, long known) {
        if (run.selection().isEverything()
                && run.properties().guard().isForeign(vanished, known)) {
            throw new GuardStop(
                    "none of the %d indexed files is in %s any more, and others are: it looks like another root"
                            .formatted(known, run.root().home().root()),
                    "Mount the right disk and run again; if all files were really replaced, remove %s."
                            .formatted(run.root().home().state()));
        }
    }
}
