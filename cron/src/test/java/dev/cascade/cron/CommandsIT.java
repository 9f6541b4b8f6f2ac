package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cascade.cron.CascadeProcess.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// What every command has in common, and the commands that need no index.
class CommandsIT {

    @TempDir
    Path folder;

    private CascadeProcess cascade;

    @BeforeEach
    void begin() {
        cascade = CascadeProcess.in(folder);
    }

    @Test
    void versionTellsVersionBuildAndJava() {
        Result text = cascade.run("version");
        assertThat(text.exit()).isZero();
        assertThat(text.stdout()).startsWith("cascade 0.").contains("build ", "java ");
        assertThat(text.stderr()).isEmpty();

        Result json = cascade.run("--json", "version");
        assertThat(json.json().propertyNames()).containsExactly("version", "build", "java",
                "java_home");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "init --help", "config show --help", "completion -h"})
    void helpGoesToStdout(String words) {
        Result result = cascade.run(words.split(" "));
        assertThat(result.exit()).isZero();
        assertThat(result.stdout()).startsWith("Usage: cascade");
        assertThat(result.stderr()).isEmpty();
    }

    @Test
    void anUnknownOptionIsRefusedWithTheOneThatWasMeant() {
        Result text = cascade.run("version", "--jsn");
        assertThat(text.exit()).isEqualTo(2);
        assertThat(text.stdout()).isEmpty();
        assertThat(text.stderr()).contains("--jsn", "Did you mean --json?").hasLineCount(2);

        Result json = cascade.run("version", "--json", "--colour");
        assertThat(json.exit()).isEqualTo(2);
        assertThat(json.stderr()).isEmpty();
        assertThat(json.json().path("error").path("code").asInt()).isEqualTo(2);
        assertThat(json.json().path("error").path("message").asString()).contains("--colour");
        assertThat(json.json().path("error").propertyNames()).containsExactly("code", "message",
                "hint");
    }

    @Test
    void anUnknownCommandIsRefusedWithTheOneThatWasMeant() {
        Result result = cascade.run("verison");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.stderr()).contains("'verison'", "Did you mean version?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "config"})
    void aMissingCommandIsRefused(String words) {
        Result result = words.isEmpty() ? cascade.run() : cascade.run(words);
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.stderr()).contains("a command is missing").hasLineCount(2);
    }

    @Test
    void anUnknownKeyIsRefusedWithFileAndTheKeyThatWasMeant() throws IOException {
        Path root = Files.createDirectories(folder.resolve("root"));
        Files.writeString(root.resolve("cascade.yaml"),
                "cascade:\n  reconcile:\n    chunk-siz: 3\n");
        Result result = cascade.run("config", "show", "--root", root.toString());
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.stderr()).contains("cascade.yaml", "cascade.reconcile.chunk-siz",
                "Did you mean cascade.reconcile.chunk-size?");
    }

    @Test
    void aValueOutOfRangeIsRefused() {
        Result result = cascade.run("config", "show", "--set", "retry.max-attempts=99");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.stderr()).contains("cascade.retry.max-attempts is 99");
    }

    @Test
    void settingsOfLaterSourcesWin() throws IOException {
        Path root = Files.createDirectories(folder.resolve("root"));
        write(folder.resolve(".config/cascade/cascade.yaml"), "cascade.retry.max-attempts: 4\n");
        assertThat(attempts("user file", "4")).endsWith("cascade.yaml");

        write(root.resolve("cascade.yaml"), "cascade:\n  retry:\n    max-attempts: 5\n");
        assertThat(attempts("root file", "5", "--root", root.toString()))
                .isEqualTo(root.resolve("cascade.yaml").toString());

        cascade.env("CASCADE_RETRY_MAX_ATTEMPTS", "6");
        assertThat(attempts("environment", "6", "--root", root.toString()))
                .isEqualTo("environment");
        assertThat(attempts("option", "7", "--set", "retry.max-attempts=7")).isEqualTo("option");
    }

    private String attempts(String source, String value, String... more) {
        String[] args = new String[more.length + 3];
        args[0] = "config";
        args[1] = "show";
        args[2] = "--json";
        System.arraycopy(more, 0, args, 3, more.length);
        return cascade.run(args)
                .json()
                .path("settings")
                .valueStream()
                .filter(setting -> setting.path("key")
                        .asString()
                        .equals("cascade.retry.max-attempts"))
                .peek(setting -> assertThat(setting.path("value").asString()).as(source)
                        .isEqualTo(value))
                .map(setting -> setting.path("origin").asString())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theUserFileCanBeNamed() throws IOException {
        write(folder.resolve("mine.yaml"), "cascade.index.ram-buffer: 32MB\n");
        Result result = cascade.run("config", "show", "--config", "mine.yaml");
        assertThat(result.stdout()).containsPattern("cascade.index.ram-buffer +32MB +mine.yaml");
        assertThat(cascade.run("config", "show", "--config", "none.yaml").exit()).isEqualTo(2);
    }

    @Test
    void completionIsAScriptThatBashReads() throws IOException {
        Result script = cascade.run("completion", "bash");
        assertThat(script.stdout()).contains("--state-dir").contains("version");
        Files.writeString(folder.resolve("cascade.bash"), script.stdout());
        assertThat(cascade.shell("bash -n cascade.bash").exit()).isZero();
        assertThat(cascade.run("completion", "zsh").stdout()).startsWith("#compdef cascade");
        assertThat(cascade.run("completion", "fish").exit()).isEqualTo(2);
    }

    @Test
    void aReaderThatGoesAwayIsNoError() {
        Result result = cascade.shell(
                "cascade completion bash | head -n 1; echo \"${PIPESTATUS[0]}\"");
        assertThat(result.stdout().lines().toList()).hasSize(2).last().isEqualTo("0");
        assertThat(result.stderr()).isEmpty();
    }

    @Test
    void aFullDiskUnderStdoutIsAnError() {
        Result result = cascade.shell("cascade version >/dev/full");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.stderr()).contains("cannot be written");
    }

    @Test
    void initMakesAFolderAndCommentedSettingsAndKeepsBothTheSecondTime() throws IOException {
        Path root = Files.createDirectories(folder.resolve("notes"));
        Path note = Files.writeString(root.resolve("a.md"), "# A\n");
        Result first = cascade.run("init", "--root", root.toString());
        assertThat(first.exit()).isZero();
        assertThat(first.stdout()).contains("layout: notes", "cascade sync --root " + root);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(
                ".cascade")))).isEqualTo("rwx------");
        assertThat(cascade.run("init", "--print").stdout())
                .isEqualToIgnoringNewLines(Files.readString(root.resolve("cascade.yaml")));

        Files.writeString(root.resolve("cascade.yaml"), "cascade.layout: notes\n");
        Result second = cascade.run("init", "--json", "--root", root.toString());
        assertThat(second.exit()).isZero();
        assertThat(second.json().path("settings_written").asBoolean()).isFalse();
        assertThat(second.json().path("warnings")).hasSize(1);
        assertThat(root.resolve("cascade.yaml")).hasContent("cascade.layout: notes");
        assertThat(cascade.run("init", "--force", "--root", root.toString()).exit()).isZero();
        assertThat(root.resolve("cascade.yaml")).content().contains("#chunk-size: 5000");
        assertThat(note).hasContent("# A");
    }

    @Test
    void theRootIsTheOptionElseTheVariableElseTheNearestFolderUpwards() throws IOException {
        Files.createDirectories(folder.resolve(".cascade"));
        Path other = Files.createDirectories(folder.resolve("other"));
        Path third = Files.createDirectories(folder.resolve("third"));
        assertThat(rootShown()).isEqualTo(folder.toRealPath().toString());
        cascade.env("CASCADE_ROOT", other.toString());
        assertThat(rootShown()).isEqualTo(other.toString());
        assertThat(rootShown("--root", third.toString())).isEqualTo(third.toString());
        assertThat(cascade.run("--root", "none", "config", "show").exit()).isEqualTo(2);
    }

    private String rootShown(String... more) {
        String[] args = java.util.stream.Stream.concat(java.util.stream.Stream.of(more),
                java.util.stream.Stream.of("config", "show", "--json")).toArray(String[]::new);
        return cascade.run(args).json().path("root").asString();
    }

    @Test
    @Tag("EV-72")
    void aStackTraceAppearsOnlyWithVerbose() {
        assertThat(cascade.run("nothing").stderr()).doesNotContain("\tat ");
        assertThat(cascade.run("nothing", "-v").stderr()).contains("\tat ");
    }

    @Test
    void aPipeGetsNoColoursAndNoControlCharacters() {
        Result result = cascade.run("\u001b[31mred");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.stderr()).contains("\\u001b[31mred").doesNotContain("\u001b");
    }

    @Test
    void aRunThatFindsNothingToDoIsRecordedOnlyIfThatIsWanted() throws IOException {
        write(folder.resolve("notes/a.md"), "# A\n");
        sync();
        sync();
        assertThat(executions()).isEqualTo(1);
        sync("--set", "history.record-no-op-runs=true");
        assertThat(executions()).isEqualTo(2);
    }

    private void sync(String... more) {
        String[] args = java.util.stream.Stream.concat(
                java.util.stream.Stream.of("sync", "--root", "notes"),
                java.util.stream.Stream.of(more)).toArray(String[]::new);
        Result result = cascade.run(args);
        assertThat(result.exit()).as(result.stderr()).isZero();
    }

    private int executions() {
        return cascade.run("jobs", "list", "--json", "--root", "notes")
                .json()
                .path("executions")
                .size();
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
