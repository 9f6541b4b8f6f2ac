package dev.cascade.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EmbeddingSettingsTest {

    private static final String AT_HOME = "https://home.example/v1";
    private static final String ELSEWHERE = "https://elsewhere.example/v1";

    @TempDir
    private Path folder;

    private Path file(String name, String embedding) throws IOException {
        return Files.writeString(folder.resolve(name),
                "cascade: {embedding: {provider: openai, model: m, %s}}".formatted(embedding));
    }

    private static Settings options(Map<String, String> said) {
        Map<String, String> all = new HashMap<>(Map.of("cascade.embedding.provider", "openai",
                "cascade.embedding.model", "m"));
        said.forEach((key, value) -> all.put("cascade.embedding." + key, value));
        return Settings.load(null, null, Map.of(), all);
    }

    @Test
    void aKeyOfTheEnvironmentIsNotSentWhereOnlyTheRootPoints() throws IOException {
        Path root = file("root.yaml", "base-url: '%s'".formatted(ELSEWHERE));
        Map<String, String> environment = Map.of("CASCADE_EMBEDDING_API_KEY", "mine");
        Settings settings = Settings.load(null, root, environment, Map.of());
        assertThat(settings.properties().embedding().apiKey()).isEmpty();
        assertThat(settings.properties().embedding().baseUrl()).isEqualTo(ELSEWHERE);
        assertThat(settings.warnings()).singleElement()
                .asString()
                .contains(ELSEWHERE)
                .doesNotContain("mine");
    }

    @Test
    void aKeyOfTheUsersFileIsNotSentWhereOnlyTheRootPoints() throws IOException {
        Path root = file("root.yaml", "base-url: '%s'".formatted(ELSEWHERE));
        Path user = file("user.yaml", "api-key: mine, base-url: '%s'".formatted(AT_HOME));
        assertThat(Settings.load(user, root, Map.of(), Map.of()).properties().embedding().apiKey())
                .isEmpty();
        Path secret = Files.writeString(folder.resolve("secret"), "mine");
        Path keyFile = file("other.yaml", "api-key-file: '%s'".formatted(secret));
        assertThat(Settings.load(keyFile, root, Map.of(), Map.of())
                .properties()
                .embedding()
                .apiKeyFile()).isEmpty();
    }

    @Test
    void aKeyIsSentWhereItsOwnerPointsToo() throws IOException {
        Path root = file("root.yaml", "base-url: '%s'".formatted(AT_HOME));
        Path user = file("user.yaml", "api-key: mine, base-url: '%s'".formatted(AT_HOME));
        Settings settings = Settings.load(user, root, Map.of(), Map.of());
        assertThat(settings.properties().embedding().apiKey()).isEqualTo("mine");
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void aRootMaySendItsOwnKeyAnywhere() throws IOException {
        Path root = file("root.yaml", "api-key: its, base-url: '%s'".formatted(ELSEWHERE));
        assertThat(Settings.load(null, root, Map.of(), Map.of()).properties().embedding().apiKey())
                .isEqualTo("its");
    }

    @Test
    void aRootMayNameNoFileThatIsSentAsAKey() throws IOException {
        Path root = file("root.yaml", "api-key-file: /etc/shadow");
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> Settings.load(null, root, Map.of(), Map.of()))
                .withMessageContaining("api-key-file");
    }

    @ParameterizedTest
    @CsvSource({"http://127.0.0.1:11434, false", "http://localhost/v1, false",
            "'http://[::1]:8080', false", "http://127.0.0.1.example.com, true",
            "http://gpu:8080, true", "https://gpu:8080, false"})
    void plainHttpToAnotherMachineWarns(String url, boolean warns) {
        assertThat(options(Map.of("base-url", url)).warnings()).hasSize(warns ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a", "a", "http://", "http://u:secret@a/v1",
            "http://a/v1?key=secret",
            "http://a b"})
    void anAddressThatIsNoneIsRefusedWithoutRepeatingIt(String url) {
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> options(Map.of("base-url", url)))
                .withMessageStartingWith("cascade.embedding.base-url")
                .withMessageNotContaining("secret");
    }

    @Test
    void aModelMustBeNamed() {
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> options(Map.of("model", " ")))
                .withMessageContaining("cascade.embedding.model");
    }

    private static Settings local(Path model, Map<String, String> more) {
        Map<String, String> said = new HashMap<>(
                Map.of("provider", "onnx", "model-folder", model.toString()));
        said.putAll(more);
        return options(said);
    }

    private Path model(String name, String weights) throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        Files.writeString(model.resolve("model.onnx"), weights);
        Files.writeString(model.resolve("tokenizer.json"), "{}");
        return model;
    }

    private static String space(Path model) {
        return local(model, Map.of()).properties().embedding().space();
    }

    @Test
    void aModelOfThisMachineIsToldApartByItsFilesAndNotByItsFolder() throws IOException {
        String one = space(model("one", "weights"));
        assertThat(space(model("elsewhere", "weights"))).isEqualTo(one);
        assertThat(space(model("other", "weightz"))).isNotEqualTo(one);
        Path tokenized = model("tokenized", "weights");
        Files.writeString(tokenized.resolve("tokenizer.json"), "[]");
        assertThat(space(tokenized)).isNotEqualTo(one);
        Path pooled = model("pooled", "weights");
        Files.createDirectory(pooled.resolve("1_Pooling"));
        Files.writeString(pooled.resolve("1_Pooling/config.json"), "{}");
        assertThat(space(pooled)).isNotEqualTo(one);
        Path parted = model("parted", "weights");
        Files.writeString(parted.resolve("model.onnx_data"), "more");
        assertThat(space(parted)).isNotEqualTo(one);
        Path below = model("below", "weights");
        Files.createDirectory(below.resolve("onnx"));
        Files.move(below.resolve("model.onnx"), below.resolve("onnx/model.onnx"));
        assertThat(space(below)).isEqualTo(one);
    }

    @Test
    void largeModelsThatWereTrainedApartAreToldApart() throws IOException {
        byte[] weights = new byte[5_000_000];
        Path one = model("one", "");
        Files.write(one.resolve("model.onnx"), weights);
        for (int i = 0; i < weights.length; i += 1000) {
            weights[i] = 1;
        }
        Path other = model("other", "");
        Files.write(other.resolve("model.onnx"), weights);
        assertThat(space(other)).isNotEqualTo(space(one));
    }

    @Test
    void aModelOfThisMachineIsShownByTheNameOfItsFolder() throws IOException {
        Settings settings = local(model("minilm", "weights"), Map.of());
        assertThat(settings.properties().embedding().shownModel()).isEqualTo("minilm");
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void aModelThatIsNotThereStopsNothingAndIsWarnedOf() {
        Settings settings = local(folder.resolve("nowhere"), Map.of());
        assertThat(settings.warnings()).singleElement()
                .asString()
                .contains("nowhere/model.onnx", "there is no such file", "model-folder");
    }

    @Test
    void theFolderOfAModelMustBeNamed() {
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> options(Map.of("provider", "onnx")))
                .withMessageContaining("cascade.embedding.model-folder is empty");
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> options(Map.of("provider", "onnx", "model-folder", "a\0b")))
                .withMessageContaining("cascade.embedding.model-folder is no path");
    }

    @Test
    void aRootMayNameNoModelThatNativeCodeRuns() throws IOException {
        Path model = model("model", "weights");
        Path root = file("root.yaml",
                "model-folder: '%s'".formatted(model)).toAbsolutePath();
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> Settings.load(null, root, Map.of(),
                        Map.of("cascade.embedding.provider", "onnx")))
                .withMessageContaining("model-folder");
        Path chosen = Files.writeString(folder.resolve("chosen.yaml"),
                "cascade: {embedding: {provider: onnx}}");
        assertThat(Settings.load(null, chosen,
                Map.of("CASCADE_EMBEDDING_MODEL_FOLDER", model.toString()), Map.of())
                .warnings()).isEmpty();
    }

    @Test
    void nothingIsAskedOfTheSettingsOfAnEmbedderThatIsOff() {
        assertThat(options(Map.of("provider", "none", "base-url", "nowhere", "model", ""))
                .warnings()).isEmpty();
    }
}
