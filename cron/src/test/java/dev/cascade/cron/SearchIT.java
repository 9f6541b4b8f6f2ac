package dev.cascade.cron;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// What `cascade search` finds in a tree of notes, and the forms in which it tells it.
class SearchIT {

    @TempDir
    static Path folder;

    private final Path root = root();
    private final CascadeProcess cascade = CascadeProcess.in(folder)
            .env("CASCADE_ROOT", root.toString());

    private static Path root() {
        return folder.resolve("my notes");
    }

    @BeforeAll
    static void index() {
        Path root = root();
        Trees.file(root, "pump.md", """
                ---
                tags: [garden, water/pump]
                date: 2026-03-04
                ---
                # The pump

                The pump stands in the shed.
                It hums at night.
                It stops by itself.
                The filter is cleaned in May.

                ## Repair of the pump

                A worn seal makes the pump drip.
                """);
        Trees.file(root, "sub/näch ste.md", """
                ---
                date: 2026-05-06T08:00:00Z
                tags: garden
                ---
                # Next steps

                Ask about the pump: error E1042.
                """);
        Trees.file(root, "plain.md", "# Plain\n\nno more than that\n");
        assertThat(CascadeProcess.in(folder).run("sync", "--root", root.toString()).exit())
                .isZero();
    }

    private JsonNode json(String... args) {
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--json";
        all[args.length + 1] = "-q";
        Result result = cascade.run(all);
        assertThat(result.exit()).as(result.stdout()).isZero();
        return result.json();
    }

    private List<String> paths(String... args) {
        return json(args).path("hits")
                .valueStream()
                .map(hit -> hit.path("path").asString())
                .toList();
    }

    @Test
    void aNoteIsOneHitUnlessEachSectionIsAskedFor() {
        assertThat(paths("search", "pump")).containsExactlyInAnyOrder("pump.md",
                "sub/näch ste.md");
        assertThat(paths("search", "pump", "--all-sections")).hasSize(3)
                .containsOnlyOnce("sub/näch ste.md");
    }

    @Test
    void wordsCanBeLookedForInOneField() {
        assertThat(paths("search", "title:repair")).containsExactly("pump.md");
        assertThat(paths("search", "pump", "tag:water*")).containsExactly("pump.md");
        assertThat(paths("search", "pump -path:sub/")).containsExactly("pump.md");
        assertThat(paths("search", "title: next \"steps")).containsExactly("sub/näch ste.md");
    }

    @Test
    void tagsAndDatesNarrowASearch() {
        assertThat(paths("search", "pump", "--tag", "garden")).hasSize(2);
        assertThat(paths("search", "pump", "--tag", "water")).containsExactly("pump.md");
        assertThat(paths("search", "pump", "--until", "2026-03-04")).containsExactly("pump.md");
        assertThat(paths("search", "pump", "--since", "2026-03-05"))
                .containsExactly("sub/näch ste.md");
        assertThat(paths("search", "pump", "--since", "2026-03-04", "--until", "2026-05-06"))
                .hasSize(2);
        assertThat(paths("search", "plain", "--since", "1970-01-01")).isEmpty();
    }

    @Test
    void aMistypedWordIsTakenForTheOneThatIsThere() {
        JsonNode found = json("search", "reapir", "filtter");
        assertThat(found.path("did_you_mean").asString()).isEqualTo("repair filter");
        assertThat(found.path("query").asString()).isEqualTo("reapir filtter");
        assertThat(found.path("hits")).isNotEmpty();
        assertThat(cascade.run("search", "reapir").stderr())
                .contains("No hits for reapir; these are for: repair");
        assertThat(json("search", "pump").path("did_you_mean").isNull()).isTrue();
        JsonNode nothing = json("search", "xyzzyplugh");
        assertThat(nothing.path("hits")).isEmpty();
        assertThat(nothing.path("did_you_mean").isNull()).isTrue();
    }

