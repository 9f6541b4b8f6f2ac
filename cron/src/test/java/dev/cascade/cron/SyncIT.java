package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// The commands that bring the index in step, and those that find that it is not.
class SyncIT {

    @TempDir
    Path folder;

    private Path root;
    private CascadeProcess cascade;

    @BeforeEach
    void begin() {
        root = folder.resolve("root");
        cascade = CascadeProcess.in(folder).env("CASCADE_ROOT", root.toString());
    }

    @Test
    @Tag("EV-35")
    @Tag("EV-20")
    void syncOfAPathOrKindConcernsThatAlone() {
        Trees.memory(root);
        Path users = root.resolve("default_app/default_project/users");
        JsonNode episodes = cascade.run("sync", "--kind", "episode", "--json").json();
        assertThat(episodes.at("/files/indexed").asInt()).isEqualTo(3);
        assertThat(cascade.run("search", "probe", "--require-fresh").exit()).isEqualTo(7);

        JsonNode folderOnly = cascade.run("sync", "--json", users.resolve("jonas").toString())
                .json();
        assertThat(folderOnly.at("/files/seen").asInt()).isEqualTo(2);
        assertThat(folderOnly.at("/files/indexed").asInt()).isEqualTo(2);

        Result again = cascade.run("sync", "--json", users.resolve("jonas/user.md").toString());
        assertThat(again.json().at("/files/indexed").asInt()).as("forced").isEqualTo(1);
        assertThat(again.json().at("/files/unchanged").asInt()).isEqualTo(1);

        JsonNode skill = cascade.run("run", "reconcile", "kind=agent_skill", "full=true", "--json")
                .json();
        assertThat(skill.at("/files/indexed").asInt()).isEqualTo(1);
        assertThat(cascade.run("verify").exit()).isEqualTo(6);
        assertThat(cascade.run("sync", "--json").json().at("/files/indexed").asInt())
                .isEqualTo(10);
        assertThat(cascade.run("verify", "--deep").exit()).isZero();
    }

    @Test
    void aSearchLooksForFreshnessWhereItSearchesAndCanBringItAboutItself() {
        Trees.note(root, "old/a.md");
        Trees.note(root, "new/b.md");
        assertThat(cascade.run("sync").exit()).isZero();
        Trees.note(root, "new/c.md");
        String old = root.resolve("old").toString();
        assertThat(cascade.run("search", "note", "--require-fresh", "--in", old).exit()).isZero();
        assertThat(cascade.run("search", "note", "--require-fresh").exit()).isEqualTo(7);
        JsonNode found = cascade.run("search", "note", "--sync", "--require-fresh", "--json")
                .json();
        assertThat(found.at("/hits").size()).isEqualTo(3);
    }

    @Test
    @Tag("EV-35")
    @Tag("EV-22")
    void aPathOrKindThatIsNoneIsRefused() throws IOException {
        Trees.note(root, "a.md");
        Trees.file(root, "b.txt", "no Markdown");
        Path outside = Trees.note(folder, "outside.md");
        refused("is not under the memory root", "sync", outside.toString());
        refused("is not under the memory root", "sync", root.resolve("../outside.md").toString());
        refused("there is no kind 'zebra'", "sync", "--kind", "zebra");
        refused("does not match any kind", "sync", root.resolve("b.txt").toString());
        refused("neither in the tree nor in the ledger", "sync", "c.md");
        refused("there is no job 'dance'", "run", "dance");
        refused("has no parameter 'colour=red'", "run", "reconcile", "colour=red");
        refused("nothing is indexed", "status");
        refused("'--wait': soon is no duration; write it as 30s", "sync", "--wait",
                "soon");
        assertThat(root.resolve(".cascade")).doesNotExist();
    }

    private void refused(String message, String... args) {
        Result text = cascade.run(args);
        assertThat(text.exit()).as(text.stderr()).isEqualTo(2);
        assertThat(text.stderr()).contains(message).doesNotContain("\tat ");
        assertThat(text.stderr().lines().count()).isLessThanOrEqualTo(3);
    }

    @Test
    void aDryRunTellsAndWritesNothing() {
        Trees.note(root, "a.md");
        Trees.note(root, "b.md");
        Result plan = cascade.run("sync", "--dry-run");
        assertThat(plan.stdout()).contains("new      a.md", "new      b.md",
                "Would do: 2 new, 0 modified, 0 deleted, 0 unchanged; 0 texts to embed");
        assertThat(root.resolve(".cascade")).doesNotExist();
        JsonNode json = cascade.run("sync", "--dry-run", "--json").json();
        assertThat(json.at("/files/added").asInt()).isEqualTo(2);
        assertThat(json.path("changes")).hasSize(2);
    }

