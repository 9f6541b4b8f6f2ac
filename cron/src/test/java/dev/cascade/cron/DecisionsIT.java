package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// What a person decides, as it is typed: held removals, pauses, and runs over their budget.
class DecisionsIT {

    @TempDir
    Path folder;

    private Path root;
    private CascadeProcess cascade;

    @BeforeEach
    void twentyNotesAreIndexed() {
        root = folder.resolve("root");
        cascade = CascadeProcess.in(folder).env("CASCADE_ROOT", root.toString());
        for (int i = 0; i < 20; i++) {
            Trees.note(root, "n%02d.md".formatted(i));
        }
        assertThat(cascade.run("sync").exit()).isZero();
    }

    private void deleteTwelve() throws IOException {
        for (int i = 0; i < 12; i++) {
            Files.delete(root.resolve("n%02d.md".formatted(i)));
        }
    }

    private long hits() {
        return cascade.run("search", "note", "--limit", "50", "--json").json().at("/hits").size();
    }

    @Test
    @Tag("EV-19")
    @Tag("SK-12")
    @Tag("SK-34")
    @Tag("SK-07")
    void heldRemovalsAreListedApprovedAndThenLetGo() throws IOException {
        deleteTwelve();
        Result report = cascade.run("sync", "--report-only");
        assertThat(report.exit()).isZero();
        assertThat(report.stdout()).contains("removals", "hold",
                "12 of 20 indexed files are missing, 10 may go");
        Result held = cascade.run("sync");
        assertThat(held.exit()).isEqualTo(5);
        assertThat(held.stdout()).contains("gate 1: 12 of 20 files are gone, more than 10");
        assertThat(held.stderr()).contains("next: cascade gates").doesNotContain("Exception");
        JsonNode again = cascade.run("sync", "--json").json();
        assertThat(again.at("/outcome").asString()).isEqualTo("guarded");
        assertThat(again.at("/gates/0/files").asInt()).isEqualTo(12);
        assertThat(hits()).isEqualTo(20);

        JsonNode status = cascade.run("status", "--json").json();
        assertThat(status.at("/gates/0/status").asString()).isEqualTo("pending");
        assertThat(status.at("/health/verdict").asString()).isEqualTo("at_risk");
        assertThat(status.at("/next_step").asString()).isEqualTo("cascade gates");
        Result gates = cascade.run("gates");
        assertThat(gates.stdout()).contains("gate 1  pending", "n00.md");
        assertThat(gates.stderr()).contains("cascade approve 1", "cascade reject 1");

        Result silent = cascade.run("approve", "1");
        assertThat(silent.exit()).isEqualTo(2);
        assertThat(silent.stderr()).contains("--reason");
        assertThat(cascade.run("approve", "7", "--reason", "x").exit()).isEqualTo(2);
        assertThat(cascade.run("approve", "1", "--reason", "spring cleaning").stdout())
                .contains("Gate 1 is approved: the next run lets 12 files go.");
        assertThat(cascade.run("sync", "--json").json().at("/files/deleted").asInt())
                .isEqualTo(12);
        assertThat(hits()).isEqualTo(8);
        assertThat(cascade.run("gates", "--json").json().at("/gates/0/reason").asString())
                .isEqualTo("spring cleaning");
    }

    @Test
    @Tag("SK-12")
    void rejectedRemovalsStaySearchableAndQuiet() throws IOException {
        deleteTwelve();
        assertThat(cascade.run("sync").exit()).isEqualTo(5);
        assertThat(cascade.run("reject", "1", "--reason", "the disk is away").exit()).isZero();
        assertThat(cascade.run("sync").exit()).isZero();
        assertThat(hits()).isEqualTo(20);
        assertThat(cascade.run("status").stdout()).contains("kept:                      12",
                "health: healthy");
    }

