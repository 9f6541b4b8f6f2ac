package dev.cascade.steps.embed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cascade.config.ModelFolder;

/// What the files beside a model say about how it is to be used.
///
/// @param pooled
///            how the vectors of tokens become one, in the words of the export
/// @param said
///            how many tokens a text may have at most; 0 if no file says
/// @param padding
///            the token that fills up rows
/// @param layers
///            what is to be done with the vector after pooling besides scaling it, by name; a model
///            that gives the vectors of tokens alone cannot do it
record ModelCard(List<String> pooled, int said, long padding, List<String> layers) {

    /// No text takes more at once, whatever the model takes: the memory that it needs grows with the
    /// square.
    static final int LONGEST = 2048;
    /// What nearly every model takes.
    private static final int USUAL = 512;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long LARGEST_FILE = 1 << 20;
    private static final String POOLING = "1_Pooling/config.json";
    private static final List<String> HARMLESS = List.of("Transformer", "Pooling", "Normalize");

    ModelCard {
        pooled = List.copyOf(pooled);
        layers = List.copyOf(layers);
    }

    /// Files that are not there say nothing: then the mean of the tokens counts.
    static ModelCard of(ModelFolder folder) throws ModelProblem {
        JsonNode model = read(folder.beside("config.json"));
        return new ModelCard(pooled(read(folder.beside(POOLING))), said(folder, model),
                Math.max(0, model.path("pad_token_id").asLong(0)),
                read(folder.beside("modules.json")).valueStream()
                        .map(module -> module.path("type").asString("").replaceAll(".*\\.", ""))
                        .filter(type -> !HARMLESS.contains(type))
                        .toList());
    }

    private static int said(ModelFolder folder, JsonNode model) throws ModelProblem {
        return (int) LongStream.of(model.path("max_position_embeddings").asLong(0),
                read(folder.beside("sentence_bert_config.json")).path("max_seq_length").asLong(0),
                // Who knows no limit writes a number with thirty digits.
                (long) read(folder.beside("tokenizer_config.json")).path("model_max_length")
                        .asDouble(0))
                .filter(limit -> limit > 0)
                .map(limit -> Math.min(limit, LONGEST))
                .min()
                .orElse(0);
    }

    /// A text with more tokens must be divided.
    ///
    /// @param cut
    ///            where the tokenizer would have cut it; 0 if nowhere
    int mostTokens(int cut) {
        return Math.min(LONGEST, said > 0 ? said : cut > 0 ? cut : USUAL);
    }

    private static List<String> pooled(JsonNode config) {
        List<String> modes = config.propertyStream()
                .filter(property -> property.getKey().startsWith("pooling_mode_")
                        && property.getValue().asBoolean(false))
                .map(property -> property.getKey().substring("pooling_mode_".length()))
                .toList();
        return modes.isEmpty() ? List.of(config.path("pooling_mode").asString("mean")) : modes;
    }

    /// How the vectors of tokens become one.
    ///
    /// @throws ModelProblem
    ///             if it takes more than is known here
    Pooling pooling() throws ModelProblem {
        return switch (String.join(" and ", pooled)) {
            // Divided by the root of the length it points where the mean points.
            case "mean", "mean_tokens", "mean_sqrt_len_tokens" -> Pooling.MEAN;
            case "cls", "cls_token" -> Pooling.FIRST;
            case "max", "max_tokens" -> Pooling.MAX;
            case "lasttoken" -> Pooling.LAST;
            case String other -> throw new ModelProblem(
                    "%s asks for pooling by %s, which Cascade does not know; take an export with an output sentence_embedding"
                            .formatted(POOLING, other));
        };
    }

    private static JsonNode read(Path file) throws ModelProblem {
        try {
            if (!Files.exists(file)) {
                return JSON.createObjectNode();
            }
            if (Files.size(file) > LARGEST_FILE) {
                throw new ModelProblem("%s is too large to be what its name says".formatted(file));
            }
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException ex) {
            throw new ModelProblem("%s cannot be read: %s".formatted(file,
                    ModelFolder.reason(ex)), ex);
        } catch (JacksonException ex) {
            throw new ModelProblem("%s is no JSON; take it from the model's export again"
                    .formatted(file), ex);
        }
    }
}