    @Test
    @Tag("EV-01")
    void fullFindsAnEditThatKeptSizeAndTime() throws IOException {
        Path note = Trees.file(root, "a.md", "# One\n");
        FileTime old = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(note, old);
        assertThat(cascade.run("sync").exit()).isZero();
        Files.writeString(note, "# Two\n");
        Files.setLastModifiedTime(note, old);
        assertThat(cascade.run("verify", "--deep").exit()).isEqualTo(6);
        Result full = cascade.run("sync", "--full", "--json");
        assertThat(full.json().at("/entries/upserted").asInt()).isEqualTo(1);
        assertThat(cascade.run("search", "two", "--require-fresh").stdout()).contains("a.md:1");
        assertThat(note).hasContent("# Two\n");
    }

    @Test
    void verifyNamesEveryDifference() throws IOException {
        Trees.note(root, "gone.md");
        Path edited = Trees.note(root, "edited.md");
        assertThat(cascade.run("sync").exit()).isZero();
        Files.delete(root.resolve("gone.md"));
        Files.writeString(edited, "# Something else altogether\n");
        Trees.note(root, "new.md");
        Result text = cascade.run("verify");
        assertThat(text.exit()).isEqualTo(6);
        assertThat(text.stdout()).contains("stale         edited.md", "extra         gone.md",
                "missing       new.md", "Different: 3 of 3 files");
        JsonNode json = cascade.run("verify", "--json").json();
        assertThat(json.path("verdict").asString()).isEqualTo("different");
        assertThat(json.at("/differences/0/path").asString()).isEqualTo("edited.md");
        assertThat(json.at("/differences/0/what").asString()).isEqualTo("stale");

        Result outdated = cascade.run("search", "note", "--require-fresh", "--json");
        assertThat(outdated.exit()).isEqualTo(7);
        assertThat(outdated.json().at("/error/code").asInt()).isEqualTo(7);
        assertThat(outdated.json().at("/error/message").asString())
                .contains("1 new, 1 modified, 1 deleted");
        assertThat(cascade.run("search", "note").exit()).isZero();
        assertThat(cascade.run("sync").stdout()).startsWith(
                "Indexed: 1 new, 1 modified, 1 deleted, 0 unchanged, 0 failed");
    }

    @Test
    @Tag("EV-31")
    @Tag("EV-34")
    void aBadFileIsListedAndMendedBySavingIt() throws IOException {
        Trees.note(root, "good.md");
        Path bad = root.resolve("bad.md");
        Files.write(bad, new byte[]{'#', ' ', (byte) 0xE9, '\n'});
        Result first = cascade.run("sync", "--json");
        assertThat(first.exit()).isEqualTo(4);
        assertThat(first.json().path("outcome").asString()).isEqualTo("completed_with_failures");
        JsonNode failure = first.json().at("/failures/0");
        assertThat(failure.propertyNames()).contains("path", "line", "reason", "retryable");
        assertThat(failure.path("retryable").asBoolean()).isFalse();

        JsonNode listed = cascade.run("fix", "--json").json().at("/failures/0");
        assertThat(listed.propertyNames()).contains("path", "kind", "retryable", "attempts",
                "first_failed_at", "last_attempt_at", "deferred_until", "line", "reason");
        assertThat(listed.path("deferred_until").isNull()).isTrue();
        Result text = cascade.run("fix");
        assertThat(text.exit()).isZero();
        assertThat(text.stdout()).contains("bad.md  retryable=FALSE",
                "byte 0xE9 at offset 2 is no UTF-8");
        assertThat(cascade.run("status").stdout()).contains("failed (retryable=FALSE):  1 ",
                "health: at-risk", "next: cascade fix");

        assertThat(cascade.run("fix", "--apply", bad.toString()).exit()).isEqualTo(4);
        Files.writeString(bad, "# mended\n");
        assertThat(cascade.run("sync").exit()).isZero();
        assertThat(cascade.run("fix").stdout()).isEqualTo("No failed files.\n");
    }

    @ParameterizedTest
    @CsvSource({"sync", "search x", "jobs list"})
    void anErrorIsAnObjectWithJson(String words) {
        Result result = cascade.run((words + " --json").split(" "));
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.json().path("error").propertyNames()).containsExactly("code", "message",
                "hint");
        assertThat(result.json().at("/error/message").asString()).contains(
                root + " does not exist");
        assertThat(result.stderr()).isEmpty();
    }
}
