package dev.cascade.steps.embed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Settings;
import dev.cascade.steps.embed.Embedder.Purpose;
import dev.cascade.steps.embed.TinyModel.Answer;
import dev.cascade.steps.memory.Vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// ONNX Runtime and the tokenizer themselves, on a model that the test writes.
class OnnxEmbedderTest implements EmbedderContract {

    private static final String[] WORDS = {"one", "two", "three", "same", "short", "a", "longer",
            "text", "query", "passage", ":", "hello"};

    @TempDir
    private Path folder;

    private final List<Embedder> open = new ArrayList<>();
    private int made;

    @BeforeEach
    void begin() {
        open(tiny());
    }

    @AfterEach
    void close() {
        open.forEach(Embedder::close);
    }

    private static TinyModel tiny() {
        return TinyModel.of(WORDS).synonyms("harbour", "seaport");
    }

    private CascadeProperties.Embedding settings(Path model, Map<String, String> more) {
        Map<String, String> said = new HashMap<>(Map.of("cascade.embedding.provider", "onnx",
                "cascade.embedding.model-folder", model.toString()));
        more.forEach((key, value) -> said.put("cascade.embedding." + key, value));
        return Settings.load(null, null, Map.of(), said).properties().embedding();
    }

    private Path written(TinyModel model) {
        return model.in(folder.resolve("model-" + made++));
    }

    private Embedder open(Path model, Map<String, String> more, int width) {
        open.add(Embedder.of(settings(model, more), width, Clock.systemUTC()).orElseThrow());
        return open.getLast();
    }

    private Embedder open(TinyModel model, Map<String, String> more) {
        return open(written(model), more, 0);
    }

    private Embedder open(TinyModel model) {
        return open(model, Map.of());
    }

    @Override
    public Embedder embedder() {
        return open.getLast();
    }

    /// A model of another tokenizer: it has no row for the words.
    @Override
    public void breakDown() {
        open(tiny().withRowsLess(WORDS.length + 2));
    }

    private static Vector vector(Embedder embedder, String text) {
        return embedder.embed(Purpose.DOCUMENT, List.of(text)).getFirst();
    }

    private static EmbedderTrouble trouble(Embedder embedder, String... texts) {
        EmbedderTrouble trouble = catchThrowableOfType(EmbedderTrouble.class,
                () -> embedder.embed(Purpose.DOCUMENT, List.of(texts)));
        assertThat(trouble).as("trouble").isNotNull();
        return trouble;
    }

    private EmbedderTrouble misfit(Path model) {
        EmbedderTrouble trouble = trouble(open(model, Map.of(), 0), "one");
        assertThat(trouble.fault()).isEqualTo(new Fault.Misconfigured());
        assertThat(trouble).hasMessageContaining(model.toString()).hasMessageContaining(";");
        return trouble;
    }

    private static double cosine(Vector one, Vector other) {
        double sum = 0;
        for (int i = 0; i < one.width(); i++) {
            sum += (double) one.values()[i] * other.values()[i];
        }
        return sum;
    }

    @Test
    void wordsThatMeanTheSamePointTheSameWay() {
        assertThat(cosine(vector(embedder(), "harbour"), vector(embedder(), "SeaPort")))
                .isGreaterThan(0.99);
        assertThat(cosine(vector(embedder(), "harbour"), vector(embedder(), "three")))
                .isLessThan(0.9);
    }

    @Test
    void whatFillsUpABatchCountsForNothing() {
        List<Vector> together = embedder().embed(Purpose.DOCUMENT,
                List.of("one", "a longer text a longer text", "two"));
        assertThat(together.get(0)).isEqualTo(vector(embedder(), "one"));
        assertThat(together.get(2)).isEqualTo(vector(embedder(), "two"));
    }

    @Test
    void prefixesStandInFrontOfTheTexts() {
        Embedder prefixed = open(tiny(),
                Map.of("query-prefix", "query: ", "document-prefix", "passage: "));
        assertThat(prefixed.embed(Purpose.QUERY, List.of("one")).getFirst())
                .isEqualTo(vector(open.getFirst(), "query: one"));
        assertThat(vector(prefixed, "one")).isEqualTo(vector(open.getFirst(), "passage: one"));
    }

    @ParameterizedTest
    @CsvSource({"attention_mask", "token_type_ids"})
    void aModelGetsOnlyTheInputsThatItHas(String missing) {
        assertThat(vector(open(tiny().without(missing)), "a text"))
                .isEqualTo(vector(open.getFirst(), "a text"));
    }

