package dev.cascade.steps;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.ItemProcessListener;
import org.springframework.batch.core.listener.SkipListener;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.skip.SkipPolicy;
import org.springframework.core.retry.RetryListener;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryState;
import org.springframework.core.retry.Retryable;

import dev.cascade.steps.ledger.Settlement;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.Unavailable;

/// What happens to a file that cannot be indexed: the one place that says which exceptions are
/// retried, which are skipped, and what is recorded of them.
///
/// - [MalformedMemory], the file's fault: skipped at once and refused until the file changes.
/// - [Unavailable], a neighbour's fault: retried quickly, then skipped and deferred.
/// - Anything else is our own fault: that file is quarantined; three in a row fail the run.
///
/// Skips come from processing alone; whatever fails in writing fails the run. The listener is called
/// on processing threads, so it only queues; the writer records.
public final class Trouble
        implements
            SkipPolicy,
            SkipListener<Change, Outcome>,
            ItemProcessListener<Change, Outcome>,
            RetryListener,
            StepExecutionListener {

    private static final int OWN_FAULTS_IN_A_ROW = 3;
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);

    private final Reconciliation run;
    private final Outage outage;
    private final Queue<Settlement> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger ownFaults = new AtomicInteger();
    private final AtomicLong retried = new AtomicLong();

    public Trouble(Reconciliation run, Outage outage) {
        this.run = run;
        this.outage = outage;
    }

    /// Quick retries within the run, for a neighbour's fault only, and none in an outage.
    public RetryPolicy retryPolicy() {
        return RetryPolicy.builder()
                .maxRetries(run.properties().retry().maxAttempts() - 1L)
                .delay(FIRST_RETRY)
                .multiplier(3)
                .includes(Unavailable.class)
                .predicate(_ -> !outage.isOn())
                .build();
    }

    /// Spring Batch asks about a failed write with a count of -1.
    @Override
    public boolean shouldSkip(Throwable fault, long skipped) {
        return switch (fault) {
            case MalformedMemory _,Unavailable _ -> skipped >= 0;
            case Exception _ -> skipped >= 0 && ownFaults.incrementAndGet() < OWN_FAULTS_IN_A_ROW;
            default -> false;
        };
    }

    @Override
    public void onSkipInProcess(Change change, Throwable fault) {
        switch (fault) {
            case MalformedMemory malformed -> {
                refuse(change, malformed.line(), String.valueOf(malformed.getMessage()));
                complain(malformed, String.valueOf(malformed.getMessage()), null);
                ownFaults.set(0);
            }
            case Unavailable unavailable -> {
                defer(change, unavailable);
                ownFaults.set(0);
            }
            default -> {
                String reason = "%s: internal error: %s at %s; please report it".formatted(
                        change.path(), fault, place(fault));
                refuse(change, 0, reason);
                complain(fault, reason, fault);
            }
        }
    }

    @Override
    public void afterProcess(Change change, @Nullable Outcome outcome) {
        ownFaults.set(0);
        if (outcome != null && !(outcome instanceof Outcome.NotTried)) {
            outage.served();
        }
    }

    @Override
    public void beforeRetry(RetryPolicy policy, Retryable<?> retryable, RetryState state) {
        retried.incrementAndGet();
    }

    @Override
    public ExitStatus afterStep(StepExecution step) {
        step.getExecutionContext().putLong("retried", retried.get());
        return step.getExitStatus();
    }

    /// What was queued since the last call.
    List<Settlement> drain() {
        List<Settlement> drained = new ArrayList<>();
        for (Settlement next = queue.poll(); next != null; next = queue.poll()) {
            drained.add(next);
            queued.decrementAndGet();
        }
        return drained;
    }

    /// How many files wait to be recorded.
    int queued() {
        return queued.get();
    }

    private void enqueue(Settlement settlement) {
        queue.add(settlement);
        queued.incrementAndGet();
    }

    /// Refuses the file as the walk saw it. If it has changed since, the next walk sees a difference,
    /// and that lifts the refusal.
    private void refuse(Change change, int line, String reason) {
        run.tally().addRefused();
        Fingerprint seen = change.wanted() == null ? Fingerprint.UNKNOWN : change.wanted();
        enqueue(new Settlement.Refused(change.path(), seen, line, reason));
    }

    private void defer(Change change, Unavailable unavailable) {
        complain(unavailable, String.valueOf(unavailable.getMessage()), null);
        run.tally().addDeferred();
        outage.refused(unavailable);
        enqueue(new Settlement.Deferred(change.path(), until(change.attempts() + 1),
                String.valueOf(unavailable.getMessage())));
    }

    private void complain(Throwable fault, String sentence, @Nullable Throwable thrown) {
        run.complaints().tell(fault, sentence, thrown);
    }

    private Instant until(int attempts) {
        return run.clock().instant().plus(new Backoff(run.properties().retry()).after(attempts));
    }

    private static String place(Throwable fault) {
        StackTraceElement[] trace = fault.getStackTrace();
        return trace.length == 0 ? "an unknown place" : trace[0].toString();
    }
}
