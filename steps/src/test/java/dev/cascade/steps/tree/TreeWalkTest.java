package dev.cascade.steps.tree;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.FaultyDisk;
import dev.cascade.steps.FaultyDisk.Ailment;
import dev.cascade.steps.FaultyDisk.Operation;
import dev.cascade.steps.MemoryTree;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Sighting;

import static dev.cascade.steps.MemoryTree.episode;
import static dev.cascade.steps.MemoryTree.skill;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

class TreeWalkTest {

    @TempDir
    private Path folder;

    private MemoryTree files;
    private Home home;

    @BeforeEach
    void root() throws IOException {
        home = Home.of(Files.createDirectory(folder.resolve("root")), null);
        files = MemoryTree.in(home.root());
    }

    private Tree tree(Layout layout) {
        return new Tree(home, Kinds.of(home, layout), layout);
    }

    private Tree notes() {
        return tree(Layout.NOTES);
    }

    private static List<String> seen(Tree tree) {
        return seen(tree.walk(Selection.everything()));
    }

    private static List<String> seen(TreeWalk walk) {
        List<String> paths = new ArrayList<>();
        walk.forEachRemaining(sighting -> paths.add(sighting.path().value()));
        return paths;
    }

    private static List<String> warnings(Tree tree) {
        TreeWalk walk = tree.walk(Selection.everything());
        seen(walk);
        return walk.warnings();
    }

    // Order

    private static final String[] NAMES = {"a", "a-b", "a.b", "a0", "b", "B", "ä", "\uffee", "😀",
            "node_modules", ".hidden", "c.md", "x.tmp"};

    private void grow(Random random, String prefix, int depth) {
        for (String name : NAMES) {
            switch (random.nextInt(4)) {
                case 0 -> files.write(prefix + name + ".md", "text");
                case 1 -> files.write(prefix + name, "no markdown");
                case 2 -> {
                    if (depth < 3) {
                        grow(random, prefix + name + "/", depth + 1);
                    }
                }
                default -> {
                }
            }
        }
        if (random.nextInt(3) == 0) {
            files.write(prefix + ".gitignore", Stream.of(NAMES)
                    .filter(_ -> random.nextInt(5) == 0)
                    .map(name -> (random.nextBoolean() ? "!" : "") + name + ".md\n")
                    .reduce("", String::concat));
        }
    }

