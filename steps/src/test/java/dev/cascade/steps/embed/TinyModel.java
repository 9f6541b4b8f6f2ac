package dev.cascade.steps.embed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import tools.jackson.databind.json.JsonMapper;

/// A sentence transformer that is small enough to be written down: a table with one row for each word.
/// Words that mean the same share a row, so a text is found by another word than it holds.
///
/// The vector of a token is its row divided by the attention mask: what only fills up a row of a batch
/// points nowhere, and poisons a text that takes it in.
public final class TinyModel {

    public static final int WIDTH = 64;

    /// What stands in the place of the tokens' vectors in the model's answer.
    public enum Answer {
        TOKENS, TEXTS, POOLED_BESIDE_TOKENS, TOKENS_BY_ANOTHER_NAME, WORDS_ALONE
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]");
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final Map<String, Integer> meanings = new LinkedHashMap<>();
    private final List<String> spoilt = new ArrayList<>();
    private final List<String> inputs = new ArrayList<>(
            List.of("input_ids", "attention_mask", "token_type_ids"));
    private Answer answer = Answer.TOKENS;
    private int width = WIDTH;
    private int mostTokens = 24;
    private int rowsLess;

    private TinyModel() {}

    public static TinyModel of(String... words) {
        TinyModel model = new TinyModel();
        Stream.of(words).forEach(model::synonyms);
        return model;
    }

    /// Words that mean the same.
    public TinyModel synonyms(String... words) {
        int meaning = meanings.size();
        for (String word : words) {
            meanings.putIfAbsent(word, meaning);
        }
        return this;
    }

    /// A word whose vector is no vector.
    TinyModel spoilt(String word) {
        spoilt.add(word);
        return synonyms(word);
    }

    TinyModel width(int other) {
        width = other;
        return this;
    }

    TinyModel mostTokens(int most) {
        mostTokens = most;
        return this;
    }

    TinyModel answering(Answer other) {
        answer = other;
        return this;
    }

    /// Its first input under another name.
    TinyModel idsCalled(String name) {
        inputs.set(0, name);
        return this;
    }

    TinyModel without(String input) {
        inputs.remove(input);
        return this;
    }

    TinyModel withInput(String input) {
        inputs.add(input);
        return this;
    }

    /// A table that ends before the last words, as that of the model of another tokenizer may.
    TinyModel withRowsLess(int fewer) {
        rowsLess = fewer;
        return this;
    }

