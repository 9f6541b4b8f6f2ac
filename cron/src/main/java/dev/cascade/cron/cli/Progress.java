package dev.cascade.cron.cli;

import java.time.Duration;

import dev.cascade.jobs.Jobs;
import dev.cascade.steps.Tally;

/// Shows how far a run is, to a person only.
final class Progress implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(200);
    private static final int WIDTH = 24;

    private final Thread thread;

    private Progress(Thread thread) {
        this.thread = thread;
    }

    static Progress of(Jobs jobs, Output output) {
        Thread thread = Thread.ofPlatform().daemon().name("progress").start(() -> {
            try {
                while (true) {
                    Thread.sleep(PERIOD);
                    show(jobs.tally(), output);
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        return new Progress(thread);
    }

    private static void show(Tally tally, Output output) {
        long owed = tally.owed();
        if (owed == 0) {
            output.progress("walking    %,d files", tally.seen());
            return;
        }
        long handled = Math.min(tally.handled(), owed);
        int filled = Math.toIntExact(handled * WIDTH / owed);
        output.progress("indexing   [%s%s] %,d of %,d files", "#".repeat(filled),
                ".".repeat(WIDTH - filled), handled, owed);
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
