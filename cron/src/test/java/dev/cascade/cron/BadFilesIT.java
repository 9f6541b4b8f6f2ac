package dev.cascade.cron;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import dev.cascade.cron.CascadeProcess.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// One tree with everything bad that a name, a file or a link can be, indexed once: each is told, and
/// the rest is indexed.
@Tag("EV-31")
class BadFilesIT {

    @TempDir
    static Path folder;

    private static Path root;
    private static Result sync;
    private static final Map<String, String> failures = new LinkedHashMap<>();

    private final CascadeProcess cascade = CascadeProcess.in(folder)
            .env("CASCADE_ROOT",
                    folder.resolve("root").toString());

    @BeforeAll
    static void index() throws IOException {
        root = folder.resolve("root");
        Trees.note(root, "good.md");
        Trees.note(root, "zz/good.md");
        Trees.note(root, "x".repeat(252) + ".md");
        Trees.note(root, "new\nline.md");
        Trees.file(root, "empty.md", "");
        Trees.file(root, "nul.md", "# one\n\0\n");
        Files.write(root.resolve("latin1.md"), new byte[]{'#', ' ', 'c', 'a', 'f', (byte) 0xE9});
        try (FileChannel huge = FileChannel.open(root.resolve("huge.md"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            huge.write(java.nio.ByteBuffer.wrap(new byte[]{'a'}), 100_000_000L - 1);
        }
        Trees.file(root, "bomb.md", bomb());
        Trees.file(root, "deep-yaml.md", "---\na: %s%s\n---\n# Deep\n".formatted("[".repeat(20_000),
                "]".repeat(20_000)));
        Trees.file(root, "deep-quote.md", ">".repeat(50_000) + " down there\n\n# Quoted\n");
        Trees.file(root, "deep-list.md", "- ".repeat(5_000) + "x\n\n# Listed\n");
        Trees.file(root, "brackets.md", "# Brackets\n\n%s\n\n%sa\n".formatted("[".repeat(50_000),
                "*".repeat(50_000)));
        Trees.note(root, "folder.md/inside.md");
        Trees.note(folder, "outside/outside.md");
        Result made = CascadeProcess.in(folder).shell("""
                cd root
                echo '# no UTF-8' >"$(printf 'caf\\351.md')"
                ln -s .. zz/up; ln -s loop.md loop.md; ln -s nowhere dangling.md
                ln -s ../outside/outside.md leaves.md; ln -s ../outside leaves
                ln -s good.md twin.md
                mkfifo pipe.md
                """);
        assertThat(made.exit()).as(made.stderr()).isZero();
        sync = CascadeProcess.in(folder).run("sync", "--json", "--root", root.toString());
        sync.json()
                .path("failures")
                .forEach(failure -> failures.put(failure.path("path").asString(),
                        failure.path("reason").asString()));
    }

    private static String bomb() {
        StringBuilder bomb = new StringBuilder("---\na: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c < 'k'; c++) {
            bomb.append("%c: &%c [%s]\n".formatted(c, c,
                    "*%c,".formatted(c - 1).repeat(9).replaceAll(",$", "")));
        }
        return bomb.append("---\n# Bomb\n").toString();
    }

    @Test
    void theRunEndsAndTellsEachFailure() {
        assertThat(sync.exit()).isEqualTo(4);
        assertThat(failures.keySet()).containsExactly("caf\uFFFDe9.md", "huge.md", "latin1.md",
                "nul.md", "pipe.md");
        assertThat(failures).containsEntry("latin1.md",
                "latin1.md:1: byte 0xE9 at offset 5 is no UTF-8; save the file as UTF-8");
        assertThat(failures.get("caf\uFFFDe9.md")).isEqualTo(
                "caf\\xe9.md: its name is not UTF-8; rename it");
        assertThat(failures.get("huge.md")).contains("has 100,000,000 bytes", "max-file-size");
        assertThat(failures.get("nul.md")).startsWith("nul.md:2: a NUL byte was seen");
        assertThat(failures.get("pipe.md")).contains("neither a file nor a folder");
    }

    @Test
    void whatIsOddIsWarnedOf() {
        assertThat(sync.json().path("warnings").valueStream().map(JsonNode::asString))
                .anyMatch(warning -> warning
                        .startsWith("dangling.md: is a symbolic link that leads nowhere"))
                .anyMatch(warning -> warning
                        .startsWith("loop.md: is a symbolic link that leads nowhere"))
                .anyMatch(warning -> warning
                        .startsWith("folder.md: is a folder with the name of a file"))
                .anyMatch(
                        warning -> warning.startsWith("bomb.md:3: the frontmatter cannot be read"))
                .anyMatch(warning -> warning
                        .startsWith("deep-yaml.md:2: the frontmatter cannot be read"));
    }

    @Test
    @Tag("EV-22")
    void aLinkOutOfTheRootIsNotFollowed() {
        assertThat(sync.json().path("warnings").valueStream().map(JsonNode::asString))
                .anyMatch(warning -> warning
                        .startsWith("leaves.md: is a symbolic link that leaves the root"))
                .anyMatch(warning -> warning
                        .startsWith("leaves: is a symbolic link that leaves the root"));
        assertThat(cascade.run("search", "outside").stdout()).isEqualTo("No hits.\n");
        Result through = cascade.run("sync", root.resolve("leaves/outside.md").toString());
        assertThat(through.exit()).as(through.stdout()).isEqualTo(2);
        assertThat(through.stderr()).contains("leads through a symbolic link");
        assertThat(cascade.run("search", "outside").stdout()).isEqualTo("No hits.\n");
    }

    @Test
    void theRestIsIndexed() {
        JsonNode hits = cascade.run("search", "stands", "--limit", "50", "--json")
                .json()
                .path("hits");
        assertThat(hits.valueStream().map(hit -> hit.path("path").asString()))
                .containsExactlyInAnyOrder("good.md", "zz/good.md", "x".repeat(252) + ".md",
                        "new\nline.md", "folder.md/inside.md");
        assertThat(cascade.run("search", "Bomb").stdout()).contains("bomb.md:");
        assertThat(cascade.run("search", "Listed").stdout()).contains("deep-list.md:");
        assertThat(cascade.run("get", "empty.md").stdout()).startsWith("empty.md:1  empty");
    }

    @Test
    void noNameForgesOutput() {
        assertThat(cascade.run("search", "stands", "--limit", "50").stdout())
                .contains("new\\nline.md:1")
                .doesNotContain("new\nline");
        assertThat(cascade.run("fix").stdout()).contains("caf\\xe9.md  retryable=FALSE")
                .doesNotContain("\uFFFD");
        Result verified = cascade.run("verify");
        assertThat(verified.exit()).isEqualTo(6);
        assertThat(verified.stdout()).contains("missing       caf\\xe9.md  (failed permanent)",
                "Different: 5 of ");
    }

    /// In a memory root the name of a kind's file is a promise, so a folder there is refused.
    @Test
    void aFolderWithTheNameOfAMemoryFileIsRefused() {
        Path memory = Trees.memory(folder.resolve("memory"));
        Trees.note(memory,
                "default_app/default_project/users/mira/episodes/episode-2026-04-01.md/x.md");
        Result result = CascadeProcess.in(folder)
                .run("sync", "--json", "--root",
                        memory.toString());
        assertThat(result.exit()).isEqualTo(4);
        assertThat(result.json().path("failures")).hasSize(1);
        assertThat(result.json().at("/failures/0/reason").asString()).contains(
                "episode-2026-04-01.md: is a folder where a file is expected");
        assertThat(result.json().at("/files/indexed").asInt()).isEqualTo(15);
    }
}
