package dev.cascade.steps.index;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/// A few threads that write to the index at once.
///
/// They are never interrupted: Lucene closes a writer whose thread is interrupted in its files.
final class IndexWorkers implements AutoCloseable {

    private static final long SECONDS_TO_END = 60;

    private final ExecutorService threads;

    IndexWorkers(int count) {
        threads = Executors.newFixedThreadPool(count,
                Thread.ofPlatform().daemon().name("index-", 1).factory());
    }

    /// One part of a chunk's work; its parts can be done in any order.
    interface Work {
        void run() throws IOException;
    }

    /// Does all of `works` and returns when none is running any more. After a failure no further
    /// one is begun, and the first failure is thrown.
    void doAll(List<Work> works) throws IOException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        if (works.size() == 1) {
            attempt(works.getFirst(), failure);
        } else {
            CompletableFuture.allOf(works.stream()
                    .map(work -> CompletableFuture.runAsync(() -> attempt(work, failure), threads))
                    .toArray(CompletableFuture<?>[]::new)).join();
        }
        switch (failure.get()) {
            case null -> {
            }
            case IOException ex -> throw ex;
            case RuntimeException ex -> throw ex;
            case Error ex -> throw ex;
            case Throwable ex -> throw new IllegalStateException(ex);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // handed on to the thread that waits
    private static void attempt(Work work, AtomicReference<@Nullable Throwable> failure) {
        if (failure.get() != null) {
            return;
        }
        try {
            work.run();
        } catch (Throwable ex) {
            failure.compareAndSet(null, ex);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            threads.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
