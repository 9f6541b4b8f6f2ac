package dev.cascade.jobs;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.steps.LiveGeneration;
import dev.cascade.steps.Vectors;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.VectorCache;
import dev.cascade.steps.ledger.VectorFailure;
import dev.cascade.steps.ledger.VectorLedger;
import dev.cascade.steps.memory.Selection;

/// How the vectors of a root stand beside its files, for those who start and report runs.
final class VectorState {

    private final Home home;
    private final Ledger files;
    private final VectorLedger ledger;
    private final Optional<Vectors> vectors;

    VectorState(Home home, CascadeProperties properties, StateDatabase database, Clock clock) {
        CascadeProperties.Embedding embedding = properties.embedding();
        this.home = home;
        this.files = new Ledger(database.dataSource(), clock);
        this.ledger = new VectorLedger(database.dataSource(), clock);
        this.vectors = embedding.isOn() ? Optional.of(new Vectors(properties,
                new VectorCache(database.dataSource(), clock, embedding.model(),
                        embedding.dimensions()),
                ledger, clock)) : Optional.empty();
    }

    /// Empty without an embedder.
    Optional<Vectors> vectors() {
        return vectors;
    }

    /// Forgets the embedder of earlier runs if there is none any more.
    void begin() {
        if (vectors.isEmpty() && ledger.embedder().isPresent()) {
            ledger.use(null);
        }
    }

    /// Whether a run would ask for vectors.
    boolean isAnythingDue(Selection selection) {
        return vectors.isPresent() && looking(view -> vectors.orElseThrow()
                .isAnythingDue(view, selection) && otherModel(view).isEmpty(), false);
    }

    /// The fields that hold the vectors of the model that is asked now, and of another one.
    record OtherModel(String wanted, String found) {}

    /// That the vectors in `view` are another model's than the one that is asked now.
    Optional<OtherModel> otherModel(IndexView view) {
        return vectors.filter(on -> on.properties().embedding().isModelKnown())
                .flatMap(on -> view.vectorsBeside(on.space())
                        .stream()
                        .findFirst()
                        .map(other -> new OtherModel("vector." + on.space(),
                                "vector." + other)));
    }

    /// How many entries lack their vector, if a run was to see to all of them.
    long owed(Selection selection) {
        return selection.isEverything() ? owed() : 0;
    }

    /// How many entries lack their vector.
    private long owed() {
        return vectors.map(on -> looking(view -> view.countOwingVectors(on.space()), 0L))
                .orElse(0L);
    }

    /// The files among `failures`, and the entries whose vectors are in trouble.
    Failures with(Failures failures, Selection selection) {
        List<RunReport.Trouble> troubles = vectors.isEmpty() ? List.of()
                : ledger.failures(selection).stream().map(VectorState::told).toList();
        return troubles.isEmpty() ? failures
                : new Failures(failures.count() + troubles.size(),
                        Stream.concat(failures.first().stream(), troubles.stream())
                                .limit(Failures.NAMED)
                                .toList());
    }

    private static RunReport.Trouble told(VectorFailure failure) {
        return new RunReport.Trouble(failure.path().value(), null, failure.reason(),
                failure.until() != null);
    }

    /// One sentence if vectors are owed and the embedder is left alone.
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        vectors.flatMap(Vectors::pause).ifPresent(pause -> {
            long owed = owed();
            if (owed > 0) {
                warnings.add(
                        "%d vectors are owed; the embedder is asked again after %s: %s".formatted(
                                owed, pause.pausedUntil(), pause.reason()));
            }
        });
        return warnings;
    }

    void retryNow(Selection selection, boolean refusedToo) {
        ledger.retryNow(selection, refusedToo);
    }

    interface Look<T> {
        T at(IndexView view);
    }

    /// An index that cannot be read has no vectors to tell of; the run says what is wrong with it.
    <T> T looking(Look<T> look, T otherwise) {
        try (IndexView view = LiveGeneration.open(home, files, IndexView::open)) {
            return look.at(view);
        } catch (IndexProblem ex) {
            return otherwise;
        }
    }
}
