package dev.cascade.cron.web;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.micrometer.observation.ObservationRegistry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.cron.schedule.Journal;
import dev.cascade.cron.schedule.Serving;
import dev.cascade.cron.schedule.SettingsSource;

import static org.assertj.core.api.Assertions.assertThat;

/// The description of the API that the product ships is that of its code. To write it anew, run this test
/// with `-Dcascade.describe=true`.
class ApiDescriptionTest {

    private static final Path SHIPPED = Path
            .of("src/main/resources/dev/cascade/cron/web/openapi.json");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    @TempDir
    static Path folder;

    private static JsonNode made;

    @BeforeAll
    static void describe() throws Exception {
        Home home = Home.of(folder, null);
        Files.createDirectories(home.state());
        Map<String, String> anyPort = Map.of("cascade.serve.port", "0");
        Settings settings = Settings.load(null, null, Map.of(), anyPort);
        try (Web web = Web.start(settings.properties().serve(), serving(home, settings),
                ObservationRegistry.NOOP, Clock.systemUTC());
                HttpClient client = HttpClient.newHttpClient()) {
            String body = client
                    .send(HttpRequest.newBuilder(web.address().resolve("v3/api-docs")).build(),
                            BodyHandlers.ofString())
                    .body();
            made = JSON.readTree(body);
        }
        if (Boolean.getBoolean("cascade.describe")) {
            write();
        }
    }

    /// Nothing is on its schedule as long as nobody lets it serve.
    private static Serving serving(Home home, Settings settings) {
        Journal silent = (Journal) Proxy.newProxyInstance(Journal.class.getClassLoader(),
                new Class<?>[]{Journal.class}, (_, _, _) -> null);
        return new Serving(List.of(home), new SettingsSource() {

            @Override
            public Settings load(Home of) {
                return settings;
            }

            @Override
            public List<Path> files(Home of) {
                return List.of();
            }
        }, silent, ObservationRegistry.NOOP, Clock.systemUTC());
    }

    private static void write() throws IOException {
        Files.writeString(SHIPPED, JSON.writeValueAsString(JSON.treeToValue(made, Object.class))
                + "\n");
    }

    @Test
    void isWhatTheProductShips() {
        assertThat(made.at("/paths").propertyNames()).as("paths").hasSizeGreaterThan(12);
        assertThat(JSON.readTree(SHIPPED.toFile()).equals(made))
                .as("%s describes the API", SHIPPED)
                .isTrue();
    }

    @Test
    void saysWhatEachCallIsFor() {
        made.at("/paths")
                .forEach(path -> path.forEach(call -> assertThat(call.at("/summary")
                        .asString()).as(call.at("/operationId").asString()).isNotEmpty()));
    }

    @Test
    void asksForTheTokenWhereverSomethingIsChanged() {
        made.at("/paths").forEach(path -> {
            JsonNode post = path.at("/post");
            if (!post.isMissingNode()) {
                assertThat(post.at("/security/0").has("token")).isTrue();
            }
        });
    }

    @Test
    void namesThingsAsTheApiDoes() {
        JsonNode status = made.at("/components/schemas/Status/properties");
        assertThat(status.propertyNames()).contains("oldest_pending_seconds", "last_run");
        assertThat(made.at("/components/schemas/RunTold/properties/outcome/enum").toString())
                .contains("completed_with_failures");
    }
}
