package dev.cascade.steps;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.listener.ItemReadListener;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.ResourcelessJobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemProcessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.ledger.Failure;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Observation.Reason;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Sighting;
import dev.cascade.steps.memory.Unavailable;
import dev.cascade.steps.memory.Watermark;

import static org.assertj.core.api.Assertions.assertThat;

/// The apply step as the job has it, with faults put in front of its processor.
class TroubleTest {

    private static final long RUN = 1;

    @TempDir
    private Path folder;

    private StateDatabase database;
    private Ledger ledger;
    private MemoryIndex index;
    private Reconciliation run;
    private Trouble trouble;

    @BeforeEach
    void tenNotesAreOwed() {
        for (int i = 0; i < 10; i++) {
            MemoryTree.in(folder.resolve("root")).write("n%d.md".formatted(i), "# Note " + i);
        }
        Home home = Home.of(folder.resolve("root"), folder.resolve("state"));
        assertThat(home.state().toFile().mkdir()).isTrue();
        CascadeProperties properties = Settings.load(null, null, Map.of(),
                Map.of("cascade.reconcile.chunk-size", "1"))
                .properties();
        Clock clock = Clock.systemUTC();
        database = StateDatabase.openForWriting(home.database());
        ledger = new Ledger(database.dataSource(), clock);
        Root root = Root.adopt(home, properties, ledger);
        index = MemoryIndex.open(home.index(1), root.identity().id(), 1, root.kinds(),
                properties.index().ramBuffer());
        run = new Reconciliation(RUN, root, properties, Selection.everything(), false, false,
                ledger, new Gates(database.dataSource(), clock), Target.live(1, index), new Tally(),
                new Complaints(System::nanoTime), clock);
        ledger.recordSchemas(root.schemaIds());
        ledger.openRun(RUN, Watermark.NONE);
        observe();
    }

    private void observe() {
        List<Observation> seen = new ArrayList<>();
        new Differences(run.root().tree().walk(Selection.everything()),
                Differences.knownTo(ledger, Selection.everything()), run.root().schemaIds(),
                false).forEachRemaining(seen::add);
        ledger.observe(seen, run.run());
        trouble = new Trouble(run, new Outage());
    }

    /// What was tried in one run is not tried again before the next.
    private void nextRun() {
        run = new Reconciliation(run.run() + 1, run.root(), run.properties(), run.selection(),
                false, false, ledger, run.gates(), Target.live(1, index), new Tally(),
                run.complaints(),
                run.clock());
        ledger.openRun(run.run(), index.watermark().orElse(Watermark.NONE));
    }

    @AfterEach
    void close() {
        index.close();
        database.close();
    }

    /// A fault for some files.
    private interface Fault {
        void of(String path);
    }

    private StepExecution apply(Fault fault, int chunk) throws Exception {
        Outage outage = new Outage();
        ApplyProcessor processor = new ApplyProcessor(run, outage);
        ItemProcessor<Change, Outcome> faulty = change -> {
            fault.of(change.path().value());
            return processor.process(change);
        };
        JobRepository repository = new ResourcelessJobRepository();
        trouble = new Trouble(run, outage);
        Account account = new Account();
        OutcomeWriter writer = new OutcomeWriter(run, trouble, account,
                new RemovalLimit(run));
        Step step = new StepBuilder("apply", repository).<Change, Outcome>chunk(chunk)
                .reader(new ApplyReader(run, account, outage, new RunBudget(run)))
                .processor(faulty)
                .writer(writer)
                .taskExecutor(new SimpleAsyncTaskExecutor())
                .faultTolerant()
                .retryPolicy(trouble.retryPolicy())
                .retryListener(trouble)
                .skipPolicy(trouble)
                .skipListener(trouble)
                .listener(trouble)
                .listener((ItemReadListener<Change>) writer)
                .listener(account)
                .build();
        JobExecution job = repository.createJobExecution(
                repository.createJobInstance("job", new JobParameters()), new JobParameters(),
                new ExecutionContext());
        StepExecution execution = repository.createStepExecution("apply", job);
        step.execute(execution);
        return execution;
    }

    private static Unavailable away(String path) {
        return new Unavailable(path + ": cannot be read: away", new IOException("away"));
    }

    private String state(String path) {
        return ledger.state(new MemoryPath(path)).orElseThrow();
    }

