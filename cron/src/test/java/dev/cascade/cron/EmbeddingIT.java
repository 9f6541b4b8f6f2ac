package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.steps.embed.EmbeddingEndpoint;

import static org.assertj.core.api.Assertions.assertThat;

/// The packaged product with an embedder: a real server on loopback.
class EmbeddingIT {

    private static final String KEY = "sk-secret-0123456789";

    @TempDir
    private Path folder;

    private final EmbeddingEndpoint endpoint = new EmbeddingEndpoint();
    private CascadeProcess cascade = CascadeProcess.in(Path.of("."));

    @BeforeEach
    void tree() throws IOException {
        Path root = Files.createDirectory(folder.resolve("notes"));
        Files.writeString(root.resolve("sea.md"),
                "# Sea\n\nThe boat leaves the harbour.\n\n# Land\n\nThe train leaves the station.\n");
        Files.writeString(root.resolve("kitchen.md"), "# Cake\n\nBake it for an hour.\n");
        cascade = with(KEY);
    }

    private CascadeProcess with(String key) {
        return CascadeProcess.in(folder)
                .env("CASCADE_ROOT", folder.resolve("notes").toString())
                .env("CASCADE_EMBEDDING_PROVIDER", "openai")
                .env("CASCADE_EMBEDDING_BASE_URL", endpoint.baseUrl())
                .env("CASCADE_EMBEDDING_MODEL", "m")
                .env("CASCADE_EMBEDDING_API_KEY", key);
    }

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    @Tag("EV-39")
    void aRunTellsWhatItAskedForAndSearchFindsByMeaning() {
        Result planned = cascade.run("sync", "--dry-run");
        assertThat(planned.stdout()).contains("3 texts to embed, about");
        assertThat(endpoint.requests()).isEmpty();
        Result synced = cascade.run("sync", "--json");
        assertThat(synced.exit()).as(synced.stdout()).isZero();
        assertThat(synced.json().path("embedding").toString())
                .isEqualTo("{\"texts\":3,\"cached\":0,\"requests\":1}");
        assertThat(cascade.run("status").stdout())
                .containsPattern("vectors: 0 owed, by m, 3 kept in \\d+ bytes");
        JsonNode found = cascade.run("search", "harbour boat", "--json").json();
        assertThat(found.path("mode").asString()).isEqualTo("hybrid");
        assertThat(found.at("/hits/0/path").asString()).isEqualTo("sea.md");
        assertThat(cascade.run("search", "harbour", "--mode", "vector", "--json",
                "--all-sections").json().path("hits").size()).isEqualTo(3);
        assertThat(cascade.run("search", "harbour", "--mode", "text", "--json")
                .json()
                .path("hits")
                .size()).isEqualTo(1);
    }

    @Test
    @Tag("EV-16")
    void withoutTheEmbedderTheWordsStillAnswer() {
        cascade.run("sync");
        endpoint.always(EmbeddingEndpoint.status(503));
        Result found = cascade.run("search", "harbour", "--json");
        assertThat(found.exit()).isZero();
        assertThat(found.json().path("mode").asString()).isEqualTo("text");
        assertThat(found.json().path("hits").size()).isEqualTo(1);
        assertThat(found.json().at("/warnings/0").asString()).contains("503");
        assertThat(cascade.run("search", "harbour", "--mode", "vector").exit()).isEqualTo(2);
        Result off = CascadeProcess.in(folder)
                .env("CASCADE_ROOT", folder.resolve("notes").toString())
                .run("search", "harbour", "--mode", "vector");
        assertThat(off.exit()).isEqualTo(2);
        assertThat(off.stderr()).contains("no embedder is configured");
    }

    @Test
    @Tag("FM-5")
    void anEmbedderThatFailsEndsWithFourAndStopsNoIndexing() {
        endpoint.always(EmbeddingEndpoint.status(401, "invalid_api_key", "",
                "Incorrect API key provided: " + KEY));
        Result synced = cascade.run("sync", "-v");
        assertThat(synced.exit()).isEqualTo(4);
        assertThat(synced.stdout() + synced.stderr()).contains("401")
                .doesNotContain("0123456789");
        assertThat(cascade.run("status").stdout()).contains("vectors: 3 owed")
                .doesNotContain("0123456789");
        assertThat(cascade.run("search", "harbour").exit()).isZero();
    }

    @Test
    void theKeyIsMaskedAndStaysAtHome() throws IOException {
        assertThat(cascade.run("config", "show").stdout()).contains("********")
                .doesNotContain("0123456789");
        Files.writeString(folder.resolve("notes/cascade.yaml"),
                "cascade: {embedding: {provider: openai, model: m, base-url: '%s'}}"
                        .formatted(endpoint.baseUrl()));
        Result synced = CascadeProcess.in(folder)
                .env("CASCADE_ROOT", folder.resolve("notes").toString())
                .env("CASCADE_EMBEDDING_API_KEY", KEY)
                .run("sync");
        assertThat(synced.exit()).as(synced.stderr()).isZero();
        assertThat(synced.stderr()).contains("the API key is not sent to " + endpoint.baseUrl());
        assertThat(endpoint.requests()).isNotEmpty()
                .allSatisfy(request -> assertThat(request.authorization()).isNull());
    }
}
