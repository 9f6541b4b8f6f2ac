package dev.cascade.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.steps.GenerationFolders;
import dev.cascade.steps.ledger.Gate;
import dev.cascade.steps.ledger.Gates;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.RunControl.Control;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.tree.Reason;

/// What a person says about a root: what is to become of files that a guard holds, and whether scheduled
/// runs go on.
///
/// It is said beside a run that holds the root, in one short transaction each; the next run acts on it.
public final class Decisions {

    private static final int LONGEST_REASON = 500;
    private static final Duration LONGEST_PAUSE = Duration.ofDays(3650);

    private final Home home;
    private final CascadeProperties properties;
    private final Clock clock;

    public Decisions(Home home, CascadeProperties properties, Clock clock) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
    }

    /// All gates that are kept, newest first.
    public List<GateReport> gates() {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Gates gates = new Gates(database.dataSource(), clock);
            return gates.all().stream().map(gate -> GateReport.of(gate, gates)).toList();
        }
    }

    /// Says yes to what the gate asks, for exactly the files that it holds: the next run lets them go, or
    /// the next rebuild takes over what is searched of them now.
    ///
    /// @throws ConfigurationProblem if there is no such gate or it cannot be approved any more
    public GateReport approve(long id, String reason) {
        String said = said(reason);
        Instant expires = clock.instant().plus(properties.guard().approvalExpires());
        try (StateDatabase database = writing()) {
            Gates gates = new Gates(database.dataSource(), clock);
            if (!gates.approve(id, said, expires)) {
                throw undecidable(gates, id, Gate.Status.APPROVED);
            }
            return GateReport.of(gates.find(id).orElseThrow(), gates);
        }
    }

    /// Says no to what the gate asks: the entries of its files are kept, until these are back or it is
    /// approved; or the new generation that lacks them is given up.
    ///
    /// @throws ConfigurationProblem if there is no such gate or it cannot be rejected any more, or if a
    ///         rebuild is under way that it would concern
    public GateReport reject(long id, String reason) {
        String said = said(reason);
        try (StateDatabase database = writing()) {
            Gates gates = new Gates(database.dataSource(), clock);
            if (gates.find(id).filter(gate -> gate.kind().equals(Gate.REBUILD)).isPresent()) {
                rejectRebuild(gates, new Generations(database.dataSource(), clock), id, said);
            } else if (!gates.reject(id, said)) {
                throw undecidable(gates, id, Gate.Status.REJECTED);
            }
            return GateReport.of(gates.find(id).orElseThrow(), gates);
        }
    }

    private void rejectRebuild(Gates gates, Generations generations, long id, String said) {
        try (RunLock _ = RunLock.take(home.rebuildLock(), RootAccess.LOOK)) {
            if (!gates.reject(id, said)) {
                throw undecidable(gates, id, Gate.Status.REJECTED);
            }
            generations.building().map(Standing::generation).ifPresent(generations::drop);
            new GenerationFolders(home).sweep(generations.numbers());
        } catch (Held held) {
            throw new ConfigurationProblem(
                    "gate %d cannot be rejected now: %s".formatted(id, held.getMessage()),
                    "Wait until that rebuild has ended.", held);
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "what was built in %s cannot be deleted: %s".formatted(home.index(),
                            Reason.of(ex)),
                    ex);
        }
    }

    /// A decision can be changed for as long as files wait for it.
    private static ConfigurationProblem undecidable(Gates gates, long id, Gate.Status wanted) {
        Optional<Gate> gate = gates.find(id);
        if (gate.isEmpty()) {
            return new NotFound("there is no gate %d".formatted(id),
                    "`cascade gates` lists those that are kept.");
        }
        String word = gate.get().status().name().toLowerCase(Locale.ROOT);
        return gate.get().status() == wanted
                ? new ConfigurationProblem("gate %d is %s already".formatted(id, word),
                        "`cascade gates` lists what waits.")
                : new ConfigurationProblem(
                        "gate %d is %s and holds no file any more".formatted(id, word),
                        "The next run opens another if it is still in question.");
    }

    /// Holds up scheduled runs.
    ///
    /// @param length for how long; null until someone resumes them
    /// @throws ConfigurationProblem if that is no length for a pause, or if they wait for a person anyway
    public Control pause(String reason, @Nullable Duration length) {
        String said = said(reason);
        if (length != null && !length.isPositive()) {
            throw new ConfigurationProblem("a pause must be longer than nothing",
                    "Write its length as 30m, 2h or 1d.");
        }
        if (length != null && length.compareTo(LONGEST_PAUSE) > 0) {
            throw new ConfigurationProblem("a pause of more than %d days has no end in sight"
                    .formatted(LONGEST_PAUSE.toDays()), "Leave the length out.");
        }
        try (StateDatabase database = writing()) {
            RunControl control = new RunControl(database.dataSource(), clock);
            Control current = control.current();
            if (current.state() == RunControl.State.NEEDS_HUMAN) {
                throw new ConfigurationProblem(
                        "scheduled runs do not go on anyway: " + current.told(),
                        "Mend the cause, then `cascade resume`.");
            }
            control.pause(said, length == null ? null : clock.instant().plus(length));
            return control.current();
        }
    }

    /// Lets scheduled runs go on.
    ///
    /// @param resetFailed whether files that wait for a retry are owed at once, counters at zero
    /// @return what was in force, and how many files are owed again
    public Resumed resume(boolean resetFailed) {
        try (StateDatabase database = writing()) {
            RunControl control = new RunControl(database.dataSource(), clock);
            Control before = control.current();
            control.resume();
            int reset = resetFailed ? new Ledger(database.dataSource(), clock)
                    .makeRetryableOwed(Selection.everything()) : 0;
            return new Resumed(before, reset);
        }
    }

    /// What a resumption lifted.
    public record Resumed(Control lifted, int reset) {}

    private static String said(String reason) {
        String said = reason.strip();
        if (said.isEmpty() || said.length() > LONGEST_REASON) {
            throw new ConfigurationProblem(
                    "the reason has %d characters".formatted(said.length()),
                    "Say in 1 to %d characters why (--reason \"…\"); it is kept with the decision."
                            .formatted(LONGEST_REASON));
        }
        return said;
    }

    private StateDatabase writing() {
        if (!home.isInitialised() || !StateDatabase.isCurrent(home.database())) {
            throw new ConfigurationProblem(
                    "%s holds no state of this version".formatted(home.state()),
                    "Run `cascade migrate`, or `cascade sync` if nothing was indexed yet.");
        }
        return StateDatabase.openBesideARun(home.database());
    }
}