    @ParameterizedTest
    @EnumSource(value = Answer.class, names = {"TEXTS", "POOLED_BESIDE_TOKENS",
            "TOKENS_BY_ANOTHER_NAME"})
    void theVectorOfTheTextIsFoundWhateverElseIsAnswered(Answer answer) {
        assertThat(cosine(vector(open(tiny().answering(answer)), "a longer text"),
                vector(open.getFirst(), "a longer text"))).isGreaterThan(0.9999);
    }

    @ParameterizedTest
    @CsvSource({"cls_token, false", "lasttoken, false", "max_tokens, true"})
    void poolingIsDoneAsTheExportSays(String mode, boolean sees) throws IOException {
        Path model = written(tiny());
        Files.writeString(model.resolve("1_Pooling/config.json"),
                "{\"pooling_mode_%s\": true}".formatted(mode));
        Embedder embedder = open(model, Map.of(), 0);
        // The first and the last token mark every text alike.
        assertThat(vector(embedder, "one").equals(vector(embedder, "two"))).isNotEqualTo(sees);
    }

    @Test
    void aTextIsNeverCutButDivided() {
        String text = "one two three same short ".repeat(8);
        Embedder embedder = open(tiny().mostTokens(24));
        Vector divided = vector(embedder, text + "harbour");
        assertThat(embedder.requests()).isGreaterThan(0);
        assertThat(divided).isNotEqualTo(vector(embedder, text + "one"));
        assertThat(divided).isEqualTo(vector(embedder, text + "seaport"));
        assertThat(cosine(divided, vector(open(tiny().mostTokens(64)), text + "harbour")))
                .isGreaterThan(0.95);
    }

    @Test
    void aLongTextHoldsNoOtherBack() {
        String text = "one two three same short ".repeat(8);
        List<Vector> vectors = embedder().embed(Purpose.DOCUMENT, List.of("one", text, "two"));
        assertThat(vectors).containsExactly(vector(embedder(), "one"), vector(embedder(), text),
                vector(embedder(), "two"));
    }

    @Test
    void whatCannotBeDividedAnyMoreIsTooLong() {
        assertThat(trouble(open(tiny().mostTokens(5)), "one two three a").fault())
                .isEqualTo(new Fault.TooLong());
    }

    @Test
    void whereNoFileSaysHowLongATextMayBeTheTokenizerDoes() throws IOException {
        Path model = written(tiny());
        Files.delete(model.resolve("sentence_bert_config.json"));
        Files.delete(model.resolve("tokenizer_config.json"));
        Embedder embedder = open(model, Map.of(), 0);
        vector(embedder, "nevertheless ".repeat(16));
        assertThat(embedder.requests()).as("runs for four pieces of six tokens each").isEqualTo(2);
    }

