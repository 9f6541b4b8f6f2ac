package dev.cascade.cron.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.cascade.jobs.Jobs;

/// A run that Ctrl-C and TERM end in good order: the chunk in hand is finished, the rest stays owed,
/// and the process ends within ten seconds with the code of the signal.
final class Interruptible {

    private static final long PATIENCE_SECONDS = 9;

    private Interruptible() {}

    /// What is done meanwhile, and how it went.
    interface Work<T, E extends Exception> {
        T done() throws E;
    }

    /// @param run does the work; what it says is out when it returns
    static <T, E extends Exception> T run(Jobs jobs, Work<T, E> run) throws E {
        return run(jobs::stop, run);
    }

    /// @param stop lets the work come to an end soon
    static <T, E extends Exception> T run(Runnable stop, Work<T, E> run) throws E {
        CountDownLatch ended = new CountDownLatch(1);
        Thread onSignal = new Thread(() -> {
            stop.run();
            await(ended);
        }, "on-signal");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            return run.done();
        } finally {
            ended.countDown();
            forget(onSignal);
        }
    }

    private static void await(CountDownLatch ended) {
        try {
            // Past that the JVM ends with the code of the signal all the same. What was not settled
            // stays owed; the next run takes it up.
            var _ = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread onSignal) {
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException shuttingDown) {
            return; // the signal came first: the JVM ends with its code
        }
    }
}
