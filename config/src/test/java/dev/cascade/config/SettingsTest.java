package dev.cascade.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("EV-43")
class SettingsTest {

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Settings load(@Nullable Path user, @Nullable Path root) {
        return Settings.load(user, root, Map.of(), Map.of());
    }

    private static Settings options(Map<String, String> options) {
        return Settings.load(null, null, Map.of(), options);
    }

    private static Settings.Setting setting(Settings settings, String key) {
        return settings.list()
                .stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Tag("EV-45")
    void eachSourceWinsOverTheOnesBeforeItAndIsNamedAsTheOrigin() throws IOException {
        String key = "cascade.reconcile.chunk-size";
        Path user = file("user.yaml", "cascade: {reconcile: {chunk-size: 11}}");
        Path root = file("root.yaml", "cascade:\n  reconcile:\n    chunk-size: 12");
        Map<String, String> environment = Map.of("CASCADE_RECONCILE_CHUNK_SIZE", "13");
        Map<String, String> options = Map.of(key, "14");
        List<Settings> growing = List.of(load(null, null), load(user, null), load(user, root),
                Settings.load(user, root, environment, Map.of()),
                Settings.load(user, root, environment, options));
        assertThat(growing).extracting(one -> one.properties().reconcile().chunkSize())
                .containsExactly(5000, 11, 12, 13, 14);
        assertThat(growing).extracting(one -> setting(one, key).origin())
                .containsExactly("default", user.toString(), root.toString(), "environment",
                        "option");
    }

    @Test
    void aFileThatIsNotThereOrEmptySaysNothing() throws IOException {
        assertThat(load(folder.resolve("none.yaml"), file("empty.yaml", "")).list())
                .isEqualTo(load(null, null).list());
    }

    @ParameterizedTest
    @Tag("EV-45")
    @CsvSource({"chunk-sise, cascade.reconcile.chunk-size",
            "chunksize, cascade.reconcile.chunk-size",
            "concurency, cascade.reconcile.concurrency"})
    void anUnknownKeyIsRefusedWithItsFileItsNameAndAGuess(String typo, String meant)
            throws IOException {
        Path file = file("cascade.yaml", "cascade: {reconcile: {%s: 5}}".formatted(typo));
        assertThatExceptionOfType(ConfigurationProblem.class).isThrownBy(() -> load(null, file))
                .withMessage("%s: unknown key cascade.reconcile.%s", file, typo)
                .satisfies(ex -> assertThat(ex.remedy()).isEqualTo(
                        "Did you mean %s?".formatted(meant)));
    }

    @Test
    void anUnknownKeyLikeNoOtherIsRefusedWithoutAGuess() throws IOException {
        Path file = file("cascade.yaml", "weather: sunny");
        assertThatExceptionOfType(ConfigurationProblem.class).isThrownBy(() -> load(file, null))
                .withMessageContaining("unknown key weather")
                .satisfies(ex -> assertThat(ex.remedy()).contains("docs/configuration.md"));
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> options(Map.of("cascade.nonsense", "1")))
                .withMessage("option: unknown key cascade.nonsense");
    }

    @Test
    void aKeyMayBeWrittenWithOtherCasesAndDashes() throws IOException {
        Path file = file("cascade.yaml",
                "cascade: {reconcile: {chunkSize: 7, max_file_size: 1MB}}");
        CascadeProperties.Reconcile reconcile = load(null, file).properties().reconcile();
        assertThat(reconcile.chunkSize()).isEqualTo(7);
        assertThat(reconcile.maxFileSize()).isEqualTo(DataSize.ofMegabytes(1));
    }

    @Test
    void durationsAndSizesHaveUnits() {
        CascadeProperties properties = options(Map.of("cascade.retry.backoff", "1500ms",
                "cascade.retry.max-backoff", "2d", "cascade.index.ram-buffer", "32MB",
                "cascade.layout", "Notes")).properties();
        assertThat(properties.retry().backoff()).isEqualTo(Duration.ofMillis(1500));
        assertThat(properties.retry().maxBackoff()).isEqualTo(Duration.ofDays(2));
        assertThat(properties.index().ramBuffer()).isEqualTo(DataSize.ofMegabytes(32));
        assertThat(properties.layout()).isEqualTo(CascadeProperties.LayoutChoice.NOTES);
    }