    @Test
    @Tag("EV-41")
    void aRebuildThatWouldLoseFilesIsAskedAbout() throws IOException {
        Trees.file(root, "long.md", "# Long\n\n" + "words and words ".repeat(200));
        assertThat(cascade.run("sync").exit()).isZero();
        String[] small = {"rebuild", "--set", "reconcile.max-file-size=1KB"};
        Result asked = cascade.run(small);
        assertThat(asked.exit()).as(asked.stdout()).isEqualTo(5);
        assertThat(asked.stderr()).contains("gate 1: 1 files are well", "such as long.md",
                "cascade approve 1", "cascade reject 1");
        assertThat(cascade.run("status", "--json").json().at("/gates/0/kind").asString())
                .isEqualTo("rebuild");
        Result gates = cascade.run("gates");
        assertThat(gates.stdout()).contains("gate 1  pending  1 files are well", "long.md");
        assertThat(gates.stderr()).contains("takes over the present entries of 1 files",
                "the new generation is given up");

        assertThat(cascade.run("reject", "1", "--reason", "a mistake").stdout())
                .contains("the new generation is given up, and the present one stays");
        assertThat(root.resolve(".cascade/index/g000002")).doesNotExist();
        assertThat(cascade.run("sync").exit()).isZero();

        assertThat(cascade.run(small).exit()).isEqualTo(5);
        Result approved = cascade.run("approve", "2", "--reason", "it is old");
        assertThat(approved.stdout()).contains("the next rebuild takes over");
        assertThat(approved.stderr()).contains("next: cascade rebuild");
        Result rebuilt = cascade.run(small);
        assertThat(rebuilt.exit()).as(rebuilt.stderr()).isNotEqualTo(5);
        assertThat(cascade.run("status", "--json").json().at("/index/generation").asInt())
                .isEqualTo(2);
        assertThat(cascade.run("search", "long", "--json").json().at("/hits").size()).isEqualTo(1);
        assertThat(cascade.run("status", "--json").json().at("/gates")).isEmpty();
    }

    @Test
    @Tag("SK-06")
    @Tag("IAI-16")
    void aPauseHoldsUpScheduledRunsAndNoOthers() {
        assertThat(cascade.run("pause").exit()).isEqualTo(2);
        Result paused = cascade.run("pause", "--for", "2h", "--reason", "moving house");
        assertThat(paused.exit()).isZero();
        Trees.note(root, "new.md");
        Result skipped = cascade.run("sync", "--scheduled");
        assertThat(skipped.exit()).isEqualTo(5);
        assertThat(skipped.stderr()).contains("skipped: paused until", "moving house",
                "cascade resume");
        JsonNode status = cascade.run("status", "--json").json();
        assertThat(status.at("/last_run/skip_reason").asString()).contains("moving house");
        assertThat(status.at("/paused/reason").asString()).isEqualTo("moving house");
        assertThat(status.at("/paused/until").isNull()).isFalse();
        assertThat(hits()).isEqualTo(20);
        Result byHand = cascade.run("sync");
        assertThat(byHand.exit()).isZero();
        assertThat(byHand.stderr()).contains("scheduled runs are held up", "moving house");
        assertThat(hits()).isEqualTo(21);
        assertThat(cascade.run("resume", "--reset-failed").stdout()).contains("go on",
                "0 files are owed again");
        Trees.note(root, "newer.md");
        assertThat(cascade.run("sync", "--scheduled").exit()).isZero();
        assertThat(hits()).isEqualTo(22);
    }

    @Test
    @Tag("EV-19")
    void aScheduledRunBeginsNoRoot() throws IOException {
        Path bare = Files.createDirectory(folder.resolve("bare"));
        Trees.note(bare, "what-lies-below-the-mount.md");
        Result refused = cascade.run("sync", "--scheduled", "--root", bare.toString());
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(bare.resolve(".cascade")).doesNotExist();
    }

    @Test
    @Tag("SK-24")
    @Tag("FM-7")
    void aBudgetLeavesTheRestToTheNextRun() {
        for (int i = 0; i < 5; i++) {
            Trees.note(root, "more%d.md".formatted(i));
        }
        Result first = cascade.run("sync", "--set", "budget.files=3");
        assertThat(first.exit()).isEqualTo(4);
        assertThat(first.stderr()).contains("the budget of 3 files is used up",
                "--force-over-budget", "next: cascade sync");
        assertThat(cascade.run("sync", "--set", "budget.files=1", "--force-over-budget").exit())
                .isZero();
        assertThat(hits()).isEqualTo(25);
    }
}
