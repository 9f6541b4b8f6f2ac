package dev.cascade.cron;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import dev.cascade.cron.CascadeProcess.Result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// What the docs promise: their commands run, their links lead somewhere, their decisions are whole.
///
/// Every fenced block marked `sh` is run. The blocks of a page are run as its reader would run them:
/// in their order, in one folder with `./cascade` and `docs/examples`, whose home holds a copy of the
/// example notes as `~/notes`. A block must end with 0, or with the code that a comment
/// `# exit 4` at the end of its last line names. What is only to be looked at is marked `text`.
class DocsIT {

    private static final int FEWEST_BLOCKS = 10;

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
    private static final Pattern EXPECTED = Pattern.compile("# exit (\\d+)\\s*\\z");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^]\\n]*]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern NAMED = Pattern.compile("`cascade ([a-z]+)[ `]");
    private static final String CRONTAB = "*/5 * * * * ";
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
    private static final Pattern UNIT = Pattern.compile(
            "(?ms)^`/etc/systemd/system/(\\S+)`:\\n\\n```ini\\n(.*?)^```$");
    private static final Pattern FENCE = Pattern.compile("(?ms)^```.*?^```$");

    private static final List<String> DECISION_PARTS = List.of("**Context.**", "**Options.**",
            "**Decision.**", "**Consequences.**", "**Confirmed by.**");

    private static final Path REPOSITORY = CascadeProcess.launcher()
            .toAbsolutePath()
            .resolveSibling("")
            .normalize();

    /// A score, a place and a title.
    private static final Pattern HIT = Pattern
            .compile("(?m)^( {2}\\d+\\.\\d\\d {2})(\\S+:\\d+ {2}.+)$");

    @TempDir
    Path folder;

    private record Page(Path file, String text) {

        static Page of(Path file) {
            try {
                return new Page(file, Files.readString(file));
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }

        String name() {
            return REPOSITORY.relativize(file).toString();
        }

        List<String> blocks() {
            return BLOCK.matcher(text).results().map(block -> block.group(1)).toList();
        }

        List<String> links() {
            return LINK.matcher(FENCE.matcher(text).replaceAll(""))
                    .results()
                    .map(link -> link.group(1))
                    .toList();
        }

        Set<String> anchors() {
            return HEADING.matcher(FENCE.matcher(text).replaceAll(""))
                    .results()
                    .map(heading -> heading.group(1)
                            .strip()
                            .toLowerCase(Locale.ROOT)
                            .replaceAll("[^\\p{L}\\p{N} _-]", "")
                            .replace(' ', '-'))
                    .collect(Collectors.toSet());
        }
    }

    private static List<Page> pages() {
        try (Stream<Path> docs = Files.walk(REPOSITORY.resolve("docs"))) {
            return Stream.concat(Stream.of(REPOSITORY.resolve("README.md")),
                    docs.filter(file -> file.toString().endsWith(".md"))
                            .filter(file -> !file
                                    .startsWith(REPOSITORY.resolve("docs/examples")))
                            .sorted())
                    .map(Page::of)
                    .toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Test
    void thereAreEnoughCommandsForTheTestToMeanSomething() {
        assertThat(pages().stream().flatMap(page -> page.blocks().stream()))
                .hasSizeGreaterThanOrEqualTo(FEWEST_BLOCKS);
        assertThat(pages().getFirst().blocks()).as("commands on the first page").isNotEmpty();
    }

    @Test
    void everyCommandThatIsNamedIsOne() {
        Set<String> named = pages().stream()
                .flatMap(page -> NAMED.matcher(page.text()).results().map(name -> name.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).contains("sync", "doctor", "restore", "rebuild");
        assertThat(named).allSatisfy(name -> assertThat(
                CascadeProcess.in(folder).run(name, "--help").exit()).as(name).isZero());
    }

    @TestFactory
    Stream<DynamicTest> everyCommandThatIsShownRuns() {
        return pages().stream()
                .filter(page -> !page.blocks().isEmpty())
                .map(page -> DynamicTest.dynamicTest(page.name(), () -> run(page)));
    }

    private void run(Page page) throws IOException {
        Path place = reader(page);
        int number = 0;
        for (String block : page.blocks()) {
            Matcher code = EXPECTED.matcher(block);
            int expected = code.find() ? Integer.parseInt(code.group(1)) : 0;
            Result result = CascadeProcess.in(place)
                    .env("PATH", place + ":" + System.getenv("PATH"))
                    .timeout(Duration.ofMinutes(3))
                    .shell("unset -f cascade\nset -eu\n" + block);
            assertThat(result.exit()).as("block %d of %s:%n%s%nsaid:%n%s%n%s", ++number,
                    page.name(), block, result.stdout(), result.stderr()).isEqualTo(expected);
        }
    }

    /// A folder as a reader has it, who has just got Cascade.
    private Path reader(Page page) throws IOException {
        Path place = Files.createDirectories(
                folder.resolve(page.name().replaceAll("[^a-z0-9]+", "-")));
        Files.createSymbolicLink(place.resolve("cascade"),
                CascadeProcess.launcher().toAbsolutePath());
        Path examples = REPOSITORY.resolve("docs/examples");
        copy(examples, place.resolve("docs/examples"));
        copy(examples.resolve("notes"), place.resolve("notes"));
        return place;
    }

    /// Without what someone who tried the examples left in them.
    private static void copy(Path from, Path to) throws IOException {
        FileUtils.copyDirectory(from.toFile(), to.toFile(),
                file -> !file.getName().equals(".cascade"));
    }

    /// The README shortens paths and snippets; scores, ends of paths and titles are those that are printed.
    @Test
    void theReadmeShowsTheHitsThatItsSearchFinds() throws IOException {
        Page page = Page.of(REPOSITORY.resolve("README.md"));
        List<String> shown = HIT.matcher(page.text())
                .results()
                .map(hit -> hit.group(1) + hit.group(2))
                .toList();
        assertThat(shown).as("hits in the README").hasSize(3);
        Result result = CascadeProcess.in(reader(page))
                .timeout(Duration.ofMinutes(3))
                .shell("set -eu\n" + page.blocks().getFirst());
        assertThat(HIT.matcher(result.stdout())
                .results()
                .limit(3)
                .map(hit -> hit.group(1) + hit.group(2)
                        .replaceFirst("^default_app/default_project",
                                "…"))
                .toList()).isEqualTo(shown);
    }

    @Test
    void theLineForTheCrontabRuns() throws IOException {
        Page page = Page.of(REPOSITORY.resolve("docs/how-to/run-from-cron.md"));
        String command = page.text()
                .lines()
                .filter(line -> line.startsWith(CRONTAB))
                .map(line -> line.substring(CRONTAB.length()))
                .findFirst()
                .orElseThrow()
                .replace("/opt/cascade/cascade", "./cascade")
                .replace("/srv/notes", "~/notes");
        Path place = reader(page);
        Result result = CascadeProcess.in(place)
                .timeout(Duration.ofMinutes(3))
                .shell("set -eu\n./cascade sync -q --root ~/notes\n" + command);
        assertThat(result.exit()).as("%s%n%s", command, result.stderr()).isZero();
    }

    /// A program that is not everywhere, and that says on stderr what it does not understand.
    @Test
    void theUnitsAreUnderstoodBySystemd() throws Exception {
        assumeTrue(Files.isExecutable(ANALYZE), "there is no " + ANALYZE);
        Path units = Files.createDirectory(folder.resolve("units"));
        List<String> command = new ArrayList<>(List.of(ANALYZE.toString(), "verify"));
        for (Page page : pages()) {
            for (MatchResult unit : UNIT.matcher(page.text()).results().toList()) {
                String text = unit.group(2)
                        .replace("/opt/cascade/cascade", CascadeProcess.launcher()
                                .toAbsolutePath()
                                .normalize()
                                .toString());
                command.add(Files.writeString(units.resolve(unit.group(1)), text).toString());
            }
        }
        assertThat(command).hasSize(5);
        Path said = folder.resolve("said");
        Process verify = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(verify.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(said).content().isEmpty();
        assertThat(verify.exitValue()).isZero();
    }

    @Test
    void everyLinkLeadsSomewhere() {
        List<String> dead = new ArrayList<>();
        int seen = 0;
        for (Page page : pages()) {
            for (String link : page.links()) {
                seen++;
                if (!link.contains("://") && !leadsSomewhere(page, link)) {
                    dead.add("%s: %s".formatted(page.name(), link));
                }
            }
        }
        assertThat(dead).isEmpty();
        assertThat(seen).isGreaterThan(FEWEST_BLOCKS);
    }

    private static boolean leadsSomewhere(Page page, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page.file()
                : page.file().resolveSibling(URLDecoder.decode(parts[0], StandardCharsets.UTF_8));
        return Files.exists(target)
                && (parts.length == 1 || Page.of(target).anchors().contains(parts[1]));
    }

    @Test
    void everyTestThatThePageOnReliabilityNamesIsThere() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(REPOSITORY)) {
            for (Path file : files.filter(path -> path.toString().contains("/src/test/java/"))
                    .filter(path -> path.toString().endsWith(".java"))
                    .toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""),
                        Files.readString(file));
            }
        }
        Page page = Page.of(REPOSITORY.resolve("docs/reliability.md"));
        List<String> named = TEST.matcher(page.text())
                .results()
                .map(test -> test.group(1) + "." + test.group(2))
                .toList();
        assertThat(named).hasSizeGreaterThan(30).allSatisfy(test -> {
            String[] parts = test.split("\\.", 2);
            assertThat(sources.getOrDefault(parts[0], "")).contains("void " + parts[1] + "(");
        });
    }

    @Test
    void everyDecisionSaysWhyAndHowItIsConfirmed() {
        List<Page> decisions = pages().stream()
                .filter(page -> page.name().startsWith("docs/decisions/"))
                .toList();
        assertThat(decisions).hasSizeGreaterThan(FEWEST_BLOCKS);
        for (int i = 0; i < decisions.size(); i++) {
            Page decision = decisions.get(i);
            assertThat(decision.name()).startsWith("docs/decisions/%04d-".formatted(i + 1));
            assertThat(decision.text()).as(decision.name())
                    .startsWith("# %d. ".formatted(i + 1))
                    .containsSubsequence(DECISION_PARTS);
            assertThat(decision.text().lines()).as("%s fits on one screen", decision.name())
                    .hasSizeLessThan(60);
        }
    }
}
