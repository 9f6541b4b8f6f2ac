package dev.cascade.steps;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;

import dev.cascade.steps.memory.MemoryPath;

/// Every file that apply reads must be indexed or recorded with a reason. This is the count of it.
///
/// Whatever a framework does with an item that it can neither process nor skip: a file that got lost
/// on the way fails the step, and the ledger keeps it owed.
public final class Account implements StepExecutionListener {

    private final Set<MemoryPath> open = ConcurrentHashMap.newKeySet();

    void taken(MemoryPath path) {
        open.add(path);
    }

    void settled(MemoryPath path) {
        open.remove(path);
    }

    @Override
    public ExitStatus afterStep(StepExecution step) {
        if (open.isEmpty() || !step.getExitStatus().equals(ExitStatus.COMPLETED)) {
            return step.getExitStatus();
        }
        String lost = "%d files were read and neither indexed nor recorded, the first: %s"
                .formatted(open.size(), open.stream().sorted().findFirst().orElseThrow());
        step.addFailureException(new IllegalStateException(lost));
        step.setStatus(BatchStatus.FAILED);
        return ExitStatus.FAILED.addExitDescription(lost);
    }
}