    /// Writes the folder.
    public Path in(Path folder) {
        try {
            Files.createDirectories(folder.resolve("1_Pooling"));
            Files.write(folder.resolve("model.onnx"), model());
            Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
            Files.writeString(folder.resolve("1_Pooling/config.json"),
                    "{\"word_embedding_dimension\": %d, \"pooling_mode_cls_token\": false, \"pooling_mode_mean_tokens\": true}"
                            .formatted(width));
            Files.writeString(folder.resolve("sentence_bert_config.json"),
                    "{\"max_seq_length\": %d, \"do_lower_case\": false}".formatted(mostTokens));
            Files.writeString(folder.resolve("tokenizer_config.json"),
                    "{\"model_max_length\": 1000000000000000019884624838656}");
            return folder;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private List<String> words() {
        return Stream.concat(SPECIAL.stream(), meanings.keySet().stream()).toList();
    }

    /// It says that texts are cut and filled up, as those of real models do.
    private String tokenizer() {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        List<Map<String, Object>> added = new ArrayList<>();
        for (String word : words()) {
            if (SPECIAL.contains(word)) {
                added.add(Map.of("id", vocabulary.size(), "content", word, "single_word", false,
                        "lstrip", false, "rstrip", false, "normalized", false, "special", true));
            }
            vocabulary.put(word, vocabulary.size());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", "1.0");
        json.put("truncation", Map.of("direction", "Right", "max_length", 6, "strategy",
                "LongestFirst", "stride", 0));
        json.put("padding", Map.of("strategy", Map.of("Fixed", 6), "direction", "Right", "pad_id",
                0, "pad_type_id", 0, "pad_token", "[PAD]"));
        json.put("added_tokens", added);
        json.put("normalizer", Map.of("type", "Lowercase"));
        json.put("pre_tokenizer", Map.of("type", "Whitespace"));
        json.put("post_processor", Map.of("type", "TemplateProcessing", "single",
                List.of(special("[CLS]"), Map.of("Sequence", Map.of("id", "A", "type_id", 0)),
                        special("[SEP]")),
                "pair", List.of(), "special_tokens",
                Map.of("[CLS]", named("[CLS]", 2), "[SEP]", named("[SEP]", 3))));
        json.put("model",
                Map.of("type", "WordLevel", "vocab", vocabulary, "unk_token", "[UNK]"));
        return JSON.writeValueAsString(json);
    }

    private static Map<String, Object> special(String token) {
        return Map.of("SpecialToken", Map.of("id", token, "type_id", 0));
    }

    private static Map<String, Object> named(String token, int id) {
        return Map.of("id", token, "ids", List.of(id), "tokens", List.of(token));
    }

    /// One row for each word: each meaning has a direction of its own, as long as there are any. What
    /// only marks a text weighs little.
    private float[] table() {
        List<String> words = words();
        float[] table = new float[(words.size() - rowsLess) * width];
        for (int row = 0; row < words.size() - rowsLess; row++) {
            String word = words.get(row);
            Integer meaning = meanings.get(word);
            if (spoilt.contains(word)) {
                table[row * width] = Float.NaN;
            } else if (meaning == null) {
                table[row * width + width - 1 - row] = 0.001f;
            } else {
                table[row * width + meaning % width] = 1;
            }
        }
        return table;
    }

    /// The numbers of fields are those of `onnx.proto3`.
    private byte[] model() {
        Protobuf graph = new Protobuf();
        graph.with(1, node("Gather", "rows", "table", inputs.getFirst()));
        String tokens = "rows";
        if (inputs.contains("attention_mask")) {
            graph.with(1, node("Cast", "mask", "attention_mask").with(5, attribute("to", FLOAT)))
                    .with(1, node("Unsqueeze", "column", "mask", "last"))
                    .with(1, node("Div", "masked", "rows", "column"));
            tokens = "masked";
        }
        if (inputs.contains("token_type_ids")) {
            graph.with(1, node("Gather", "kinds", "types", "token_type_ids"))
                    .with(1, node("Add", "typed", tokens, "kinds"));
            tokens = "typed";
        }
        List<Protobuf> outputs = new ArrayList<>();
        switch (answer) {
            case TOKENS -> outputs.add(tokens(graph, tokens, "last_hidden_state"));
            case TOKENS_BY_ANOTHER_NAME -> outputs.add(tokens(graph, tokens, "whatever"));
            case TEXTS -> outputs.add(texts(graph, tokens, "sentence_embedding"));
            case POOLED_BESIDE_TOKENS -> {
                outputs.add(texts(graph, tokens, "pooler_output"));
                outputs.add(tokens(graph, tokens, "last_hidden_state"));
            }
            case WORDS_ALONE -> {
                graph.with(1, node("Identity", "last_hidden_state", "table"));
                outputs.add(value("last_hidden_state", FLOAT, 0, width));
            }
        }
        graph.with(2, "tiny")
                .with(5, floats("table", table(), words().size() - rowsLess, width))
                .with(5, floats("types", new float[2 * width], 2, width))
                .with(5, new Protobuf().with(1, 1)
                        .with(2, INT64)
                        .with(8, "last")
                        .with(9,
                                new byte[]{2, 0, 0, 0, 0, 0, 0, 0}));
        inputs.forEach(input -> graph.with(11, value(input, INT64, 0, 0)));
        outputs.forEach(output -> graph.with(12, output));
        return new Protobuf().with(1, 8)
                .with(2, "cascade tests")
                .with(7, graph)
                .with(8, new Protobuf().with(1, "").with(2, 17))
                .bytes();
    }

    private Protobuf tokens(Protobuf graph, String tokens, String name) {
        graph.with(1, node("Identity", name, tokens));
        return value(name, FLOAT, 0, 0, width);
    }

    private Protobuf texts(Protobuf graph, String tokens, String name) {
        graph.with(1, node("ReduceMean", name, tokens).with(5,
                new Protobuf().with(1, "axes").with(8, 1).with(20, 7))
                .with(5, attribute("keepdims", 0)));
        return value(name, FLOAT, 0, width);
    }

    private static Protobuf node(String operator, String output, String... inputs) {
        Protobuf node = new Protobuf();
        for (String input : inputs) {
            node.with(1, input);
        }
        return node.with(2, output).with(3, output).with(4, operator);
    }

    private static Protobuf attribute(String name, long value) {
        return new Protobuf().with(1, name).with(3, value).with(20, 2);
    }

    private static Protobuf floats(String name, float[] values, int... shape) {
        Protobuf tensor = new Protobuf();
        for (int size : shape) {
            tensor.with(1, size);
        }
        return tensor.with(2, FLOAT).with(8, name).with(9, values);
    }

    /// @param shape
    ///            0 is any size
    private static Protobuf value(String name, int type, int... shape) {
        Protobuf dimensions = new Protobuf();
        for (int i = 0; i < shape.length; i++) {
            dimensions.with(1, shape[i] > 0 ? new Protobuf().with(1, shape[i])
                    : new Protobuf().with(2, name + i));
        }
        return new Protobuf().with(1, name)
                .with(2,
                        new Protobuf().with(1, new Protobuf().with(1, type).with(2, dimensions)));
    }
}
