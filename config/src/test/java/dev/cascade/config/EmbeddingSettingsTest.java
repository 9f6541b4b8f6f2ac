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

    @Test
    void nothingIsAskedOfTheSettingsOfAnEmbedderThatIsOff() {
        assertThat(options(Map.of("provider", "none", "base-url", "nowhere", "model", ""))
                .warnings()).isEmpty();
    }
}
