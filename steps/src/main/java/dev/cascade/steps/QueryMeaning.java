package dev.cascade.steps;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.steps.embed.Embedder;
import dev.cascade.steps.embed.Embedder.Purpose;
import dev.cascade.steps.embed.EmbedderTrouble;
import dev.cascade.steps.search.SearchRequest;
import dev.cascade.steps.search.SearchRequest.Meaning;
import dev.cascade.steps.search.SearchRequest.Mode;
import dev.cascade.steps.search.Searcher;

/// A question with its meaning, where that is to be had.
///
/// @param missing why it is asked by words alone; null if it is not
public record QueryMeaning(SearchRequest request, @Nullable String missing) {

    /// A person waits for the answer.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /// Adds the meaning of the query, asked of the embedder. If it cannot be had the question goes by
    /// its words: one way of looking that fails never fails the other.
    ///
    /// @param mode how the answer is to be found, with a meaning
    public static QueryMeaning of(SearchRequest request, Mode mode, Searcher searcher,
            CascadeProperties properties, Clock clock) {
        CascadeProperties.Embedding settings = properties.embedding();
        if (!settings.isOn()) {
            return new QueryMeaning(request, "no embedder is configured");
        }
        String prose = searcher.prose(request.query());
        if (prose.isBlank()) {
            return new QueryMeaning(request, "the query holds no words to understand");
        }
        if (!searcher.hasVectors(settings.space())) {
            return new QueryMeaning(request,
                    "no entry has a vector of %s yet".formatted(settings.shownModel()));
        }
        Optional<Embedder> made;
        try {
            made = Embedder.of(settings.within(LONGEST_WAIT), searcher.width(settings.space()),
                    clock);
        } catch (ConfigurationProblem ex) {
            return new QueryMeaning(request, String.valueOf(ex.getMessage()));
        }
        try (Embedder embedder = made.orElseThrow()) {
            return new QueryMeaning(request.meaning(mode, new Meaning(settings.space(),
                    embedder.embed(Purpose.QUERY, List.of(prose)).getFirst())), null);
        } catch (EmbedderTrouble ex) {
            return new QueryMeaning(request, String.valueOf(ex.getMessage()));
        }
    }
}
