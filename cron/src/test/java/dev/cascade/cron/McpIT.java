package dev.cascade.cron;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cascade.cron.CascadeProcess.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// `cascade mcp` as an agent's client starts it: a process, and its two pipes.
class McpIT {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String EPISODE = "default_app/default_project/users/mira/episodes/episode-2026-03-04.md";

    @TempDir
    static Path folder;

    private static final List<String> COMPLAINTS = new CopyOnWriteArrayList<>();

    private final McpSyncClient client = shared();
    private static @Nullable McpSyncClient running;

    /// One server for all tests: whatever was asked before, it answers.
    private static McpSyncClient shared() {
        McpSyncClient client = running;
        if (client == null) {
            Trees.memory(root());
            Trees.file(folder, "secret.md", "hidden from all\n");
            Trees.file(root(), "default_app/.git/hidden.md", "hidden from all\n");
            assertThat(cascade().run("sync").exit()).isZero();
            client = client(root());
            running = client;
        }
        return client;
    }

    @AfterAll
    static void close() {
        if (running != null) {
            running.close();
        }
    }

    private static Path root() {
        return folder.resolve("memory");
    }

    private static CascadeProcess cascade() {
        return CascadeProcess.in(folder).env("CASCADE_ROOT", root().toString());
    }

    private static McpSyncClient client(Path root) {
        StdioClientTransport transport = new StdioClientTransport(
                ServerParameters.builder(CascadeProcess.launcher().toString())
                        .args("mcp", "--root", root.toString())
                        .addEnvVar("CASCADE_BUILD", "never")
                        .build(),
                new JacksonMcpJsonMapper(JSON));
        transport.setStdErrorHandler(COMPLAINTS::add);
        McpSyncClient client = McpClient.sync(transport)
                .requestTimeout(Duration.ofSeconds(90))
                .initializationTimeout(Duration.ofSeconds(90))
                .build();
        client.initialize();
        return client;
    }

    private static CallToolResult call(McpSyncClient client, String tool,
            Map<String, Object> arguments) {
        return client.callTool(McpSchema.CallToolRequest.builder(tool)
                .arguments(arguments)
                .build());
    }

    private static String text(CallToolResult result) {
        assertThat(result.content()).hasSize(1);
        return ((TextContent) result.content().getFirst()).text();
    }

    private static JsonNode json(McpSyncClient client, String tool,
            Map<String, Object> arguments) {
        CallToolResult result = call(client, tool, arguments);
        assertThat(result.isError()).as(text(result)).isFalse();
        return JSON.readTree(text(result));
    }

    @Test
    void anAgentSearchesReadsAndSeesHowFreshItIs() {
        assertThat(client.getServerInfo().name()).isEqualTo("cascade");
        assertThat(client.getServerInstructions()).contains("search index");
        assertThat(client.listTools().tools()).extracting(McpSchema.Tool::name)
                .containsExactlyInAnyOrder("search", "get", "status", "sync");
        assertThat(client.listTools().tools())
                .allSatisfy(tool -> assertThat(tool.description()).hasSizeGreaterThan(80));

        JsonNode found = json(client, "search",
                Map.of("query", "greenhouse sensors", "limit", 3, "context", 1));
        assertThat(found).isEqualTo(cascade().run("search", "greenhouse sensors", "--limit", "3",
                "-C", "1", "--json").json());
        assertThat(found.at("/hits/0/path").asString()).isEqualTo(EPISODE);
        assertThat(found.at("/freshness/as_of").asString()).endsWith("Z");

        String row = found.at("/hits/0/row_id").asString();
        assertThat(json(client, "get", Map.of("row_id", row)).at("/entries/0/path").asString())
                .isEqualTo(EPISODE);
        assertThat(json(client, "get", Map.of("path", EPISODE)).path("entries")).hasSize(2);
        JsonNode lines = json(client, "get",
                Map.of("path", EPISODE, "from_line", 12, "to_line", 14));
        assertThat(lines.path("text").asString()).isEqualTo(String.join("\n",
                lines(EPISODE).subList(11, 14)));
        assertThat(lines.path("total_lines").asInt()).isEqualTo(lines(EPISODE).size());
        assertThat(json(client, "status", Map.of()).at("/health/verdict").asString())
                .isEqualTo("healthy");
        assertThat(COMPLAINTS).isEmpty();
    }

    private List<String> lines(String path) {
        try {
            return Files.readAllLines(root().resolve(path));
        } catch (IOException ex) {
            throw new java.io.UncheckedIOException(ex);
        }
    }

