package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.steps.embed.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;

/// The packaged product with a model of this machine.
class OnnxIT {

    @TempDir
    private Path folder;

    private CascadeProcess cascade = CascadeProcess.in(Path.of("."));

    @BeforeEach
    void tree() throws IOException {
        Path root = Files.createDirectory(folder.resolve("notes"));
        Files.writeString(root.resolve("sea.md"),
                "# Sea\n\nThe boat leaves the harbour.\n\n# Land\n\nThe train leaves the station.\n");
        Files.writeString(root.resolve("kitchen.md"), "# Cake\n\nBake it for an hour.\n");
        TinyModel.of("the", "leaves", "sea", "land", "cake", "bake", "it", "for", "an", "hour")
                .synonyms("boat", "vessel")
                .synonyms("harbour", "port")
                .synonyms("train", "railway")
                .synonyms("station", "terminus")
                .in(folder.resolve("tiny"));
        cascade = CascadeProcess.in(folder)
                .env("CASCADE_ROOT", root.toString())
                .env("CASCADE_EMBEDDING_PROVIDER", "onnx")
                .env("CASCADE_EMBEDDING_MODEL_FOLDER", folder.resolve("tiny").toString());
    }

    private List<String> found(String query, String mode) {
        Result found = cascade.run("search", query, "--mode", mode, "--json");
        assertThat(found.exit()).as(found.stdout() + found.stderr()).isZero();
        assertThat(found.json().path("mode").asString()).isEqualTo(mode);
        return found.json()
                .path("hits")
                .valueStream()
                .map(hit -> hit.path("title").asString(""))
                .toList();
    }

    @Test
    void aQueryWithoutACommonWordFindsWhatMeansTheSame() throws IOException {
        assertThat(cascade.run("sync", "--dry-run").stdout()).contains("3 texts to embed, about");
        Result synced = cascade.run("sync", "--json");
        assertThat(synced.exit()).as(synced.stdout() + synced.stderr()).isZero();
        assertThat(synced.json().path("embedding").toString())
                .isEqualTo("{\"texts\":3,\"cached\":0,\"requests\":1}");
        assertThat(synced.stderr()).isEmpty();
        assertThat(cascade.run("status").stdout()).contains("vectors: 0 owed, by tiny");
        assertThat(found("vessel port", "text")).isEmpty();
        assertThat(found("vessel port", "hybrid")).startsWith("Sea");
        assertThat(found("railway terminus", "vector")).startsWith("Land");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("what lies in the home afterwards")
                    .extracting(path -> path.getFileName().toString())
                    .doesNotContain(".djl.ai");
        }
    }

    @Test
    @Tag("EV-16")
    void withoutTheModelTheWordsStillAnswer() throws IOException {
        cascade.run("sync");
        Files.move(folder.resolve("tiny"), folder.resolve("away"));
        Result found = cascade.run("search", "harbour", "--json");
        assertThat(found.exit()).isZero();
        JsonNode answer = found.json();
        assertThat(answer.path("mode").asString()).isEqualTo("text");
        assertThat(answer.path("hits").size()).isEqualTo(1);
        assertThat(found.stderr()).contains("tiny/model.onnx cannot be read");
        Files.writeString(folder.resolve("notes/more.md"), "# More\n\nThe port.\n");
        assertThat(cascade.run("sync").exit()).isEqualTo(4);
        assertThat(cascade.run("search", "port", "--mode", "text").stdout()).contains("More");
    }

    @Test
    void nativeCodeThatCannotBeLoadedIsSaidAndStopsNoIndexing() {
        Result synced = cascade.env("RUST_LIBRARY_PATH", folder.resolve("none").toString())
                .run("sync");
        assertThat(synced.exit()).isEqualTo(4);
        assertThat(synced.stderr() + synced.stdout())
                .contains("native code of the library tokenizers cannot be loaded", "openai");
        assertThat(cascade.run("search", "harbour").stdout()).contains("Sea");
    }

    @Test
    void aRootThatNamesAModelIsRefused() throws IOException {
        Files.writeString(folder.resolve("notes/cascade.yaml"),
                "cascade: {embedding: {provider: onnx, model-folder: '%s'}}"
                        .formatted(folder.resolve("tiny")));
        Result refused = cascade.env("CASCADE_EMBEDDING_MODEL_FOLDER", null).run("sync");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.stderr()).contains("model-folder cannot be set by a root");
    }
}