    @Test
    void theEntryOrTheLinesAroundThePassageAreShownOnRequest() {
        assertThat(json("search", "hums").at("/hits/0/content").isNull()).isTrue();
        assertThat(json("search", "hums", "--full").at("/hits/0/content").asString()).isEqualTo("""
                The pump stands in the shed.
                It hums at night.
                It stops by itself.
                The filter is cleaned in May.""");
        assertThat(json("search", "stops", "-C", "1").at("/hits/0/content").asString())
                .contains("It hums at night.\nIt stops by itself.\nThe filter")
                .doesNotContain("stands");
        assertThat(cascade.run("search", "hums", "--full").stdout())
                .contains("\n        It hums at night.\n        It stops");
    }

    @Test
    void pathsAreForOtherCommands() {
        Result plain = cascade.run("search", "pump", "--paths");
        assertThat(plain.stdout().lines()).containsExactlyInAnyOrder(
                root.resolve("pump.md").toString(), root.resolve("sub/näch ste.md").toString());
        Result grepped = cascade.shell(
                "%s search pump --all-sections --paths -0 | xargs -0 grep -l E1042"
                        .formatted(CascadeProcess.launcher()));
        assertThat(grepped.stdout()).isEqualTo(root.resolve("sub/näch ste.md") + "\n");
    }

    @Test
    void aPromptGetsWholeEntriesWithinItsBudget() {
        Result all = cascade.run("search", "pump", "--format", "md", "--all-sections");
        assertThat(all.stdout()).contains("## Repair of the pump\n\npump.md:12",
                "A worn seal makes the pump drip.\n\n## ", "2026-05-06T08:00:00Z");
        Result few = cascade.run("search", "pump", "--format", "md", "--all-sections",
                "--max-tokens", "30");
        assertThat(few.stdout()).startsWith("## ").hasSizeLessThan(4 * 30 + 40);
        assertThat(few.stderr()).contains("of 3 hits fit into 30 tokens");
        assertThat(cascade.run("search", "pump", "--format", "md", "--max-tokens", "3").stdout())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--paths --json", "--paths --format md", "--format html", "-0",
            "--max-tokens 5", "--format md --max-tokens 0", "--full -C 3", "-C -1", "-C 5000",
            "--until soon", "--since 2026-02-01 --until 2026-01-01"})
    void whatMakesNoSenseTogetherIsRefused(String options) {
        Result result = cascade.shell(
                "%s search pump %s".formatted(CascadeProcess.launcher(), options));
        assertThat(result.exit()).as(result.stdout()).isEqualTo(2);
        assertThat(result.stdout() + result.stderr()).containsAnyOf("--help", "Write it as");
    }

    @Test
    void aTerminalGetsColoursAndLinks() {
        String typed = "script -qec \"%s search hums\" /dev/null".formatted(
                CascadeProcess.launcher());
        assumeTrue(cascade.shell("script --version").exit() == 0,
                "there is no command `script` to play a terminal");
        CascadeProcess terminal = cascade.env("TERM", "xterm-kitty").env("NO_COLOR", null);
        assertThat(terminal.shell(typed).stdout()).contains(
                "\u001b]8;;" + root.resolve("pump.md").toUri() + "\u001b\\",
                "pump.md:5\u001b[0m\u001b]8;;\u001b\\", "It \u001b[33mhums\u001b[0m at night.");
        assertThat(terminal.env("TERM", "xterm").shell(typed).stdout()).contains("\u001b[36m")
                .doesNotContain("\u001b]8");
        assertThat(terminal.env("NO_COLOR", "1").shell(typed).stdout()).contains("pump.md:5")
                .doesNotContain("\u001b[36m", "\u001b]8");
    }

    @Test
    void theCountOfHitsReadsWell() {
        assertThat(cascade.run("search", "hums").stderr()).startsWith("1 hit, index as of ");
        assertThat(cascade.run("search", "pump").stderr()).startsWith("2 hits, index as of ");
    }
}
