package dev.cascade.jobs;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.CascadeProperties.Index.OnDrift;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.steps.LiveGeneration;
import dev.cascade.steps.Root;
import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.IndexHeader;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.index.IndexSchema;
import dev.cascade.steps.index.SchemaDifference;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;

/// How the live generation was made in another way, as a whole, than one would be made now. What
/// concerns some kinds alone is no drift: their files are indexed again where they are.
///
/// @param missing fields that it should have
/// @param extra fields that it has and should not
/// @param typeDrift what it has and was made otherwise
/// @param canBeWritten whether changed files can be written to it meanwhile
/// @param ofVectors whether its vectors are another model's
public record Drift(long generation, List<String> missing, List<String> extra,
        List<String> typeDrift, boolean canBeWritten, boolean ofVectors) {

    /// The drift of the root of `home`; empty if there is none, or if it cannot be told without a run.
    public static Optional<Drift> of(Home home, CascadeProperties properties, Clock clock) {
        return StateDatabase.look(home.database(), clock,
                database -> of(home, properties, database, clock)).flatMap(Function.identity());
    }

    static Optional<Drift> of(Home home, CascadeProperties properties, StateDatabase database,
            Clock clock) {
        VectorState vectors = new VectorState(home, properties, database, clock);
        Ledger ledger = new Ledger(database.dataSource(), clock);
        return ledger.identity()
                .map(identity -> Root.unproven(home, properties, Optional.of(identity)).kinds())
                .flatMap(kinds -> vectors.vectors().isEmpty()
                        ? header(home, ledger)
                                .flatMap(header -> in(header, kinds, Optional.empty()))
                        : vectors.looking(view -> in(view.commit().header(), kinds,
                                vectors.otherModel(view)), Optional.empty()));
    }

    /// Every look of a schedule asks, so no document is opened for it.
    private static Optional<IndexHeader> header(Home home, Ledger ledger) {
        try {
            return Optional.of(LiveGeneration.open(home, ledger, CommitData::read).header());
        } catch (IndexProblem ex) {
            return Optional.empty(); // the run itself says what is wrong with it, or mends it
        }
    }

    private static Optional<Drift> in(IndexHeader header, Kinds kinds,
            Optional<VectorState.OtherModel> other) {
        SchemaDifference made = IndexSchema.of(kinds).from(header.schema());
        if (made.isOfKindsAlone() && other.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Drift(header.generation(),
                with(made.missing(), other.map(VectorState.OtherModel::wanted)),
                with(made.extra(), other.map(VectorState.OtherModel::found)),
                Stream.concat(made.made().stream(), made.retyped().stream()).toList(),
                made.retyped().isEmpty(), other.isPresent()));
    }

    private static List<String> with(List<String> fields, Optional<String> vectors) {
        return Stream.concat(vectors.stream(), fields.stream()).toList();
    }

    /// One sentence.
    public String told() {
        return "index 'g%06d' schema drift: missing=%s, extra=%s, type_drift=%s".formatted(
                generation, named(missing), named(extra), named(typeDrift));
    }

    private static List<String> named(List<String> all) {
        return SchemaDifference.named(all);
    }

    /// What is to be done about an index that can be searched and not be added to.
    static final String REMEDY = "It can be searched, but not be added to. `cascade sync` builds a new generation.";

    /// Refuses a run if a person is to say when a new generation is built.
    void refuseIfStopped(CascadeProperties properties) {
        if (properties.index().onDrift() == OnDrift.STOP) {
            throw new ConfigurationProblem(told(),
                    "`cascade rebuild` builds a new generation; cascade.index.on-drift=rebuild lets the next run do so.");
        }
    }
}