    @Test
    void valuesAreShownInTheLargestUnitThatSaysThemExactly() {
        Settings settings = options(Map.of("cascade.retry.backoff", "1500ms",
                "cascade.history.keep", "48h", "cascade.reconcile.max-file-size", "1500B"));
        assertThat(setting(settings, "cascade.retry.backoff").value()).isEqualTo("1500ms");
        assertThat(setting(settings, "cascade.history.keep").value()).isEqualTo("2d");
        assertThat(setting(settings, "cascade.reconcile.max-file-size").value())
                .isEqualTo("1500B");
    }

    @ParameterizedTest
    @CsvSource({"cascade.reconcile.chunk-size, 0", "cascade.reconcile.chunk-size, 10001",
            "cascade.reconcile.concurrency, -1", "cascade.reconcile.concurrency, 257",
            "cascade.reconcile.max-file-size, 1023B", "cascade.reconcile.max-file-size, 2GB",
            "cascade.retry.max-attempts, 0", "cascade.retry.backoff, 99ms",
            "cascade.retry.backoff, 61m", "cascade.retry.max-backoff, 1s",
            "cascade.retry.max-backoff, 8d", "cascade.retry.total-budget, 1001",
            "cascade.index.ram-buffer, 1KB", "cascade.history.keep, 59m",
            "cascade.history.tombstones, 3651d"})
    void aValueOutOfItsRangeIsRefusedWithKeyAndRange(String key, String value) {
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> options(Map.of(key, value)))
                .withMessageContaining(key)
                .withMessageContaining("outside of");
    }

    @ParameterizedTest
    @CsvSource({"cascade.reconcile.chunk-size, many", "cascade.retry.backoff, soon",
            "cascade.layout, tree", "cascade.index.ram-buffer, 64 elephants"})
    void aValueThatCannotBeReadIsRefusedWithKeyValueAndOrigin(String key, String value)
            throws IOException {
        Path file = file("cascade.yaml", "%s: %s".formatted(key, value));
        assertThatExceptionOfType(ConfigurationProblem.class).isThrownBy(() -> load(null, file))
                .withMessageContaining(key)
                .withMessageContaining(value)
                .withMessageContaining(file.toString());
    }

    @Test
    void aFileThatIsNoYamlIsRefusedWithItsLine() throws IOException {
        Path file = file("cascade.yaml", "cascade:\n  reconcile: {\n");
        assertThatExceptionOfType(ConfigurationProblem.class).isThrownBy(() -> load(null, file))
                .withMessageContaining(file + ", line ");
    }

    @Test
    void aKeyThatIsGivenTwiceIsRefused() throws IOException {
        Path file = file("cascade.yaml", "cascade: {layout: notes}\ncascade: {layout: everos}\n");
        assertThatExceptionOfType(ConfigurationProblem.class).isThrownBy(() -> load(null, file))
                .withMessageContaining("cascade");
    }

    @Test
    void aRootDoesNotSayWhoMayLookAtIt() throws IOException {
        String said = "cascade: {serve: {address: 0.0.0.0}}";
        Path file = file("cascade.yaml", said);
        assertThatThrownBy(() -> load(null, file)).isInstanceOf(ConfigurationProblem.class)
                .hasMessage(
                        "%s: cascade.serve.address cannot be set by a root, whose files may come from elsewhere",
                        file);
        assertThat(load(file, null).properties().serve().address()).isEqualTo("0.0.0.0");
    }

    @Test
    void aRootDoesNotSayWhereCopiesAreWritten() throws IOException {
        Path file = file("cascade.yaml", "cascade: {backup: {folder: /etc/cron.d}}");
        assertThatThrownBy(() -> load(null, file)).isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("cascade.backup.folder cannot be set by a root");
        assertThat(load(file, null).properties().backup().folder()).isEqualTo("/etc/cron.d");
    }
}
