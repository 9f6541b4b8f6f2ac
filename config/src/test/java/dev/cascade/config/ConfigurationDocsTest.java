package dev.cascade.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// The settings as they are, as the docs tell them, and as a new root's `cascade.yaml` tells them.
class ConfigurationDocsTest {

    private static final Pattern ROW = Pattern
            .compile("(?m)^\\| `(cascade\\.[a-z.-]+)` +\\| `?([^|`]*)`? *\\|");

    private static final Pattern COMMENTED_KEY = Pattern.compile("(?m)^( *)#([a-z-]+:)");

    @TempDir
    Path folder;

    private final Map<String, String> defaults = Settings.load(null, null, Map.of(), Map.of())
            .list()
            .stream()
            .collect(Collectors.toMap(Settings.Setting::key, Settings.Setting::value));

    @Test
    void theDocsListEveryKeyWithItsDefault() throws IOException {
        Path docs = Path.of("..", "docs", "configuration.md");
        Map<String, String> told = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(docs));
        while (row.find()) {
            told.put(row.group(1), row.group(2).strip());
        }
        assertThat(told).as("rows of docs/configuration.md").isEqualTo(defaults);
    }

    @Test
    void theCommentedFileListsEveryKeyWithItsDefault() throws IOException {
        String uncommented = COMMENTED_KEY.matcher(CommentedSettings.text()).replaceAll("$1$2");
        Path file = Files.writeString(folder.resolve("cascade.yaml"), uncommented);
        // As the user's own file: what a root may not say stands in it too.
        Settings settings = Settings.load(file, null, Map.of(), Map.of());
        assertThat(settings.list()).allSatisfy(setting -> assertThat(setting.origin())
                .as("%s stands in cascade.yaml", setting.key())
                .isEqualTo(file.toString()));
        assertThat(settings.list()).allSatisfy(setting -> assertThat(setting.value())
                .as(setting.key())
                .isEqualTo(defaults.get(setting.key())));
    }

    @Test
    void theCommentedFileChangesNothingAsItStands() throws IOException {
        Path file = Files.writeString(folder.resolve("cascade.yaml"), CommentedSettings.text());
        assertThat(Settings.load(null, file, Map.of(), Map.of()).list())
                .allSatisfy(setting -> assertThat(setting.origin()).isEqualTo("default"));
    }
}
