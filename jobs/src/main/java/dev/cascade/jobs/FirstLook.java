package dev.cascade.jobs;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.QuietHours;
import dev.cascade.steps.LedgerWalk;
import dev.cascade.steps.Quiet;
import dev.cascade.steps.Root;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Run;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.RunControl.Control;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Selection;

/// What a run sees before it begins: whether anything is in its way, and whether there is anything to
/// do. The database is opened once for all of it, and nothing is written.
final class FirstLook {

    private final Home home;
    private final CascadeProperties properties;
    private final Clock clock;
    private final RootAccess access;

    FirstLook(Home home, CascadeProperties properties, Clock clock, RootAccess access) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
        this.access = access;
    }

    /// What there is.
    sealed interface Seen {}

    /// A scheduled run must not begin.
    ///
    /// @param isRecorded whether the history says so already
    record HeldUp(String reason, boolean isRecorded) implements Seen {}

    /// Nothing differs and nothing is owed.
    ///
    /// @param liftsAStop whether scheduled runs had stopped themselves
    record NothingToDo(RunReport report, boolean liftsAStop,
            Optional<Drift> drift) implements Seen {}

    /// The index cannot be added to.
    record Unwritable(Drift drift) implements Seen {}

    /// A run is to be launched.
    ///
    /// @param walk what the look has begun and the run goes on with
    record Work(Optional<Drift> drift, Optional<LedgerWalk> walk) implements Seen {}

    /// Looks at the state and at the tree. Whoever looks holds the root's lock. A request for a run counts
    /// as answered from then on, if nothing is in the way.
    ///
    /// @throws ConfigurationProblem if the index was made in another way, and that is not to be
    Seen of(ReconcileRequest request, Instant started) {
        return StateDatabase
                .look(home.database(), clock, database -> at(database, request, started))
                .orElseGet(() -> {
                    access.openForWriting().close(); // makes it, or brings it to this version
                    return of(request, started);
                });
    }

    private Seen at(StateDatabase database, ReconcileRequest request, Instant started) {
        Control control = new RunControl(database.dataSource(), clock).current();
        Optional<String> inTheWay = request.scheduled() ? inTheWay(control, properties, started)
                : Optional.empty();
        if (inTheWay.isPresent()) {
            return new HeldUp(inTheWay.get(), isRecorded(inTheWay.get(), database));
        }
        Optional<Drift> drift = Drift.of(home, properties, database, clock);
        drift.ifPresent(is -> is.refuseIfStopped(properties));
        VectorState vectors = new VectorState(home, properties, database, clock);
        boolean isEverything = request.selection().isEverything();
        if (isEverything) {
            RunRequest.of(home).take();
        }
        if (drift.isPresent() && !drift.get().canBeWritten()) {
            return new Unwritable(drift.get());
        }
        boolean launched = request.forced() || properties.history().recordNoOpRuns();
        Optional<LedgerWalk.Look> look = launched ? Optional.empty() : look(database, request);
        return look.flatMap(LedgerWalk.Look::quiet)
                .filter(_ -> !vectors.isAnythingDue(request.selection()))
                .map(quiet -> nothingToDo(quiet, database, vectors, request, started))
                .<Seen>map(report -> new NothingToDo(report, isEverything
                        && control.state() == RunControl.State.NEEDS_HUMAN, drift))
                .orElseGet(() -> new Work(drift, look.map(LedgerWalk.Look::walk)));
    }

    /// What keeps a scheduled job from beginning.
    static Optional<String> inTheWay(Control control, CascadeProperties properties, Instant now) {
        return control.holdsUp() ? Optional.of(control.told())
                : properties.schedule()
                        .quiet()
                        .filter(hours -> hours.contain(now))
                        .map(QuietHours::told);
    }

    private boolean isRecorded(String reason, StateDatabase database) {
        return new History(database.dataSource(), clock).last()
                .filter(run -> run.job().equals(ReconcileJob.NAME))
                .filter(run -> reason.equals(run.skipReason()))
                .isPresent();
    }

    private Optional<LedgerWalk.Look> look(StateDatabase database, ReconcileRequest request) {
        Ledger ledger = new Ledger(database.dataSource(), clock);
        if (ledger.identity().isEmpty()
                || leftBehind(new History(database.dataSource(), clock))) {
            return Optional.empty();
        }
        Root root = Root.known(home, properties, ledger);
        CascadeProperties settling = request.scheduled() ? properties
                : properties.withoutSettling();
        return LedgerWalk.look(root, settling, ledger, request.selection(), access.begin(), clock);
    }

    /// Whether a run died and left its books open.
    private boolean leftBehind(History history) {
        return history.unended().stream().map(Run::job).distinct().anyMatch(access::isDead);
    }

    private RunReport nothingToDo(Quiet quiet, StateDatabase database, VectorState vectors,
            ReconcileRequest request, Instant started) {
        Selection selection = request.selection();
        List<GateReport> gates = selection.isEverything()
                ? GateReport.pending(new Gates(database.dataSource(), clock))
                : List.of();
        Failures failures = vectors.with(
                Failures.of(new Ledger(database.dataSource(), clock), selection), selection);
        return new RunReport(null, ReconcileJob.NAME,
                Session.outcome(gates, failures, vectors.owed(selection) > 0),
                new RunReport.Files(quiet.seen(), 0, 0, 0, quiet.seen(), 0, 0, 0),
                new RunReport.Entries(0, 0, 0), RunReport.Embedding.NONE,
                Duration.between(started, clock.instant()).toMillis(),
                quiet.unsettled() > 0, failures.count(), failures.first(), gates,
                failures.warning(quiet.warnings()), null).warning(vectors.warnings());
    }
}
