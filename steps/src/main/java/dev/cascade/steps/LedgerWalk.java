package dev.cascade.steps;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Standing;
import dev.cascade.steps.memory.Known;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Watermark;
import dev.cascade.steps.tree.TreeWalk;

/// A walk of the tree beside the ledger. A look begins it; if there is work, the run goes on with it, so
/// that no tree is walked twice.
public final class LedgerWalk implements Iterator<Observation> {

    private final TreeWalk walk;
    private final Differences differences;
    private final Queue<Observation> seen = new ArrayDeque<>();
    private final Map<String, String> schemaIds;
    private Ledger ledger;
    private boolean owes;

    private LedgerWalk(Root root, Ledger ledger, Selection selection, boolean forced,
            Set<MemoryPath> left) {
        this.ledger = ledger;
        this.schemaIds = root.schemaIds();
        this.walk = root.tree().walk(selection);
        Iterator<Known> known = new Pages<>(after -> note(this.ledger.knownAfter(after, selection),
                left), Known::path);
        this.differences = new Differences(walk, known, schemaIds, forced);
    }

    /// A walk from the beginning.
    static LedgerWalk of(Reconciliation run) {
        return new LedgerWalk(run.root(), run.ledger(), run.selection(), run.forced(), Set.of());
    }

    private List<Known> note(List<Known> page, Set<MemoryPath> left) {
        owes = owes || page.stream().anyMatch(row -> row.owed() && !left.contains(row.path()));
        return page;
    }

    /// A walk that has come to the first file that differs, or to the end.
    ///
    /// @param quiet what was seen, if there is nothing to do
    public record Look(LedgerWalk walk, Optional<Quiet> quiet) {}

    /// Looks whether a run would have anything to do.
    ///
    /// @param tally hears how the walk gets on
    /// @return empty if it would, whatever the tree looks like
    public static Optional<Look> look(Root root, CascadeProperties properties, Ledger ledger,
            Selection selection, Tally tally, Clock clock) {
        if (!ledger.schemas().equals(root.schemaIds()) || !indexAgrees(root, ledger)) {
            return Optional.empty();
        }
        Settling settling = Settling.of(properties, clock);
        Set<MemoryPath> unsettled = settling.unsettled(ledger, selection);
        LedgerWalk begun = new LedgerWalk(root, ledger, selection, false, unsettled);
        tally.watch(begun.census());
        return Optional.of(new Look(begun, begun.quiet(settling, unsettled)));
    }

    private static boolean indexAgrees(Root root, Ledger ledger) {
        Standing standing = ledger.standing();
        try {
            CommitData commit = CommitData.read(root.home().index(standing.generation()));
            return standing.agreesWith(commit.watermark().orElse(Watermark.NONE));
        } catch (IndexProblem ex) {
            // Whatever is wrong with it, the run that opens it for writing says so, or mends it.
            return false;
        }
    }

    private Optional<Quiet> quiet(Settling settling, Set<MemoryPath> unsettled) {
        while (differences.hasNext()) {
            Observation next = differences.next();
            seen.add(next);
            boolean isLeft = next instanceof Observation.Differs differs
                    && unsettled.contains(differs.path())
                    && settling.isFresh(differs.sighting().fingerprint());
            if (!isLeft) {
                return Optional.empty();
            }
        }
        return owes ? Optional.empty()
                : Optional.of(
                        new Quiet(differences.census().seen(), unsettled.size(), warnings()));
    }

    /// The same walk for `run`, on its connection, with what was seen already; a new one if the kinds were
    /// changed meanwhile.
    LedgerWalk goOn(Reconciliation run) {
        if (!schemaIds.equals(run.root().schemaIds())) {
            return of(run);
        }
        ledger = run.ledger();
        return this;
    }

    @Override
    public boolean hasNext() {
        return !seen.isEmpty() || differences.hasNext();
    }

    @Override
    public Observation next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return seen.isEmpty() ? differences.next() : seen.remove();
    }

    /// What was counted so far.
    Differences.Census census() {
        return differences.census();
    }

    /// What the walk found odd so far.
    List<String> warnings() {
        return walk.warnings();
    }
}