    @Test
    void oneRunOfTheModelTakesNoMoreThanSoManyTokens() {
        Embedder embedder = open(tiny().mostTokens(4000),
                Map.of("batch-size", "100", "max-text", "100000"));
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            texts.add("one ".repeat(98)); // 100 with what marks beginning and end
        }
        embedder.embed(Purpose.DOCUMENT, texts);
        assertThat(embedder.requests()).isEqualTo(2);
    }

    @Test
    void severalThreadsGetTheSameVectorsAsOne() throws Exception {
        Embedder embedder = open(tiny(), Map.of("max-concurrent", "4"));
        Vector expected = vector(open.getFirst(), "a longer text");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Vector>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(threads.submit(() -> vector(embedder, "a longer text")));
            }
            for (Future<Vector> answer : answers) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        }
        assertThat(embedder.requests()).isEqualTo(200);
    }

    @Test
    void closingWaitsForWhatIsUnderWayAndEndsIt() throws Exception {
        Embedder embedder = open(tiny());
        CountDownLatch begun = new CountDownLatch(2);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Stream<Future<EmbedderTrouble>> ends = Stream.of(1, 2)
                    .map(_ -> threads.submit(() -> {
                        while (true) {
                            try {
                                vector(embedder, "a text");
                                begun.countDown();
                            } catch (EmbedderTrouble ex) {
                                return ex;
                            }
                        }
                    }))
                    .toList()
                    .stream();
            begun.await();
            embedder.close();
            embedder.close();
            for (Future<EmbedderTrouble> end : ends.toList()) {
                assertThat(end.get().fault()).isInstanceOf(Fault.Busy.class);
            }
        }
    }

    @Test
    void theFolderIsNotTouchedBeforeTheFirstText() {
        Embedder embedder = open(folder.resolve("nowhere"), Map.of(), 0);
        assertThat(embedder.requests()).isZero();
        embedder.close();
    }

    @Test
    void aFolderWithoutModelOrTokenizerSaysWhatBelongsThere() throws IOException {
        assertThat(misfit(folder.resolve("nowhere"))).hasMessageContaining("onnx/model.onnx");
        Path model = written(tiny());
        Files.delete(model.resolve("tokenizer.json"));
        assertThat(misfit(model)).hasMessageContaining("tokenizer.json")
                .hasMessageContaining("there is no such file");
    }

    @Test
    void aBrokenFileIsNamed() throws IOException {
        Path model = written(tiny());
        Files.writeString(model.resolve("model.onnx"), "no model");
        assertThat(misfit(model)).hasMessageContaining("model.onnx cannot be loaded");
        Path cut = written(tiny());
        byte[] whole = Files.readAllBytes(cut.resolve("model.onnx"));
        Files.write(cut.resolve("model.onnx"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThat(misfit(cut)).hasMessageContaining("model.onnx cannot be loaded");
        for (String json : List.of("no json", "{}", "{\"model\": {\"type\": \"Nonsense\"}}",
                "\0")) {
            Path other = written(tiny());
            Files.writeString(other.resolve("tokenizer.json"), json);
            assertThat(misfit(other)).hasMessageContaining("tokenizer.json is no tokenizer");
        }
        Path card = written(tiny());
        Files.writeString(card.resolve("1_Pooling/config.json"), "{");
        assertThat(misfit(card)).hasMessageContaining("config.json is no JSON");
    }

    @Test
    void aModelOfAnotherShapeIsRefusedWhenItIsLoaded() throws IOException {
        assertThat(misfit(written(tiny().idsCalled("words"))))
                .hasMessageContaining("words");
        assertThat(misfit(written(tiny().withInput("pixel_values"))))
                .hasMessageContaining("pixel_values");
        Path weighted = written(tiny());
        Files.writeString(weighted.resolve("1_Pooling/config.json"),
                "{\"pooling_mode_weightedmean_tokens\": true}");
        assertThat(trouble(open(weighted, Map.of(), 0), "one"))
                .hasMessageContaining("weightedmean_tokens");
        Path dense = written(tiny());
        Files.writeString(dense.resolve("modules.json"),
                "[{\"type\": \"sentence_transformers.models.Transformer\"}, {\"type\": \"sentence_transformers.models.Dense\"}]");
        assertThat(misfit(dense)).hasMessageContaining("Dense");
    }

    @Test
    void anAnswerOfAnotherShapeThanDueIsRefused() {
        assertThat(misfit(written(tiny().answering(Answer.WORDS_ALONE))))
                .hasMessageContaining("in the shape");
    }

    @Test
    void anotherWidthThanWantedIsAnErrorOfTheSettings() {
        Path model = written(tiny().width(8));
        assertThat(trouble(open(model, Map.of("dimensions", "16"), 0), "one"))
                .hasMessageContaining("width 8 where 16");
        EmbedderTrouble trouble = trouble(open(model, Map.of(), 16), "one");
        assertThat(trouble.fault()).isEqualTo(new Fault.Misconfigured());
        assertThat(vector(open(model, Map.of("dimensions", "8"), 8), "one").width()).isEqualTo(8);
    }

    @Test
    void aVectorThatIsNoneIsTheFaultOfItsText() {
        Embedder embedder = open(tiny().spoilt("poison"));
        assertThat(trouble(embedder, "one", "poison").fault()).isEqualTo(new Fault.Refused());
        assertThat(vector(embedder, "one").width()).isEqualTo(TinyModel.WIDTH);
    }

    @Test
    void aTokenThatTheModelDoesNotKnowIsTheFaultOfItsText() {
        Embedder embedder = open(tiny().withRowsLess(1));
        assertThat(trouble(embedder, "seaport").fault()).isEqualTo(new Fault.Refused());
        assertThat(vector(embedder, "harbour").width()).isEqualTo(TinyModel.WIDTH);
    }

    @Test
    void aModelThatWasPutInThePlaceOfAnotherIsNotAskedInItsName() {
        Path model = written(tiny());
        Embedder embedder = open(model, Map.of(), 0);
        tiny().synonyms("more").in(model);
        assertThat(trouble(embedder, "one").fault()).isEqualTo(new Fault.Misconfigured());
    }
}