    @Test
    void anAgentBringsTheIndexInStepWithWhatItWrote() throws IOException {
        Path file = root().resolve(EPISODE);
        Files.writeString(file,
                Files.readString(file).replace("greenhouse sensors", "zeppelin sensors"));
        CallToolResult behind = call(client, "search",
                Map.of("query", "zeppelin", "require_fresh", true));
        assertThat(behind.isError()).isTrue();
        assertThat(text(behind)).contains("the tree has moved on", "1 modified", "sync=true");
        JsonNode synced = json(client, "sync", Map.of());
        assertThat(synced.at("/files/modified").asInt()).isEqualTo(1);
        assertThat(synced.path("outcome").asString()).isEqualTo("completed");
        assertThat(json(client, "search", Map.of("query", "zeppelin", "require_fresh", true))
                .path("hits")).isNotEmpty();
        assertThat(json(client, "sync", Map.of("paths", List.of(EPISODE))).at("/files/seen")
                .asInt()).isEqualTo(1);
        assertThat(json(client, "sync", Map.of("paths", List.of("./", EPISODE))).at("/files/seen")
                .asInt()).isEqualTo(15);
        Files.writeString(file,
                Files.readString(file).replace("zeppelin sensors", "balloon sensors"));
        assertThat(json(client, "search", Map.of("query", "balloon", "sync", true)).path("hits"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "search | {}", "search | {\"query\": \" \"}",
            "search | {\"query\": \"x\", \"limit\": 0}",
            "search | {\"query\": \"x\", \"limit\": 5000}",
            "search | {\"query\": \"x\", \"mode\": \"guess\"}",
            "search | {\"query\": \"x\", \"kinds\": [\"zebra\"]}",
            "search | {\"query\": \"x\", \"kinds\": \"note\"}",
            "search | {\"query\": \"x\", \"since\": \"soon\"}",
            "search | {\"query\": \"x\", \"in\": \"../..\"}",
            "search | {\"query\": \"x\", \"mode\": \"vector\"}",
            "get | {}", "get | {\"path\": \"/etc/passwd\"}",
            "get | {\"path\": \"../secret.md\", \"from_line\": 1}",
            "get | {\"path\": \"/etc/passwd\", \"from_line\": 1}",
            "get | {\"path\": \".cascade/root-id\", \"from_line\": 1}",
            "get | {\"path\": \"default_app//.git/hidden.md\", \"from_line\": 1}",
            "get | {\"path\": \"default_app/./.git/hidden.md\", \"from_line\": 1}",
            "search | {\"query\": \"x\", \"in\": \"a//b\"}",
            "get | {\"path\": \"nothing.md\"}", "get | {\"row_id\": \"x\", \"path\": \"y\"}",
            "sync | {\"paths\": [\"../elsewhere\"]}", "sync | {\"paths\": [\"absent.md\"]}"})
    void aCallThatMakesNoSenseIsAnErrorAndNotTheEnd(String tool, String arguments) {
        @SuppressWarnings("unchecked")
        Map<String, Object> given = JSON.readValue(arguments, Map.class);
        CallToolResult result = call(client, tool, given);
        assertThat(result.isError()).as(text(result)).isTrue();
        assertThat(text(result)).isNotBlank().doesNotContain("hidden from all", "Exception");
        assertThat(json(client, "status", Map.of()).path("queue").isObject()).isTrue();
    }

    @Test
    @Tag("IAI-05")
    void anAgentIsToldOfTheRunThatIsInItsWay() throws Exception {
        try (FileChannel lock = FileChannel.open(root().resolve(".cascade/lock"),
                StandardOpenOption.WRITE); FileLock _ = lock.lock()) {
            CallToolResult result = call(client, "sync", Map.of());
            assertThat(result.isError()).isTrue();
            assertThat(text(result)).contains("another run holds", "Wait and call again");
        }
        assertThat(json(client, "sync", Map.of()).path("outcome").asString())
                .isEqualTo("completed");
    }

    @Test
    void aRootWithoutAnIndexIsAnErrorThatSaysWhatToDo() {
        Path fresh = Trees.memory(folder.resolve("fresh"));
        McpSyncClient other = client(fresh);
        CallToolResult result = call(other, "search", Map.of("query", "greenhouse"));
        assertThat(result.isError()).isTrue();
        assertThat(text(result)).contains("cascade sync");
        assertThat(json(other, "sync", Map.of()).at("/files/added").asInt()).isEqualTo(15);
        assertThat(json(other, "search", Map.of("query", "greenhouse")).path("hits"))
                .isNotEmpty();
        other.close();
    }

    @Test
    void theServerEndsWithItsInput() {
        Result ended = cascade().stdin("").run("mcp");
        assertThat(ended.exit()).as(ended.stderr()).isZero();
        assertThat(ended.stdout()).isEmpty();
        Result nonsense = cascade().stdin("no JSON at all\n").run("mcp");
        assertThat(nonsense.exit()).isEqualTo(1);
        assertThat(nonsense.stderr()).contains("no JSON-RPC message");
        assertThat(nonsense.stdout()).isEmpty();
        assertThat(cascade().run("mcp", "--json").exit()).isEqualTo(2);
    }
}
