package dev.cascade.steps.embed;

import java.time.Clock;
import java.util.List;
import java.util.Optional;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.memory.Vector;

/// Turns texts into vectors. It can be used by several threads at once.
public interface Embedder extends AutoCloseable {

    /// What a text is for; some models want to be told.
    enum Purpose {
        DOCUMENT, QUERY
    }

    /// One vector for each text, in their order, all of one width.
    ///
    /// @throws EmbedderTrouble
    ///             if not all of them could be had; none is told then
    /// @throws IllegalArgumentException
    ///             if there is no text, or a blank one
    List<Vector> embed(Purpose purpose, List<String> texts);

    /// How many requests were sent, or how often a model of this machine was run, so far; failed ones
    /// are among them.
    long requests();

    @Override
    void close();

    /// The embedder that the settings name; empty if they name none.
    ///
    /// @param width
    ///            the width that vectors must have to stand beside those that are there; 0 if there
    ///            are none
    static Optional<Embedder> of(CascadeProperties.Embedding settings, int width, Clock clock) {
        return switch (settings.provider()) {
            case NONE -> Optional.empty();
            case OPENAI -> Optional.of(new PooledEmbedder(
                    new HttpEmbedder(settings, ApiKey.of(settings), width, clock),
                    settings.batchSize(), settings.maxText()));
            case ONNX -> Optional.of(new PooledEmbedder(new OnnxEmbedder(settings, width),
                    settings.batchSize(), settings.maxText()));
        };
    }
}
