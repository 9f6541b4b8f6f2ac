package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.cron.schedule.Soon;

import static org.assertj.core.api.Assertions.assertThat;

/// The commands that only look, over a memory root that was indexed once.
class LookingIT {

    private static final String EPISODE = "default_app/default_project/users/mira/episodes/episode-2026-03-04.md";

    @TempDir
    static Path folder;

    private static Result indexed;

    private final CascadeProcess cascade = CascadeProcess.in(folder)
            .env("CASCADE_ROOT",
                    folder.resolve("memory").toString());

    @BeforeAll
    static void index() {
        Path root = Trees.memory(folder.resolve("memory"));
        indexed = CascadeProcess.in(folder).run("sync", "--json", "--root", root.toString());
    }

    private JsonNode json(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--json");
        Result result = cascade.run(all.toArray(String[]::new));
        assertThat(result.exit()).as(result.stdout()).isZero();
        return result.json();
    }

    @Test
    void syncTellsTheRunWithTheKeysOfTheContract() {
        JsonNode told = indexed.json();
        assertThat(indexed.exit()).isZero();
        assertThat(told.propertyNames()).contains("execution_id", "job", "outcome", "files",
                "entries", "embedding", "duration_ms", "more", "failures", "warnings");
        assertThat(told.path("job").asString()).isEqualTo("reconcile");
        assertThat(told.path("outcome").asString()).isEqualTo("completed");
        assertThat(told.path("files").propertyNames()).containsExactly("seen", "added", "modified",
                "deleted", "unchanged", "indexed", "failed", "deferred");
        assertThat(told.path("entries").propertyNames()).containsExactly("upserted", "deleted",
                "kept");
        assertThat(told.path("embedding").propertyNames()).containsExactly("texts", "cached",
                "requests");
        assertThat(told.path("files").path("indexed").asInt()).isEqualTo(15);
        assertThat(told.path("more").asBoolean()).isFalse();
        assertThat(told.path("failures").isArray()).isTrue();
    }

    @Test
    @Tag("EV-32")
    void statusShowsTheBlockThatUsersKnow() {
        Result status = cascade.run("status");
        assertThat(status.exit()).isZero();
        assertThat(status.stdout()).startsWith("""
                queue:
                  pending:                   0
                  done:                      15
                  failed (retryable=TRUE):   0     (eligible for `cascade fix --apply`)
                  failed (retryable=FALSE):  0     (fix md and re-save to recover)
                lsn:
                  max:            15
                  last_processed: 15
                  lag:            0
                """).contains("health: healthy", "last run: reconcile 1, completed", "next: ");
        assertThat(status.stderr()).isEmpty();
    }

    @Test
    @Tag("EV-32")
    @Tag("EV-33")
    @Tag("IAI-15")
    @Tag("IAI-16")
    void statusAsJsonHasEveryKeyAndNullForWhatIsUnknown() {
        JsonNode status = json("status");
        assertThat(status.propertyNames()).contains("root", "health", "queue", "lsn",
                "oldest_pending_seconds", "index", "last_run", "paused", "gates", "next_step");
        assertThat(status.path("health").propertyNames()).containsExactly("verdict", "reasons");
        assertThat(status.path("queue").propertyNames()).containsExactly("pending", "done",
                "failed_retryable", "failed_permanent", "kept");
        assertThat(status.path("lsn").propertyNames()).containsExactly("max", "last_processed",
                "lag");
        assertThat(status.path("index").propertyNames()).contains("generation", "schema", "files",
                "entries", "bytes", "entries_without_vector", "as_of");
        assertThat(status.path("last_run").propertyNames()).contains("execution_id", "job",
                "outcome", "started_at", "ended_at", "skip_reason");
        assertThat(status.path("oldest_pending_seconds").isNull()).isTrue();
        assertThat(status.path("paused").isNull()).isTrue();
        assertThat(status.path("last_run").path("skip_reason").isNull()).isTrue();
        assertThat(status.path("last_run").path("ended_at").asString()).endsWith("Z");
        assertThat(status.path("index").path("bytes").asLong()).isPositive();
    }

    @Test
    void statusCanBeWatchedUntilCtrlC() {
        try (CascadeProcess.Running watching = cascade.background("status", "--watch")) {
            Soon.expect(Duration.ofSeconds(30), "a second look",
                    () -> watching.stdout().lines().filter("queue:"::equals).count() >= 2);
            assertThat(watching.signal("INT").end(Duration.ofSeconds(10)).exit())
                    .isEqualTo(130);
        }
    }

    @Test
    void searchTellsHitsWithTheKeysOfTheContract() {
        JsonNode found = json("search", "greenhouse", "sensors");
        assertThat(found.propertyNames()).contains("query", "mode", "freshness", "hits");
        assertThat(found.path("freshness").propertyNames()).containsExactly("as_of", "pending",
                "failed");
        JsonNode hit = found.path("hits").get(0);
        assertThat(hit.propertyNames()).contains("rank", "score", "path", "line", "kind", "row_id",
                "entry_id", "parent_id", "title", "snippet", "app", "project", "owner_id",
                "timestamp", "stale");
        assertThat(hit.path("path").asString()).isEqualTo(EPISODE);
        assertThat(hit.path("line").asInt()).isEqualTo(14);
        assertThat(hit.path("timestamp").asString()).isEqualTo("2026-03-04T08:15:00Z");
        assertThat(cascade.run("search", "greenhouse", "sensors").stdout())
                .matches("(?s) +\\d+\\.\\d\\d  " + EPISODE
                        + ":14  Moving the greenhouse sensors\n.*");
    }

