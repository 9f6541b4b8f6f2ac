package dev.cascade.jobs;

import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.config.Home;
import dev.cascade.jobs.RunLock.Held;

/// The root's lock as a rebuild holds it: not while it fills the next generation, which nobody else
/// writes, so that runs of the live one go on.
final class Turn implements AutoCloseable {

    private final Home home;
    private final BooleanSupplier givenUp;
    private @Nullable RunLock lock;

    /// @param givenUp whether nobody waits for the lock any more
    Turn(Home home, RunLock lock, BooleanSupplier givenUp) {
        this.home = home;
        this.lock = lock;
        this.givenUp = givenUp;
    }

    Tasklet yielding() {
        return (_, _) -> {
            close();
            return RepeatStatus.FINISHED;
        };
    }

    /// Waits until the run that holds the root has ended, however long that takes.
    Tasklet regaining() {
        return (_, context) -> {
            try {
                if (lock == null) {
                    lock = RunLock.take(home.lock(), RunLock.FOREVER, givenUp);
                }
            } catch (Held held) {
                if (!givenUp.getAsBoolean()) {
                    throw held;
                }
                context.getStepContext().getStepExecution().setTerminateOnly();
            }
            return RepeatStatus.FINISHED;
        };
    }

    @Override
    public void close() {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }
}
