package dev.cascade.steps;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.SkipListener;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.skip.SkipPolicy;
import org.springframework.core.retry.RetryListener;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryState;
import org.springframework.core.retry.Retryable;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.steps.embed.Embedder;
import dev.cascade.steps.embed.EmbedderTrouble;
import dev.cascade.steps.embed.Fault;
import dev.cascade.steps.ledger.VectorFailure;
import dev.cascade.steps.memory.Unavailable;

/// How it goes with the embedder in this run: what is retried, what is put off, and when to stop.
///
/// A batch that cannot be had is retried quickly, then skipped. If the embedder served another batch in
/// this run, the entries wait on their own account; if it served none, nothing counts against them and
/// the embedder as a whole is left alone for a while. Three batches in a row end the step early, and so
/// does whatever asking again cannot mend. Keywords are durable before any of this begins.
public final class Asking
        implements
            SkipPolicy,
            SkipListener<TextBatch, Embedded>,
            RetryListener,
            StepExecutionListener {

    private static final Logger log = LoggerFactory.getLogger(Asking.class);

    /// What no endpoint can have anything against.
    static final String HARMLESS = "hello";

    private static final int FAILED_IN_A_ROW = 3;
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final double GROWTH = 1.6;
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final Reconciliation run;
    private final Vectors vectors;
    private final AtomicReference<@Nullable Embedder> embedder = new AtomicReference<>();
    private final AtomicReference<@Nullable EmbedderTrouble> ended = new AtomicReference<>();
    private final AtomicInteger failedInARow = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicLong retried = new AtomicLong();
    private final Queue<TextBatch> skipped = new ConcurrentLinkedQueue<>();
    private volatile String lastReason = "";

    public Asking(Reconciliation run, Vectors vectors) {
        this.run = run;
        this.vectors = vectors;
    }

    /// @param width the width that vectors must have; 0 if there are none yet
    void begin(int width) {
        try {
            embedder.set(
                    Embedder.of(run.properties().embedding(), width, run.clock()).orElseThrow());
        } catch (ConfigurationProblem ex) {
            end(new EmbedderTrouble(String.valueOf(ex.getMessage()), new Fault.Denied(), ex));
        }
    }

    Embedder embedder() {
        Embedder asked = embedder.get();
        if (asked == null) {
            throw new IllegalStateException("asked before it was begun");
        }
        return asked;
    }

    void served() {
        run.tally().beat();
        served.incrementAndGet();
        failedInARow.set(0);
    }

    boolean hasServed() {
        return served.get() > 0;
    }

    /// Nothing more is asked in this run.
    void end(EmbedderTrouble why) {
        ended.compareAndSet(null, why);
    }

    boolean isEnded() {
        return ended.get() != null || failedInARow.get() >= FAILED_IN_A_ROW;
    }

    public RetryPolicy retryPolicy() {
        return RetryPolicy.builder()
                .maxRetries(run.properties().retry().maxAttempts() - 1L)
                .delay(FIRST_RETRY)
                .multiplier(GROWTH)
                .maxDelay(LONGEST_RETRY)
                .includes(Unavailable.class)
                .build();
    }

    @Override
    public boolean shouldSkip(Throwable fault, long count) {
        return fault instanceof Unavailable && count >= 0;
    }

    @Override
    public void onSkipInProcess(TextBatch batch, Throwable fault) {
        failedInARow.incrementAndGet();
        lastReason = String.valueOf(fault.getMessage());
        skipped.add(batch);
        log.warn("{} to {} tries for {} texts", lastReason,
                run.properties().retry().maxAttempts(), batch.texts().size());
    }

    @Override
    public void beforeRetry(RetryPolicy policy, Retryable<?> retryable, RetryState state) {
        retried.incrementAndGet();
    }

    /// What there is to record of the texts of `chunk` that were refused.
    List<VectorFailure> refused(List<Embedded> chunk) {
        List<VectorFailure> failures = new ArrayList<>();
        for (Embedded embedded : chunk) {
            for (OwedText text : embedded.batch().texts()) {
                String reason = embedded.refused().get(text.sha256());
                if (reason != null) {
                    text.places()
                            .forEach(place -> failures.add(failure(place, null, reason)));
                }
            }
        }
        failures.forEach(failure -> log.warn("{}", failure.reason()));
        return failures;
    }

    private static VectorFailure failure(OwedText.Place place, @Nullable Instant until,
            String reason) {
        return new VectorFailure(place.path(), place.entry().id(), place.digest(),
                place.attempts() + 1, until, "%s: %s: no vector: %s".formatted(place.path(),
                        place.entry().id(), reason));
    }

    private List<VectorFailure> putOff() {
        List<VectorFailure> failures = new ArrayList<>();
        for (TextBatch batch : skipped) {
            for (OwedText text : batch.texts()) {
                if (!batch.had().containsKey(text.sha256())) {
                    text.places()
                            .forEach(place -> failures.add(failure(place,
                                    vectors.until(place.attempts() + 1), lastReason)));
                }
            }
        }
        return failures;
    }

    @Override
    public ExitStatus afterStep(StepExecution step) {
        step.getExecutionContext().putLong("retried", retried.get());
        EmbedderTrouble why = ended.get();
        skipped.forEach(batch -> vectors.cache().keep(batch.had(), List.of()));
        boolean isUnwell = why != null || (!skipped.isEmpty() && !isAnswering());
        if (!isUnwell && !skipped.isEmpty()) {
            vectors.ledger().settle(vectors.space(), putOff(), List.of());
        }
        if (isUnwell) {
            String reason = why == null ? lastReason : String.valueOf(why.getMessage());
            Instant until = vectors.rest(reason, why == null ? Optional.empty() : after(why));
            run.tally()
                    .warn("%s; vectors stay owed, and are asked for again by a run after %s"
                            .formatted(reason, until.truncatedTo(ChronoUnit.SECONDS)));
        } else if (hasServed()) {
            vectors.well();
        }
        close();
        return step.getExitStatus();
    }

    private void close() {
        Embedder asked = embedder.get();
        if (asked != null) {
            run.tally().setRequests(asked.requests());
            asked.close();
        }
    }

    /// Whether it serves anyone: what it did not answer may be the fault of a text.
    private boolean isAnswering() {
        return (hasServed() && !isEnded()) || accepts(HARMLESS);
    }

    /// Whether the endpoint takes this text, asked now.
    private boolean accepts(String text) {
        try {
            embedder().embed(Embedder.Purpose.DOCUMENT, List.of(text));
            return true;
        } catch (EmbedderTrouble ex) {
            log.debug("{} is not taken either", text, ex);
            return false;
        }
    }

    private static Optional<Duration> after(EmbedderTrouble why) {
        return switch (why.fault()) {
            case Fault.Busy busy -> busy.after();
            case Fault.OutOfQuota quota -> quota.after();
            case Fault.Declined _,Fault.Denied _,Fault.Misconfigured _,Fault.TooLong _,Fault.Refused _ ->
                Optional
                        .empty();
        };
    }
}
