package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.jobs.Check.Answer;
import dev.cascade.steps.ledger.Gate;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Maintenance;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.RunControl.Control;
import dev.cascade.steps.ledger.StateDatabase;

/// Who runs, what dead runs left behind, and what keeps the next from coming.
final class RunChecks {

    private static final int FAILURES_IN_A_ROW = 3;
    private static final List<String> JOBS = List.of(ReconcileJob.NAME, RebuildJob.NAME,
            VerifyJob.NAME, BackupJob.NAME);

    private final Home home;
    private final Supplier<CascadeProperties> properties;
    private final Clock clock;

    RunChecks(Home home, Supplier<CascadeProperties> properties, Clock clock) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
    }

    List<Check> all() {
        return List.of(new Check("locks", this::locks), new Check("executions", this::executions),
                new Check("leftovers", new Leftovers(home)::look),
                new Check("schedule", this::schedule),
                new Check("maintenance", this::maintenance));
    }

    private Answer locks() throws IOException {
        return Answer.ok("%s; %s".formatted(
                RunLock.holder(home.lock())
                        .map("a run holds the root (%s)"::formatted)
                        .orElse("no run holds the root"),
                RunLock.holder(home.rebuildLock())
                        .map("a rebuild is under way (%s)"::formatted)
                        .orElse("no rebuild is under way")));
    }

    private Answer asking(Function<StateDatabase, Answer> question) {
        return StateDatabase.look(home.database(), clock, question)
                .orElseGet(() -> Answer.unknown("there is no database of this version to ask",
                        null));
    }

    /// A run may begin or end while this looks, so only who held no lock before and after is dead.
    private Answer executions() throws IOException {
        Set<Path> free = new HashSet<>();
        for (String job : JOBS) {
            Path lock = RootAccess.lockOf(home, job);
            if (RunLock.holder(lock).isEmpty()) {
                free.add(lock);
            }
        }
        List<String> open = new ArrayList<>();
        Answer none = asking(database -> {
            open.addAll(unended(new History(database.dataSource(), clock),
                    job -> free.contains(RootAccess.lockOf(home, job))));
            return Answer.ok("no run or execution is without an owner");
        });
        boolean begunMeanwhile = free.contains(home.lock())
                && RunLock.holder(home.lock()).isPresent();
        return open.isEmpty() || begunMeanwhile ? none
                : Answer.warning("%d runs and executions have no end and no owner".formatted(
                        open.size()), "cascade jobs recover")
                        .listing(open)
                        .curedBy(() -> recover(open.size()));
    }

    private static List<String> unended(History history, Predicate<String> isDead) {
        return Stream.concat(
                history.unendedExecutions()
                        .stream()
                        .filter(execution -> isDead.test(execution.job()))
                        .map(execution -> "execution %d of %s: %s since %s".formatted(
                                execution.executionId(), execution.job(), execution.status(),
                                execution.startedAt())),
                history.unended()
                        .stream()
                        .filter(run -> isDead.test(run.job()))
                        .map(run -> "run %d of %s: without an end since %s".formatted(run.run(),
                                run.job(), run.startedAt())))
                .toList();
    }

    private String recover(int open) throws RunLock.Held {
        List<String> recovered = new Jobs(home, properties.get(), clock).recover(Duration.ZERO);
        return "%d runs and executions were closed as failed%s".formatted(open,
                recovered.isEmpty() ? "" : ": " + String.join("; ", recovered));
    }

    /// How the tasks went that keep the root sound.
    private Answer maintenance() {
        return asking(database -> {
            List<Maintenance.Task> tasks = new Maintenance(database.dataSource(), clock).tasks();
            List<String> failed = tasks.stream()
                    .filter(task -> task.failures() > 0)
                    .map(task -> "%s failed %d times in a row, last at %s: %s".formatted(
                            task.task(), task.failures(), task.attemptedAt(), task.note()))
                    .toList();
            return failed.isEmpty()
                    ? Answer.ok("none of %d tasks failed the last time".formatted(tasks.size()))
                    : Answer.warning("%d of %d tasks failed the last time".formatted(
                            failed.size(), tasks.size()),
                            "See to what they say; cascade run tend, cascade run verify deep=true and cascade backup try again.")
                            .listing(failed);
        });
    }

    private Answer schedule() {
        return asking(database -> control(new RunControl(database.dataSource(), clock).current())
                .and(gates(new Gates(database.dataSource(), clock).pending()))
                .and(failures(new History(database.dataSource(), clock).failuresInARow())));
    }

    private static Answer control(Control control) {
        return switch (control.state()) {
            case ACTIVE -> Answer.ok("scheduled runs go on");
            case PAUSED -> Answer.warning("scheduled runs are " + control.told(),
                    "cascade resume");
            case NEEDS_HUMAN -> Answer.problem("scheduled runs stopped: " + control.told(),
                    "See to what failed, then cascade resume.");
        };
    }

    private static Answer gates(List<Gate> waiting) {
        return waiting.isEmpty() ? Answer.ok("no decision waits")
                : Answer.warning("%d decisions wait".formatted(waiting.size()), "cascade gates")
                        .listing(waiting.stream()
                                .map(gate -> "gate %d: %s".formatted(gate.id(), gate.summary()))
                                .toList());
    }

    private static Answer failures(int inARow) {
        String seen = "%d runs in a row failed".formatted(inARow);
        return inARow == 0 ? Answer.ok("the last run did not fail")
                : inARow < FAILURES_IN_A_ROW ? Answer.warning(seen, "cascade jobs list")
                        : Answer.problem(seen,
                                "cascade status says why; see to that, then cascade sync");
    }
}