    @ParameterizedTest
    @CsvSource({"--kind, atomic_fact, /kind", "--owner, mira, /owner_id"})
    void searchKeepsToWhatItIsLimitedTo(String option, String value, String pointer) {
        JsonNode hits = json("search", "greenhouse", "--app", "default", "--project", "default",
                option,
                value)
                .path("hits");
        assertThat(hits.valueStream()).isNotEmpty()
                .allSatisfy(hit -> assertThat(hit.at(pointer).asString()).isEqualTo(value));
    }

    @Test
    void searchKeepsToLimitDateAndFolder() {
        assertThat(json("search", "probe", "--limit", "1").path("hits")).hasSize(1);
        assertThat(json("search", "greenhouse", "--since", "2030-01-01").path("hits")).isEmpty();
        assertThat(json("search", "probe", "--in", EPISODE).path("hits").valueStream())
                .isNotEmpty()
                .allSatisfy(hit -> assertThat(hit.path("path").asString()).isEqualTo(EPISODE));
        assertThat(json("search", "greenhouse", "--owner", "nobody").path("hits")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"--limit, 0", "--since, soon", "--kind, zebra"})
    void aFilterThatMakesNoSenseIsRefused(String option, String value) {
        Result result = cascade.run("search", "probe", "--json", option, value);
        assertThat(result.exit()).as(result.stdout()).isEqualTo(2);
        assertThat(result.json().at("/error/message").asString()).contains(value);
    }

    @Test
    void getShowsAnEntryOrAFileWithItsParents() {
        JsonNode file = json("get", EPISODE);
        assertThat(file.path("entries")).hasSize(2);
        JsonNode entry = json("get", "mira_af_20260304_00000001", "--parents").path("entries")
                .get(0);
        assertThat(entry.path("kind").asString()).isEqualTo("atomic_fact");
        assertThat(entry.at("/parents/0/entry_id").asString()).isEqualTo("ep_20260304_00000001");
        assertThat(cascade.run("get", "mira_af_20260304_00000001", "--parents").stdout())
                .contains("came from " + EPISODE + ":14");
        Result nothing = cascade.run("get", "nothing", "--json");
        assertThat(nothing.exit()).isEqualTo(2);
        assertThat(nothing.json().at("/error/message").asString()).isEqualTo(
                "nothing is not in the index");
    }

    @Test
    void verifyFindsNoDifference() {
        assertThat(json("verify").propertyNames()).containsExactly("checked", "differing",
                "unexpected", "differences", "damage", "verdict", "repaired", "warnings");
        JsonNode deep = json("verify", "--deep");
        assertThat(deep.path("checked").asInt()).isEqualTo(15);
        assertThat(deep.path("verdict").asString()).isEqualTo("in_step");
    }

    @Test
    void jobsTellsExecutionsAndTheirSteps() {
        JsonNode execution = json("jobs", "list").at("/executions/0");
        assertThat(execution.propertyNames()).containsExactly("execution_id", "job", "status",
                "exit", "started_at", "ended_at", "parameters", "steps");
        assertThat(execution.path("steps").valueStream().map(step -> step.path("name").asString()))
                .containsExactly("preflight", "observe", "guard", "apply", "tend");
        assertThat(execution.at("/steps/3").propertyNames()).containsExactly("name", "status",
                "read", "written", "filtered", "skipped", "retried");
        assertThat(json("jobs", "show", "1")).isEqualTo(execution);
        assertThat(cascade.run("jobs").stdout()).contains("reconcile", "COMPLETED");
        assertThat(cascade.run("jobs", "show", "77").stderr()).contains("there is no execution 77");
        Result complete = cascade.run("jobs", "restart", "1");
        assertThat(complete.exit()).isEqualTo(2);
        assertThat(complete.stderr()).contains("execution 1 is complete");
        Result ended = cascade.run("jobs", "stop", "1");
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.stderr()).contains("not running; its status is COMPLETED");
        assertThat(cascade.run("jobs", "recover").stdout()).isEqualTo("Nothing to recover.\n");
    }

    @Test
    @Tag("EV-34")
    void fixSaysThatNothingFailed() {
        assertThat(cascade.run("fix").stdout()).isEqualTo("No failed files.\n");
        assertThat(json("fix").path("failures")).isEmpty();
    }

    @Test
    void migrateIsUpToDateEachTime() {
        assertThat(cascade.run("migrate").stdout()).isEqualTo("Schema up to date\n");
        assertThat(json("migrate").path("result").asString()).isEqualTo("Schema up to date");
    }

    @Test
    @Tag("IAI-16")
    void aRunThatFindsNothingToDoLeavesNoExecution() {
        JsonNode told = json("sync");
        assertThat(told.path("execution_id").isNull()).isTrue();
        assertThat(told.path("outcome").asString()).isEqualTo("completed");
        assertThat(told.at("/files/unchanged").asInt()).isEqualTo(15);
        assertThat(json("search", "probe", "--require-fresh").path("hits")).isNotEmpty();
    }

    @Test
    @Tag("EV-45")
    void settingsAreShownWithoutSecrets() throws IOException {
        Result shown = cascade.env("CASCADE_EMBEDDING_API_KEY", "hunter2").run("config", "show");
        assertThat(shown.exit()).isIn(0, 2);
        assertThat(shown.stdout() + shown.stderr()).doesNotContain("hunter2");
        assertThat(cascade.env("CASCADE_EMBEDDING_API_KEY", null)
                .run("config", "show")
                .stdout()).containsPattern("cascade.reconcile.chunk-size +5000 +default");
    }
}