    @Test
    @Tag("EV-26")
    void whatIsUnavailableForAMomentIsRetriedAndIndexed() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        StepExecution step = apply(path -> {
            if (path.equals("n3.md") && tries.incrementAndGet() <= 2) {
                throw away(path);
            }
        }, 4);
        assertThat(step.getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(ledger.queue().done()).isEqualTo(10);
        assertThat(step.getSkipCount()).isZero();
        assertThat(step.getExecutionContext().getLong("retried")).isEqualTo(2);
    }

    @Test
    @Tag("EV-27")
    @Tag("EV-29")
    void whatStaysUnavailableWaitsWithoutHoldingUpTheOthers() throws Exception {
        Instant before = Instant.now();
        StepExecution step = apply(path -> {
            if (path.equals("n3.md")) {
                throw away(path);
            }
        }, 4);
        assertThat(step.getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(step.getSkipCount()).isEqualTo(1);
        assertThat(ledger.queue().done()).isEqualTo(9);
        assertThat(state("n3.md")).isEqualTo("failed_retryable");
        Failure failure = ledger.failures(Selection.everything()).getFirst();
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.deferredUntil()).isBetween(before, Instant.now()
                .plus(
                        run.properties().retry().backoff()));
    }

    @Test
    @Tag("EV-28")
    void eachWaitIsLongerUpToTheLongestAndTheFileIsNeverGivenUp() throws Exception {
        Duration longest = run.properties().retry().maxBackoff();
        for (int attempt = 1; attempt <= 14; attempt++) {
            apply(path -> {
                if (path.equals("n3.md")) {
                    throw away(path);
                }
            }, 10);
            Failure failure = ledger.failures(Selection.everything()).getFirst();
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.attempts()).isEqualTo(attempt);
            Instant until = failure.deferredUntil();
            assertThat(until).isBeforeOrEqualTo(Instant.now().plus(longest));
            if (attempt >= run.properties().retry().totalBudget()) {
                assertThat(until).isAfter(Instant.now().plus(longest.dividedBy(3)));
            }
            jdbc().update("UPDATE md_change_state SET deferred_until = 1 WHERE error IS NOT NULL");
            jdbc().update("DELETE FROM md_indexed WHERE md_path = 'n5.md'");
            nextRun();
        }
    }

    @Test
    @Tag("EV-28")
    void anAttemptDoesNotCountWhileNobodyIsServed() throws Exception {
        apply(path -> {
            throw away(path);
        }, 10);
        assertThat(ledger.failures(Selection.everything())).hasSize(10)
                .allSatisfy(failure -> assertThat(failure.attempts()).isZero());
    }

    @Test
    @Tag("EV-29")
    @Tag("FM-4")
    void inAnOutageTheRestIsNotTriedAndStaysOwed() throws Exception {
        for (int i = 10; i < 40; i++) {
            MemoryTree.in(run.root().home().root()).write("n%d.md".formatted(i), "# Note " + i);
        }
        observe();
        AtomicInteger tried = new AtomicInteger();
        StepExecution step = apply(path -> {
            tried.incrementAndGet();
            throw away(path);
        }, 4);
        assertThat(step.getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(ledger.failures(Selection.everything())).hasSizeBetween(10, 12);
        assertThat(ledger.queue().pending()).isGreaterThanOrEqualTo(28);
        assertThat(tried.get()).as("ten files three times, and a few that were on their way")
                .isLessThan(45);
        assertThat(run.tally().warnings()).anyMatch(
                warning -> warning.contains("10 files in a row could not be read"));
    }

    @Test
    @Tag("EV-29")
    void aFileThatWaitedComesAfterThoseThatWereNeverTried() throws Exception {
        apply(path -> {
            if (path.equals("n0.md")) {
                throw away(path);
            }
        }, 4);
        jdbc().update("UPDATE md_change_state SET deferred_until = 1 WHERE error IS NOT NULL");
        nextRun();
        MemoryTree.in(run.root().home().root()).write("new.md", "# New");
        observe();
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        apply(order::add, 1);
        assertThat(order).containsExactly("new.md", "n0.md");
    }

    @Test
    void aFileThatWeCannotHandleIsQuarantinedAndTheOthersGoOn() throws Exception {
        StepExecution step = apply(path -> {
            if (path.equals("n3.md")) {
                throw new IllegalStateException("a fault of ours");
            }
        }, 4);
        assertThat(step.getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(ledger.queue().done()).isEqualTo(9);
        assertThat(ledger.failures(Selection.everything())).singleElement()
                .satisfies(failure -> assertThat(failure.reason())
                        .contains("internal error", "a fault of ours"));
    }

    @Test
    void threeFaultsOfOursInARowFailTheStepAndNothingIsLost() throws Exception {
        StepExecution step = apply(_ -> {
            throw new IllegalStateException("a fault of ours");
        }, 4);
        assertThat(step.getStatus()).isEqualTo(BatchStatus.FAILED);
        assertThat(ledger.queue().done()).isZero();
        assertThat(ledger.queue().pending() + ledger.queue().failedPermanent()).isEqualTo(10);
        assertThat(ledger.queue().failedPermanent()).isLessThanOrEqualTo(3);
    }

    @Test
    @Tag("HM-10")
    void aTreeOfBadFilesIsRecordedAsItGoesAndNotKeptInMemory() throws Exception {
        int files = 10_000;
        List<Observation> seen = new ArrayList<>();
        Fingerprint print = new Fingerprint(1, 2, 3, 4, "");
        for (int i = 0; i < files; i++) {
            seen.add(new Observation.Differs(new Sighting(
                    new MemoryPath("bad%05d.md".formatted(i)), "note", print), Reason.ADDED));
        }
        ledger.observe(seen, RUN);
        AtomicInteger most = new AtomicInteger();
        StepExecution step = apply(path -> {
            most.accumulateAndGet(trouble.queued(), Math::max);
            if (path.startsWith("bad")) {
                throw new MalformedMemory(new MemoryPath(path), 1, "is bad", "mend it");
            }
        }, 50);
        assertThat(step.getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(step.getProcessSkipCount()).isEqualTo(files);
        assertThat(ledger.countFailures(Selection.everything())).isEqualTo(files);
        assertThat(ledger.failures(Selection.everything(), 7)).hasSize(7);
        assertThat(most.get()).isPositive().isLessThanOrEqualTo(OutcomeWriter.BATCH + 50);
        assertThat(run.complaints().kinds()).isEqualTo(1);
        assertThat(run.complaints().untold()).singleElement()
                .isEqualTo(
                        "9,999 more that cannot be indexed as they are; `cascade fix` lists them");
        assertThat(run.complaints().untold()).as("told once").isEmpty();
    }

    @Test
    @Tag("HM-08")
    @Tag("HM-10")
    void tenThousandFaultsOfOursAreToldOnceAndCounted() {
        Change change = run.ledger().owedAfter(0, Selection.everything()).getFirst();
        for (int i = 0; i < 10_000; i++) {
            trouble.onSkipInProcess(change, new IllegalStateException("a fault of ours"));
        }
        assertThat(run.complaints().kinds()).isEqualTo(1);
        assertThat(run.complaints().untold()).singleElement()
                .asString()
                .startsWith(
                        "9,999 more that met an internal error (IllegalStateException)");
    }

    @Test
    void anIndexThatCannotBeWrittenFailsTheStepAndItsChunkStaysOwed() throws Exception {
        AtomicInteger processed = new AtomicInteger();
        StepExecution step = apply(_ -> {
            if (processed.incrementAndGet() == 5) {
                MemoryTree.in(run.root().home().state()).delete("index");
            }
        }, 4);
        assertThat(step.getStatus()).isEqualTo(BatchStatus.FAILED);
        assertThat(ledger.queue().done()).isEqualTo(4);
        assertThat(ledger.queue().pending()).isEqualTo(6);
        assertThat(ledger.standing().settled()).isEqualTo(new Watermark(RUN, 1));
    }

    @Test
    void aLedgerThatCannotBeWrittenFailsTheStepAndItsChunkStaysOwed() throws Exception {
        jdbc().execute("""
                CREATE TEMP TRIGGER full BEFORE INSERT ON md_indexed WHEN NEW.md_path = 'n6.md'
                BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END""");
        StepExecution step = apply(_ -> {}, 4);
        assertThat(step.getStatus()).isEqualTo(BatchStatus.FAILED);
        assertThat(ledger.queue().done()).isEqualTo(4);
        assertThat(ledger.queue().pending()).isEqualTo(6);
        assertThat(ledger.standing().settled()).isEqualTo(new Watermark(RUN, 1));
        assertThat(index.watermark()).as("index before ledger").contains(new Watermark(RUN, 2));
        assertThat(ledger.standing().agreesWith(new Watermark(RUN, 2))).isTrue();
    }

    private JdbcTemplate jdbc() {
        return new JdbcTemplate(database.dataSource());
    }
}