    @Test
    void aWalkSeesTheFilesInTheOrderOfTheirPathsAndCoversJustThese() throws IOException {
        for (int seed = 0; seed < 15; seed++) {
            Path root = Files.createDirectory(folder.resolve("seed" + seed));
            home = Home.of(root, null);
            files = MemoryTree.in(root);
            grow(new Random(seed), "", 0);
            Tree tree = notes();
            List<String> seen = seen(tree);
            assertThat(seen).as("seed %d", seed)
                    .isNotEmpty()
                    .isSortedAccordingTo(MemoryPath::compareUtf8)
                    .doesNotHaveDuplicates();
            assertThat(everyFile(root).filter(path -> tree.covers(new MemoryPath(path))))
                    .as("covered, seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(seen);
        }
    }

    private static Stream<String> everyFile(Path root) {
        try (Stream<Path> below = Files.walk(root)) {
            return below.filter(Files::isRegularFile)
                    .map(path -> root.relativize(path).toString())
                    .toList()
                    .stream();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    // What counts

    @Test
    void inAMemoryRootOnlyWhatAKindClaimsCounts() {
        files.with(episode("mira").entry("hello"), skill("calibrate"))
                .write(skill("calibrate").reference("salt.md"), "salt")
                .write(MemoryTree.SCOPE + "users/mira/.foresights/foresight-2026-03-04.md", "x")
                .write(MemoryTree.SCOPE + "users/mira/.drafts/episode-2026-03-04.md", "x")
                .write(MemoryTree.SCOPE + "users/mira/episodes/.episode-1.md.tmp."
                        + "0123456789abcdef".repeat(2), "x")
                .write("README.md", "x")
                .write(".index/x.md", "x")
                .write(".gitignore", "*");
        assertThat(seen(tree(Layout.EVEROS))).containsExactly(skill("calibrate").path(),
                MemoryTree.SCOPE + "users/mira/.foresights/foresight-2026-03-04.md",
                episode("mira").path());
    }

    @Test
    void ignoreFilesCountNestedAndNegated() {
        files.write(".gitignore", "*.md\n!keep.md\nbuild/\n")
                .write("docs/.gitignore", "!guide.md\nkeep.md\n")
                .write("docs/.cascadeignore", "secret*\n")
                .write("drop.md", "x")
                .write("keep.md", "x")
                .write("build/keep.md", "x")
                .write("docs/guide.md", "x")
                .write("docs/keep.md", "x")
                .write("docs/secret-guide.md", "x")
                .write("docs/deep/keep.md", "x")
                .write("docs/deep/guide.md", "x");
        assertThat(seen(notes())).containsExactly("docs/deep/guide.md", "docs/guide.md",
                "keep.md");
    }

    @Test
    void whatToolsAndEditorsLeaveIsNotSeen() {
        files.write("a.md", "x")
                .write(".git/a.md", "x")
                .write("node_modules/p/README.md", "x")
                .write(".cascade/a.md", "x")
                .write(".obsidian/a.md", "x")
                .write("a.md~", "x")
                .write(".#a.md", "x")
                .write("#a.md#", "x")
                .write(".a.md.swp", "x")
                .write("b.md.tmp", "x")
                .write("c.markdown", "x")
                .write("d.MD", "x")
                .write("e.txt", "x");
        assertThat(seen(notes())).containsExactly("a.md", "c.markdown");
    }

    @Test
    void aStateFolderWithinTheRootIsNeverWalkedWhateverItsName() {
        home = Home.of(home.root(), home.root().resolve("state/of/cascade"));
        files.write("state/of/cascade/a.md", "x").write("state/of/b.md", "x");
        assertThat(seen(notes())).containsExactly("state/of/b.md");
        assertThat(notes().covers(new MemoryPath("state/of/cascade/a.md"))).isFalse();
    }

    @Test
    @Tag("EV-20")
    void aSelectionIsWalkedAndNothingElseIsEvenListed() {
        files.write("a/b/c.md", "x").write("a/d.md", "x").write("e.md", "x");
        assertThat(seen(notes().walk(Selection.everything()
                .below(List.of(new MemoryPath("a/b"), new MemoryPath("e.md"))))))
                .containsExactly("a/b/c.md", "e.md");
        assertThat(seen(notes().walk(Selection.everything().ofKind("episode")))).isEmpty();
    }

    @Test
    void aFolderNamedLikeANoteIsEnteredAndTold() {
        files.write("a.md/b.md", "x");
        assertThat(seen(notes())).containsExactly("a.md/b.md");
        assertThat(warnings(notes())).singleElement().asString().contains("is a folder");
    }

    // Links

    @Test
    @Tag("EV-22")
    void linksAreNeverFollowed() throws IOException {
        files.write("a.md", "x")
                .write("sub/b.md", "x")
                .link("loop", files.root())
                .link("sub/up", files.path("sub"))
                .link("dangling.md", files.path("nowhere.md"))
                .link("inside.md", files.path("a.md"))
                .link("out.md", Files.writeString(folder.resolve("out.md"), "x"))
                .link("outside", Files.createDirectory(folder.resolve("outside")));
        Files.writeString(folder.resolve("outside/c.md"), "x");
        assertThat(seen(notes())).containsExactly("a.md", "sub/b.md");
        assertThat(warnings(notes())).hasSize(3)
                .anyMatch(line -> line.startsWith("dangling.md: ") && line.contains("nowhere"))
                .anyMatch(line -> line.startsWith("out.md: ") && line.contains("leaves the root"))
                .anyMatch(line -> line.startsWith("outside: ") && line.contains("leaves the root"));
        assertThat(notes().covers(new MemoryPath("loop/a.md"))).isFalse();
        assertThat(notes().covers(new MemoryPath("outside/c.md"))).isFalse();
    }

    @Test
    @Tag("EV-22")
    void aRootThatIsItselfALinkIsWalked() {
        files.write("a.md", "x");
        MemoryTree.in(folder).link("alias", home.root());
        home = Home.of(folder.resolve("alias"), null);
        assertThat(seen(notes())).containsExactly("a.md");
    }

    @Test
    void warningsAreBounded() {
        for (int i = 0; i < 150; i++) {
            files.link("l%d.md".formatted(i), Path.of("/nowhere"));
        }
        assertThat(warnings(notes())).hasSize(100);
    }

    // Names

    @Test
    void namesThatAreNotUtf8AreSeenSpelledAndKeptApart() throws Exception {
        Process process = new ProcessBuilder("sh", "-c",
                "for n in 'a\\377.md' 'a\\376.md' 'gr\\303\\274n.md' 'd\\351/b.md'; do"
                        + " f=\"$(printf \"$n\")\"; mkdir -p \"$(dirname \"$f\")\"; echo x > \"$f\"; done")
                .directory(home.root().toFile())
                .start();
        assertThat(process.waitFor()).isZero();
        List<String> seen = seen(notes());
        assertThat(seen).containsExactly("a\uFFFDfe.md", "a\uFFFDff.md", "d\uFFFDe9/b.md",
                "grün.md");
        assertThat(seen.stream().map(MemoryPath::new).filter(MemoryPath::isUtf8))
                .containsExactly(new MemoryPath("grün.md"));
    }

    @Test
    void aNameThatForgesALineIsSeenAsItIs() {
        files.write("a\nb.md", "x");
        assertThat(seen(notes())).containsExactly("a\nb.md");
    }

    // Fingerprints

    private static Map<String, Fingerprint> fingerprints(Tree tree) {
        Map<String, Fingerprint> prints = new TreeMap<>();
        TreeWalk walk = tree.walk(Selection.everything());
        while (walk.hasNext()) {
            Sighting sighting = walk.next();
            prints.put(sighting.path().value(), sighting.fingerprint());
        }
        return prints;
    }

    @Test
    @Tag("EV-75")
    void companionsAreFoldedIntoTheFingerprint() throws IOException {
        Tree tree = tree(Layout.EVEROS);
        files.with(skill("calibrate"));
        Fingerprint alone = fingerprints(tree).get(skill("calibrate").path());
        files.write(skill("calibrate").reference("salt.md"), "salt");
        Fingerprint salted = fingerprints(tree).get(skill("calibrate").path());
        Path salt = files.path(skill("calibrate").reference("salt.md"));
        Files.setLastModifiedTime(salt, FileTime.fromMillis(1));
        Fingerprint touched = fingerprints(tree).get(skill("calibrate").path());
        files.move(skill("calibrate").reference("salt.md"),
                skill("calibrate").reference("brine.md"));
        Fingerprint renamed = fingerprints(tree).get(skill("calibrate").path());
        files.write(skill("calibrate").reference("notes.txt"), "no companion");
        assertThat(List.of(alone, salted, touched, renamed)).doesNotHaveDuplicates();
        assertThat(fingerprints(tree)).containsValue(renamed);
        files.delete(skill("calibrate").reference("brine.md"));
        assertThat(fingerprints(tree)).containsValue(alone);
    }

    @Test
    void aWalkOpensNoFile() throws IOException {
        files.write("a.md", "x");
        Path file = files.path("a.md");
        Files.getFileAttributeView(file, java.nio.file.attribute.BasicFileAttributeView.class)
                .setTimes(null, FileTime.fromMillis(1000), null);
        FileTime before = accessed(file);
        Files.readString(file);
        assumeThat(accessed(file)).as("the file system keeps access times").isNotEqualTo(before);
        Files.getFileAttributeView(file, java.nio.file.attribute.BasicFileAttributeView.class)
                .setTimes(null, FileTime.fromMillis(1000), null);
        assertThat(seen(notes())).containsExactly("a.md");
        assertThat(accessed(file)).isEqualTo(FileTime.fromMillis(1000));
    }

    private static FileTime accessed(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).lastAccessTime();
    }

    // Holes

    @Test
    @Tag("EV-21")
    void whatIsDeletedDuringTheWalkIsNotSeenAndIsNoFault() {
        files.write("a.md", "x").write("b/c.md", "x").write("d.md", "x");
        TreeWalk walk = notes().walk(Selection.everything());
        assertThat(walk.next().path()).isEqualTo(new MemoryPath("a.md"));
        files.delete("b");
        assertThat(seen(walk)).containsExactly("d.md");
    }

    @Test
    @Tag("EV-18")
    void aRootThatIsNotThereIsUnreadableAndNotEmpty() {
        home = Home.of(folder.resolve("unmounted"), null);
        assertThatExceptionOfType(UnreadableTree.class)
                .isThrownBy(() -> notes().walk(Selection.everything()))
                .withMessageContaining("does not exist");
    }

    @Test
    @Tag("EV-18")
    void aFolderThatCannotBeListedMakesTheWholeTreeUnreadable() {
        files.write("a.md", "x").write("b/c.md", "x");
        TreeWalk walk = notes().walk(Selection.everything());
        walk.next();
        files.delete("b").write("b", "a file now");
        assertThatExceptionOfType(UnreadableTree.class).isThrownBy(walk::hasNext)
                .withMessageContaining("it is no folder")
                .satisfies(ex -> assertThat(ex.remedy()).contains("nothing was taken for deleted"));
    }

    @Test
    @Tag("EV-18")
    void anIgnoreFileThatCannotBeLookedAtIsNotTakenForNone() {
        files.write("draft.md", "x").write(".cascadeignore", "draft.md\n");
        FaultyDisk disk = new FaultyDisk().fail(Operation.STAT, files.path(".cascadeignore"),
                Ailment.IO);
        home = Home.of(disk.over(files.root()), null);
        assertThatExceptionOfType(UnreadableTree.class)
                .isThrownBy(() -> notes().covers(new MemoryPath("draft.md")))
                .withMessageContaining(".cascadeignore cannot be read: Input/output error");
    }

    @Test
    @Tag("EV-18")
    void aFolderWithoutPermissionMakesTheWholeTreeUnreadable() {
        files.write("a.md", "x").write("b/c.md", "x");
        assertThat(files.path("b").toFile().setReadable(false)).isTrue();
        try {
            assumeThat(Files.isReadable(files.path("b")))
                    .as("this user may read everything")
                    .isFalse();
            assertThatExceptionOfType(UnreadableTree.class).isThrownBy(() -> seen(notes()))
                    .withMessageContaining("permission denied");
        } finally {
            assertThat(files.path("b").toFile().setReadable(true)).isTrue();
        }
    }
}
