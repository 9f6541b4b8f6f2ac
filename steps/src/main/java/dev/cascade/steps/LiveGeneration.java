package dev.cascade.steps;

import java.nio.file.Path;
import java.util.function.Function;

import dev.cascade.config.Home;
import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.ledger.Ledger;

/// The generation that is searched, for those who hold no lock: between the look at its number and the
/// look into its folder another one can take its place, and the folder go.
public final class LiveGeneration {

    private LiveGeneration() {}

    /// Opens it; if another one took its place meanwhile, that one.
    public static <T> T open(Home home, Ledger ledger, Function<Path, T> opening) {
        long generation = ledger.standing().generation();
        try {
            return opening.apply(home.index(generation));
        } catch (IndexProblem ex) {
            long now = ledger.standing().generation();
            if (now == generation) {
                throw ex;
            }
            return opening.apply(home.index(now));
        }
    }
}
