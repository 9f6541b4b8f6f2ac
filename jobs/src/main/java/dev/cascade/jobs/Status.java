package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.Home;
import dev.cascade.steps.LiveGeneration;
import dev.cascade.steps.index.Counts;
import dev.cascade.steps.index.IndexHeader;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Maintenance;
import dev.cascade.steps.ledger.Queue;
import dev.cascade.steps.ledger.Run;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.RunControl.Control;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.VectorCache;
import dev.cascade.steps.ledger.VectorLedger;

/// How a root stands. Looking never changes anything and never counts as activity.
///
/// Numbers that could not be had are null: unknown is not zero.
///
/// @param maintenance how the tasks that keep the root sound went, those that were ever tried
/// @param nextFiring when a run comes by itself; null if no process serves the root
public record Status(String root, Health health, QueueCounts queue, Lsn lsn,
        @Nullable Long oldestPendingSeconds, IndexState index, @Nullable Vectors vectors,
        @Nullable LastRun lastRun, @Nullable Paused paused, @Nullable NeedsHuman needsHuman,
        List<GateReport> gates, List<Maintenance.Task> maintenance, @Nullable Instant nextFiring,
        String nextStep, List<String> warnings) {

    /// The same, with when a run comes by itself.
    public Status firing(Instant next) {
        return new Status(root, health, queue, lsn, oldestPendingSeconds, index, vectors, lastRun,
                paused, needsHuman, gates, maintenance, next, nextStep, warnings);
    }

    /// How a task that keeps the root sound went; empty if it was never tried.
    public Optional<Maintenance.Task> maintenance(String task) {
        return maintenance.stream().filter(tried -> tried.task().equals(task)).findFirst();
    }

    /// The verdict and what it rests on.
    public record Health(Verdict verdict, List<String> reasons) {}

    /// - `HEALTHY`: the index is in step, or will be without anyone's help
    /// - `AT_RISK`: something is not indexed as it should be
    /// - `NEEDS_ACTION`: nothing goes on until a person acts
    public enum Verdict {
        HEALTHY, AT_RISK, NEEDS_ACTION
    }

    /// Files by state.
    ///
    /// @param kept files that are gone or empty, whose entries stay because a person said so
    public record QueueCounts(long pending, long done, long failedRetryable,
            long failedPermanent, long kept) {}

    /// Scheduled runs are held up because a person said so.
    ///
    /// @param until when that ends by itself; null if never
    public record Paused(@Nullable String reason, @Nullable Instant until) {}

    /// Scheduled runs stopped themselves.
    public record NeedsHuman(@Nullable String reason, @Nullable Instant since) {}

    /// Log sequence numbers.
    public record Lsn(long max, long lastProcessed, long lag) {}

    /// The live generation of the index.
    ///
    /// @param deletedDocuments those of Lucene that are deleted and still take room
    /// @param asOf the end of the last walk that was read to the end
    /// @param building the next one, while it is being built or was left unfinished; null if there is none
    /// @param kept earlier generations, newest first
    public record IndexState(long generation, @Nullable String schema, @Nullable Long files,
            @Nullable Long entries, @Nullable Long bytes, @Nullable Long entriesWithoutVector,
            @Nullable Integer segments, @Nullable Integer deletedDocuments, @Nullable Instant asOf,
            @Nullable Building building, List<Long> kept) {}

    /// A generation that is not searched yet.
    ///
    /// @param files that stand in it
    /// @param lacking files that can be read and do not stand in it yet
    public record Building(long generation, long files, long lacking) {}

    /// The vectors of the live generation, for the embedder of the last run.
    ///
    /// @param owed entries that have a text and no vector yet
    /// @param pausedUntil until when the embedder is left alone; null if it may be asked
    /// @param reason why it is left alone
    /// @param cached vectors that need not be asked for again, of all models
    /// @param cachedBytes the room that they take in the state database
    public record Vectors(String model, @Nullable Long owed, @Nullable Instant pausedUntil,
            @Nullable String reason, long cached, long cachedBytes) {}

    /// The newest run.
    ///
    /// @param outcome null while it runs
    public record LastRun(@Nullable Long executionId, String job, @Nullable String outcome,
            Instant startedAt, @Nullable Instant endedAt, @Nullable String skipReason) {}

    private static final int MOST_CONFLICTS = 5;
    private static final Duration OLD = Duration.ofHours(1);
    private static final int FAILURES_IN_A_ROW = 3;
    private static final int STUCK_RUNS = 6;
    private static final int TASK_FAILURES = 5;

    /// Looks at the root of `home`.
    public static Status of(Home home, Clock clock) {
        return StateDatabase.look(home.database(), clock, database -> of(home, database, clock))
                .orElseGet(() -> {
                    try (StateDatabase database = StateDatabase
                            .openForReading(home.database())) {
                        return of(home, database, clock);
                    }
                });
    }

    private static Status of(Home home, StateDatabase database, Clock clock) {
        Ledger ledger = new Ledger(database.dataSource(), clock);
        History history = new History(database.dataSource(), clock);
        Queue queue = ledger.queue();
        List<GateReport> gates = GateReport.pending(new Gates(database.dataSource(), clock));
        Control control = new RunControl(database.dataSource(), clock).current();
        List<String> warnings = new ArrayList<>();
        IndexState index = index(home, ledger,
                new Generations(database.dataSource(), clock), warnings);
        Optional<Run> last = last(history, index.asOf());
        Reasons reasons = new Reasons();
        control(control, reasons);
        index(index, reasons);
        runs(last, history, reasons);
        gates.forEach(gate -> reasons.atRisk("gate %d: %s".formatted(gate.id(),
                gate.summary())));
        files(queue, clock.instant(), reasons);
        List<Maintenance.Task> maintenance = new Maintenance(database.dataSource(), clock).tasks();
        maintenance.forEach(task -> maintenance(task, reasons));
        Health health = reasons.health();
        Long oldest = queue.oldestPending() == null ? null
                : Duration.between(queue.oldestPending(), clock.instant()).toSeconds();
        return new Status(home.root().toString(), health,
                new QueueCounts(queue.pending(), queue.done(), queue.failedRetryable(),
                        queue.failedPermanent(), queue.kept()),
                new Lsn(queue.maxLsn(), queue.lastProcessed(), queue.lag()), oldest, index,
                vectors(home, database, index, clock),
                last.map(Status::lastRun).orElse(null), paused(control), needsHuman(control),
                gates, maintenance, null, nextStep(home, queue, control, gates, index), warnings);
    }

    /// Null without an embedder.
    private static @Nullable Vectors vectors(Home home, StateDatabase database, IndexState index,
            Clock clock) {
        VectorLedger.Embedder embedder = new VectorLedger(database.dataSource(), clock).embedder()
                .orElse(null);
        if (embedder == null) {
            return null;
        }
        Instant until = embedder.isPaused(clock.instant()) ? embedder.pausedUntil() : null;
        VectorCache.Size kept = VectorCache.size(database.dataSource());
        return new Vectors(embedder.model(), owed(home, embedder, index), until,
                embedder.reason(), kept.vectors(), kept.bytes());
    }

    /// Null if the index cannot be read.
    private static @Nullable Long owed(Home home, VectorLedger.Embedder embedder,
            IndexState index) {
        try (IndexView view = IndexView.open(home.index(index.generation()))) {
            return view.countOwingVectors(embedder.space());
        } catch (IndexProblem ex) {
            return null;
        }
    }

    private static IndexState index(Home home, Ledger ledger, Generations generations,
            List<String> warnings) {
        Building building = generations.building()
                .map(Standing::generation)
                .map(next -> new Building(next, generations.countFiles(next),
                        generations.countReadable(next)))
                .orElse(null);
        List<Long> kept = generations.kept().stream().map(Standing::generation).toList();
        long generation = ledger.standing().generation();
        Instant asOf = asOf(home, warnings);
        try (IndexView view = LiveGeneration.open(home, ledger, IndexView::open)) {
            IndexHeader header = view.commit().header();
            Counts counts = view.counts();
            long entries = counts.entries();
            long withVector = view.countVectors();
            view.conflicts(MOST_CONFLICTS)
                    .forEach(conflict -> warnings.add("%s is claimed by more than one file: %s"
                            .formatted(conflict.row().shown(), conflict.paths())));
            return new IndexState(header.generation(), header.schemaId(), counts.files(), entries,
                    view.bytes(), Math.max(0, entries - withVector), view.segments(),
                    view.deletedDocuments(), asOf, building, kept);
        } catch (IndexProblem ex) {
            warnings.add("%s; %s".formatted(ex.getMessage(), ex.remedy()));
            return new IndexState(generation, null, null, null, null, null, null, null, asOf,
                    building, kept);
        }
    }

    /// When the tree was last read to its end; null if it never was, or if that cannot be told.
    public static @Nullable Instant asOf(Home home, List<String> warnings) {
        try {
            return Files.exists(home.lastWalk())
                    ? Files.getLastModifiedTime(home.lastWalk()).toInstant()
                    : null;
        } catch (IOException ex) {
            warnings.add("%s cannot be read: %s".formatted(home.lastWalk(), ex.getMessage()));
            return null;
        }
    }

    private static @Nullable Paused paused(Control control) {
        return control.state() == RunControl.State.PAUSED
                ? new Paused(control.reason(), control.until())
                : null;
    }

    private static @Nullable NeedsHuman needsHuman(Control control) {
        return control.state() == RunControl.State.NEEDS_HUMAN
                ? new NeedsHuman(control.reason(), control.since())
                : null;
    }

    /// What speaks against health, the worst first.
    private static final class Reasons {

        private final List<String> needsAction = new ArrayList<>();
        private final List<String> atRisk = new ArrayList<>();

        void needsAction(String reason) {
            needsAction.add(reason);
        }

        void atRisk(String reason) {
            atRisk.add(reason);
        }

        Health health() {
            Verdict verdict = !needsAction.isEmpty() ? Verdict.NEEDS_ACTION
                    : !atRisk.isEmpty() ? Verdict.AT_RISK : Verdict.HEALTHY;
            return new Health(verdict,
                    Stream.concat(needsAction.stream(), atRisk.stream()).toList());
        }
    }

    private static void control(Control control, Reasons reasons) {
        switch (control.state()) {
            case NEEDS_HUMAN -> reasons.needsAction(control.told());
            case PAUSED -> reasons.atRisk("scheduled runs are " + control.told());
            case ACTIVE -> {
            }
        }
    }

    private static void index(IndexState index, Reasons reasons) {
        if (index.files() == null) {
            reasons.needsAction("the index cannot be read");
        }
    }

    /// A firing that was skipped is no news once a later one looked and found nothing to do.
    private static Optional<Run> last(History history, @Nullable Instant walked) {
        return history.last()
                .filter(run -> run.skipReason() == null || walked == null
                        || run.startedAt().isAfter(walked))
                .or(history::lastThatRan);
    }

    private static void runs(Optional<Run> last, History history, Reasons reasons) {
        int failures = history.failuresInARow();
        switch (last.map(Run::outcome).orElse("")) {
            case "guarded" -> last.map(Run::problem)
                    .ifPresent(problem -> reasons.needsAction(
                            "a guard stopped the last run: " + problem));
            case "stopped" -> reasons.atRisk("the last run was stopped before its end"
                    + last.map(Run::problem).map(problem -> ": " + problem).orElse(""));
            case "failed" -> {
                if (failures < FAILURES_IN_A_ROW) {
                    reasons.atRisk("the last run failed" + last.map(Run::problem)
                            .map(problem -> ": " + problem)
                            .orElse(""));
                }
            }
            default -> {
            }
        }
        if (failures >= FAILURES_IN_A_ROW) {
            reasons.needsAction("the last %d runs failed".formatted(failures));
        }
        if (history.isStuck(STUCK_RUNS)) {
            reasons.needsAction(
                    "the last %d runs got nothing done although files were owed".formatted(
                            STUCK_RUNS));
        }
    }

    private static void files(Queue queue, Instant now, Reasons reasons) {
        if (queue.failedPermanent() > 0) {
            reasons.atRisk(
                    "%d files cannot be indexed as they are".formatted(queue.failedPermanent()));
        }
        if (queue.failedRetryable() > 0) {
            reasons.atRisk("%d files wait for a retry".formatted(queue.failedRetryable()));
        }
        if (queue.partlyIndexed() > 0) {
            reasons.atRisk("%d files are indexed only in part".formatted(queue.partlyIndexed()));
        }
        if (queue.oldestPending() != null && queue.oldestPending().isBefore(now.minus(OLD))) {
            reasons.atRisk("files have been pending for more than an hour");
        }
    }

    /// That a task is held up by others is no trouble.
    private static void maintenance(Maintenance.Task task, Reasons reasons) {
        if (task.failures() == 0) {
            return;
        }
        String told = "%s failed at %s%s%s".formatted(task.task(), task.attemptedAt(),
                task.failures() == 1 ? "" : ", the last %d times".formatted(task.failures()),
                task.note() == null ? "" : ": " + task.note());
        if (task.failures() >= TASK_FAILURES) {
            reasons.needsAction(told);
        } else {
            reasons.atRisk(told);
        }
    }

    private static LastRun lastRun(Run run) {
        return new LastRun(run.executionId(), run.job(),
                run.outcome() == null ? null : run.outcome().toLowerCase(Locale.ROOT),
                run.startedAt(), run.endedAt(), run.skipReason());
    }

    private static String nextStep(Home home, Queue queue, Control control,
            List<GateReport> gates, IndexState index) {
        boolean isDamaged = index.files() == null
                && Files.isDirectory(home.index(index.generation()));
        if (isDamaged) {
            return "cascade rebuild";
        }
        if (!gates.isEmpty()) {
            return "cascade gates";
        }
        if (index.files() == null || queue.pending() > 0 || index.asOf() == null) {
            return "cascade sync";
        }
        if (index.building() != null) {
            return "cascade rebuild";
        }
        if (control.holdsUp()) {
            return "cascade resume";
        }
        if (queue.failedRetryable() > 0) {
            return "cascade fix --apply";
        }
        if (queue.failedPermanent() > 0 || queue.partlyIndexed() > 0) {
            return "cascade fix";
        }
        return "cascade search \"…\"";
    }
}
