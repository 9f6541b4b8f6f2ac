package dev.cascade.steps.index;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.apache.lucene.index.IndexOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.EntryDiff;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.Watermark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class MemoryIndexTest {

    private static final DataSize BUFFER = DataSize.ofMegabytes(16);

    @TempDir
    private Path root;

    private Path folder;
    private long chunk;

    @BeforeEach
    void place() {
        folder = root.resolve("g000001");
    }

    private MemoryIndex open(Layout layout) {
        return MemoryIndex.open(folder, "root-1", 1, Kinds.of(Home.of(root, null), layout), BUFFER);
    }

    private MemoryIndex open() {
        return open(Layout.NOTES);
    }

    private void write(MemoryIndex index, Written... files) {
        index.apply(Arrays.stream(files).<Outcome>map(file -> file.against(index)).toList());
        index.commit(new Watermark(1, ++chunk));
    }

    private String dump() {
        try (IndexView view = IndexView.open(folder)) {
            StringBuilder dump = new StringBuilder();
            view.files().forEach(file -> dump.append(view.describe(file.path())));
            return dump.toString();
        }
    }

    @Test
    void whatWasWrittenCanBeReadBackWhole() {
        Written file = Written.note("a/b.md")
                .titled("File")
                .entry("one", "One", "2026-05-01T10:00:00.123456789Z", "parent",
                        Map.of("body", List.of("Hello"), "tags", List.of("x", "y"), "aliases",
                                List.of()))
                .entry("two", "text");
        try (MemoryIndex index = open()) {
            write(index, file);
            assertThat(index.holds(file.document())).isTrue();
            assertThat(index.counts()).isEqualTo(new Counts(1, 2, 0));
        }
        try (IndexView view = IndexView.open(folder)) {
            assertThat(view.entries(file.path())).extracting(IndexedEntry::entry)
                    .isEqualTo(file.document().entries());
            assertThat(view.digests(file.path())).containsOnlyKeys("one", "two")
                    .containsEntry("one", file.document().entries().getFirst().digest());
            assertThat(view.file(file.path())).get()
                    .extracting(IndexedFile::title, IndexedFile::kind)
                    .containsExactly("File", "note");
        }
    }

    @Test
    @Tag("EV-67")
    void applyingTwiceIsTheSameAsOnce() {
        Written file = Written.note("a.md").entry("one", "text").deprecating("x", "y");
        try (MemoryIndex index = open()) {
            List<Outcome> outcomes = List.of(file.against(index));
            index.apply(outcomes);
            index.apply(outcomes);
            index.commit(new Watermark(1, 1));
            String once = dump();
            index.apply(outcomes);
            index.commit(new Watermark(1, 2));
            assertThat(dump()).isEqualTo(once);
            assertThat(index.counts()).isEqualTo(new Counts(1, 1, 0));
        }
    }

    @Test
    @Tag("EV-48")
    void aLongHistoryOfSmallCommitsKeepsFewFilesOpen() throws IOException {
        long before = openDescriptors();
        try (MemoryIndex index = open()) {
            for (int i = 0; i < 300; i++) {
                write(index, Written.note("n%d.md".formatted(i % 100)).entry("one", "text " + i));
            }
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).hasSizeLessThan(100);
            }
            assertThat(openDescriptors() - before).isLessThan(100);
        }
    }

    private static long openDescriptors() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        assumeTrue(Files.exists(descriptors), "needs /proc");
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.count();
        }
    }

    @Test
    void aGoneFileLeavesNothing() {
        Written file = Written.note("a.md").entry("one", "text").deprecating("x", "y");
        Written other = Written.note("a.md.md").entry("one", "text");
        try (MemoryIndex index = open()) {
            write(index, file, other);
            index.apply(List.of(file.gone()));
            index.commit(new Watermark(1, 9));
            assertThat(index.digests(file.path())).isEmpty();
            assertThat(index.holds(file.document())).isFalse();
            assertThat(index.counts()).isEqualTo(new Counts(1, 1, 0));
            assertThat(dump()).startsWith("IndexedFile[path=a.md.md");
        }
    }

    @Test
    void aFileThatIsGoneAndComesBackInOneCommitStandsOnce() {
        Written file = Written.note("a.md").entry("one", "text");
        try (MemoryIndex index = open()) {
            index.apply(List.of(file.against(index)));
            index.apply(List.of(file.gone()));
            index.apply(List.of(file.against(index)));
            index.commit(new Watermark(1, 1));
            assertThat(index.counts()).isEqualTo(new Counts(1, 1, 0));
        }
    }

    @Test
    @Tag("EV-13")
    void onlyTheEntryThatDiffersIsWritten() {
        Written before = Written.note("a.md")
                .entry("one", "1")
                .entry("two", "2")
                .entry("three", "3");
        Written after = Written.note("a.md")
                .entry("one", "1")
                .entry("two", "2!")
                .entry("three", "3");
        try (MemoryIndex index = open()) {
            write(index, before);
            EntryDiff diff = after.against(index).diff();
            assertThat(diff.upserts()).extracting(Entry::id).containsExactly("two");
            assertThat(diff.kept()).isEqualTo(2);
            write(index, after);
            assertThat(index.documentsWritten()).isEqualTo(4 + 2);
            assertThat(index.digests(after.path())).hasSize(3);
        }
    }

    @Test
    void anInsertedLineWritesTheFileAnewAndNoEntry() {
        Written before = Written.note("a.md").entry("one", "1").entry("two", "2");
        Written after = Written.note("a.md").skip(1).entry("one", "1").entry("two", "2");
        try (MemoryIndex index = open()) {
            write(index, before);
            assertThat(after.against(index).diff().isEmpty()).isTrue();
            assertThat(index.holds(after.document())).isFalse();
            write(index, after);
            assertThat(index.holds(after.document())).isTrue();
            assertThat(index.documentsWritten()).isEqualTo(3 + 1);
        }
        try (IndexView view = IndexView.open(folder)) {
            assertThat(view.entries(after.path())).extracting(found -> found.entry().line())
                    .containsExactly(2, 12);
        }
    }

    @Test
    void nothingIsVisibleBeforeTheCommit() {
        Written file = Written.note("a.md").entry("one", "1");
        try (MemoryIndex index = open()) {
            index.apply(List.of(file.against(index)));
            assertThat(index.digests(file.path())).isEmpty();
            assertThat(dump()).isEmpty();
            index.commit(new Watermark(1, 1));
            assertThat(index.digests(file.path())).isNotEmpty();
            assertThat(dump()).isNotEmpty();
        }
    }

    @Test
    void aRollbackPublishesNothing() {
        Written first = Written.note("a.md").entry("one", "1");
        Written second = Written.note("b.md").entry("one", "1");
        try (MemoryIndex index = open()) {
            write(index, first);
            String before = dump();
            index.apply(List.of(second.against(index), first.gone()));
            index.rollback();
            assertThat(index.watermark()).contains(new Watermark(1, 1));
            index.commit(new Watermark(1, 2));
            assertThat(dump()).isEqualTo(before);
            write(index, second);
            assertThat(index.counts()).isEqualTo(new Counts(2, 2, 0));
        }
    }

    @Test
    void aFaultWhileWritingIsMendedByARollback() {
        Written first = Written.note("a.md").entry("one", "1");
        Written second = Written.note("b.md").entry("one", "1");
        try (MemoryIndex index = open()) {
            write(index, first);
            index.apply(List.of(second.against(index)));
            Thread.currentThread().interrupt();
            try {
                assertThatExceptionOfType(UncheckedIOException.class)
                        .isThrownBy(() -> index.commit(new Watermark(1, 2)))
                        .withMessageContaining("the index in " + folder + " cannot be written");
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> index.apply(List.of(second.against(index))));
            index.rollback();
            assertThat(index.watermark()).contains(new Watermark(1, 1));
            write(index, second);
            assertThat(index.counts()).isEqualTo(new Counts(2, 2, 0));
        }
    }

    @Test
    void readersInOtherThreadsAlwaysSeeOneCommit() throws Exception {
        AtomicBoolean isDone = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        Set<Map<String, String>> versions = IntStream.range(0, 60)
                .mapToObj(i -> pair(i).document()
                        .entries()
                        .stream()
                        .collect(Collectors.toMap(Entry::id, Entry::digest)))
                .collect(Collectors.toSet());
        try (MemoryIndex index = open();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            write(index, pair(0));
            List<Future<?>> readers = Stream.<Runnable>generate(() -> () -> {
                while (!isDone.get()) {
                    assertThat(versions).contains(index.digests(new MemoryPath("a.md")));
                    looks.incrementAndGet();
                }
            }).limit(2).<Future<?>>map(threads::submit).toList();
            for (int i = 1; i < 60; i++) {
                index.apply(List.of(pair(i).against(index)));
                if (i % 5 == 0) {
                    index.rollback();
                } else {
                    index.commit(new Watermark(1, i));
                }
            }
            isDone.set(true);
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
        assertThat(looks).hasPositiveValue();
    }

    private static Written pair(int version) {
        return Written.note("a.md")
                .entry("one", "1 of " + version)
                .entry("two",
                        "2 of " + version);
    }

    @Test
    void closingWithoutACommitPublishesNothing() {
        try (MemoryIndex index = open()) {
            write(index, Written.note("a.md").entry("one", "1"));
            index.apply(List.of(Written.note("b.md").entry("one", "1").against(index)));
        }
        assertThat(dump()).contains("a.md").doesNotContain("b.md");
        assertThat(CommitData.read(folder).watermark()).contains(new Watermark(1, 1));
    }

    @Test
    void anAbandonedWriterLeavesTheLastCommitAndItsWatermark() throws IOException {
        Path copy = root.resolve("copy");
        try (MemoryIndex index = MemoryIndex.open(folder, "root-1", 1,
                Kinds.of(Home.of(root, null), Layout.NOTES), DataSize.ofMegabytes(1))) {
            write(index, Written.note("a.md").entry("one", "1"));
            Written large = Written.note("b.md");
            for (int i = 0; i < 20_000; i++) {
                large.entry("entry" + i, "some words that fill the buffer " + i);
            }
            index.apply(List.of(large.against(index)));
            copyFolder(folder, copy);
        }
        assertThat(filesIn(copy)).as("flushed and not committed").hasSizeGreaterThan(6);
        folder = copy;
        try (MemoryIndex index = open()) {
            assertThat(index.watermark()).contains(new Watermark(1, 1));
            assertThat(index.counts()).isEqualTo(new Counts(1, 1, 0));
            write(index, Written.note("c.md").entry("one", "1"));
        }
        assertThat(dump()).contains("a.md", "c.md").doesNotContain("b.md");
    }

    /// A merge in the background may take away files that no commit holds while they are copied.
    private static void copyFolder(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : filesIn(from)) {
            try {
                Files.copy(file, to.resolve(file.getFileName()));
            } catch (NoSuchFileException merged) {
                assertThat(file.getFileName().toString()).doesNotStartWith("segments");
            }
        }
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void headerAndWatermarkAreReadWithoutAWriter() {
        try (MemoryIndex index = open()) {
            assertThat(index.watermark()).isEmpty();
            assertThat(CommitData.read(folder).watermark()).isEmpty();
            index.commit(new Watermark(12, 34));
            CommitData read = CommitData.read(folder);
            assertThat(read.watermark()).contains(new Watermark(12, 34));
            assertThat(read.header()).isEqualTo(index.header());
            assertThat(read.header().rootId()).isEqualTo("root-1");
            assertThat(read.header().schemaId()).matches("[0-9a-f]{12}");
        }
    }

    @Test
    @Tag("EV-01")
    void aSecondWriterIsRefused() {
        try (MemoryIndex _ = open()) {
            assertThatExceptionOfType(IndexInUse.class).isThrownBy(this::open)
                    .withMessageContaining("another process is writing the index in " + folder);
        }
        open().close();
    }

    @Test
    void aMissingIndexIsSaidToBeMissingAndNotMade() {
        assertThatExceptionOfType(MissingIndex.class).isThrownBy(() -> IndexView.open(folder))
                .withMessageContaining("does not exist");
        assertThatExceptionOfType(MissingIndex.class).isThrownBy(() -> CommitData.read(folder));
        assertThat(folder).doesNotExist();
    }

    @Test
    void aFolderWithoutAnIndexIsSaidToHaveNone() throws IOException {
        Files.createDirectories(folder);
        assertThatExceptionOfType(MissingIndex.class).isThrownBy(() -> IndexView.open(folder))
                .withMessageContaining("there is no index in " + folder);
        assertThatExceptionOfType(MissingIndex.class).isThrownBy(() -> CommitData.read(folder));
    }

    @Test
    void anyTruncatedOrMissingFileIsCalledDamage() throws IOException {
        try (MemoryIndex index = open()) {
            write(index, Written.note("a.md").entry("one", "1"));
        }
        List<Path> files = filesIn(folder).stream()
                .filter(file -> !file.endsWith("write.lock"))
                .toList();
        assertThat(files).hasSizeGreaterThanOrEqualTo(4);
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                open.setLength(whole.length / 2);
            }
            assertDamaged(file + " cut");
            Files.delete(file);
            if (!String.valueOf(file.getFileName()).startsWith("segments")) {
                assertDamaged(file + " deleted");
            }
            Files.write(file, whole);
        }
        assertThat(dump()).contains("a.md");
    }

    private void assertDamaged(String how) {
        assertThatExceptionOfType(DamagedIndex.class).as(how)
                .isThrownBy(() -> IndexView.open(folder))
                .withMessageContaining(folder.toString())
                .matches(ex -> ex.remedy().contains("cascade rebuild"));
        assertThatExceptionOfType(DamagedIndex.class).as(how).isThrownBy(this::open);
    }

    @Test
    void anIndexOfAnotherRootIsRefused() {
        open().close();
        assertThatExceptionOfType(ForeignIndex.class)
                .isThrownBy(() -> MemoryIndex.open(folder, "root-2", 1,
                        Kinds.of(Home.of(root, null), Layout.NOTES), BUFFER))
                .withMessageContaining("belongs to root root-1");
        open().close();
    }

    @Test
    @Tag("EV-52")
    @Tag("EV-70")
    void aReaderIsNotDisturbedByTheWriter() {
        try (MemoryIndex index = open()) {
            write(index, Written.note("a.md").entry("one", "1"));
            try (IndexView view = IndexView.open(folder)) {
                for (int i = 0; i < 30; i++) {
                    write(index, Written.note("a.md").entry("one", "changed " + i),
                            Written.note("b" + i + ".md").entry("one", "1"));
                }
                index.mergeDeletes(0, Duration.ofSeconds(20));
                assertThat(view.describe(new MemoryPath("a.md"))).contains("[1]");
                assertThat(view.files()).hasSize(1);
            }
            assertThat(index.counts()).isEqualTo(new Counts(31, 31, 0));
        }
    }

    @Test
    void deletedDocumentsAreMergedAway() {
        try (MemoryIndex index = open()) {
            assertThat(index.mergeDeletes(0, Duration.ofSeconds(20))).isFalse();
            Written[] files = new Written[400];
            for (int i = 0; i < files.length; i++) {
                files[i] = Written.note("a" + i + ".md").entry("one", "text");
            }
            write(index, files);
            index.apply(Arrays.stream(files).limit(60).<Outcome>map(Written::gone).toList());
            index.commit(new Watermark(3, 4));
            int deleted = deletedDocuments();
            assertThat(deleted).isPositive();
            assertThat(index.mergeDeletes(0.5, Duration.ofSeconds(20))).isFalse();
            assertThat(index.mergeDeletes(0.01, Duration.ofSeconds(20))).isTrue();
            // Lucene leaves alone what is less than a tenth of its segment.
            assertThat(deletedDocuments()).isLessThan(deleted / 2);
            assertThat(CommitData.read(folder).watermark()).contains(new Watermark(3, 4));
            assertThat(index.counts()).isEqualTo(new Counts(340, 340, 0));
        }
    }

    private int deletedDocuments() {
        try (IndexView view = IndexView.open(folder)) {
            return view.searcher().getIndexReader().numDeletedDocs();
        }
    }

    @Test
    void manyShortRunsDoNotPileUpSegments() {
        for (int i = 0; i < 60; i++) {
            try (MemoryIndex index = open()) {
                write(index, Written.note("a" + i + ".md").entry("one", "text " + i));
            }
        }
        try (IndexView view = IndexView.open(folder)) {
            assertThat(view.searcher().getIndexReader().leaves()).hasSizeLessThan(25);
            assertThat(view.counts()).isEqualTo(new Counts(60, 60, 0));
        }
    }

    @Test
    @Tag("EV-64")
    @Tag("IAI-12")
    void aDeprecationCountsWhileItIsDeclaredAndNoLonger() {
        Written rows = Written
                .episodes("default_app/default_project/users/u1/episodes/episode-1.md",
                        "u1")
                .entry("ep_1", "old")
                .entry("ep_2", "new");
        Written declaring = Written.episodes(
                "default_app/default_project/users/u1/episodes/episode-2.md", "u1");
        try (MemoryIndex index = open(Layout.EVEROS)) {
            write(index, rows, declaring.deprecating("ep_1", "ep_2"));
            assertThat(index.counts()).isEqualTo(new Counts(2, 1, 1));
            assertThat(replacement(rows.path())).containsExactly("ep_2", null);
            Written silent = Written.episodes(declaring.path().value(), "u1");
            assertThat(index.holds(silent.document())).isFalse();
            write(index, silent);
            assertThat(index.counts()).isEqualTo(new Counts(2, 2, 0));
            assertThat(replacement(rows.path())).containsExactly(null, null);
        }
    }

    private List<String> replacement(MemoryPath path) {
        try (IndexView view = IndexView.open(folder)) {
            return view.entries(path).stream().map(IndexedEntry::replacedBy).toList();
        }
    }

    @Test
    void aRowThatTwoFilesClaimStandsTwiceAndIsNamed() {
        Written first = Written.episodes("a/b/users/u1/episodes/episode-1.md", "u1")
                .entry("ep_1", "in one");
        Written second = Written.episodes("a/b/users/u1/episodes/episode-2.md", "u1")
                .entry("ep_1", "in two");
        try (MemoryIndex index = open(Layout.EVEROS)) {
            write(index, second, first);
            try (IndexView view = IndexView.open(folder)) {
                assertThat(view.conflicts(10)).containsExactly(
                        new Conflict(first.document().entries().getFirst().row(),
                                List.of(first.path(), second.path())));
                assertThat(view.conflicts(0)).isEmpty();
            }
            index.apply(List.of(first.gone()));
            index.commit(new Watermark(1, 9));
            try (IndexView view = IndexView.open(folder)) {
                assertThat(view.conflicts(10)).isEmpty();
                assertThat(view.named("u1_ep_1")).extracting(IndexedEntry::path)
                        .containsExactly(second.path());
            }
        }
    }

    @Test
    @Tag("EV-24")
    void allOfTenThousandAndOneEntriesAreDeleted() {
        Written large = Written.note("large.md");
        for (int i = 0; i < 10_001; i++) {
            large.entry("entry" + i, "text " + i);
        }
        try (MemoryIndex index = open()) {
            write(index, large);
            assertThat(index.digests(large.path())).hasSize(10_001);
            Written empty = Written.note("large.md");
            assertThat(empty.against(index).diff().deletes()).hasSize(10_001);
            write(index, empty);
            assertThat(index.counts()).isEqualTo(new Counts(1, 0, 0));
            assertThat(index.digests(large.path())).isEmpty();
        }
    }

    @Test
    void termsOfAnyLengthAreTaken() {
        String word = "x".repeat(100_000);
        String widening = "\uFDFA".repeat(40_000);
        Written file = Written.note("a.md")
                .entry("i".repeat(50_000), word, null, "p".repeat(40_000),
                        Map.of("body", List.of(word, widening, "\uD800 broken \uDFFF"), "tags",
                                List.of(word, "ü".repeat(40_000)), "created", List.of(word)));
        try (MemoryIndex index = open()) {
            write(index, file);
            assertThat(index.digests(file.path())).containsOnlyKeys("i".repeat(50_000));
            write(index, Written.note("a.md"));
            assertThat(index.counts()).isEqualTo(new Counts(1, 0, 0));
        }
    }

    @Test
    void filesComeInTheOrderOfTheirPaths() {
        List<String> paths = List.of("a b.md", "a.md", "a/b.md", "a/ü.md", "b.md", "z/\uFF5E.md",
                "z/\uD83D\uDE00.md");
        try (MemoryIndex index = open()) {
            for (String path : paths.reversed()) {
                write(index, Written.note(path).entry("one", "1"));
            }
            try (IndexView view = IndexView.open(folder)) {
                assertThat(view.files().map(file -> file.path().value()))
                        .containsExactlyElementsOf(paths);
            }
        }
        assertThat(paths.stream().map(MemoryPath::new)).isSorted();
    }

    @Test
    void anotherSchemaMakesEveryEntryOfTheKindDiffer() throws IOException {
        Written file = Written.note("a.md").entry("one", "1");
        try (MemoryIndex index = open()) {
            write(index, file);
        }
        Files.writeString(root.resolve("kinds.yaml"), """
                kinds:
                  own:
                    glob: "own/*.md"
                    shape: note
                    hashed: [body]
                    tokenised: [body]
                """);
        try (MemoryIndex index = open()) {
            assertThat(index.holds(file.document())).as("another kind came").isTrue();
        }
        try (MemoryIndex index = open(Layout.EVEROS)) {
            assertThat(index.digests(file.path())).containsExactly(Map.entry("one", ""));
        }
    }

    @Test
    void twoOutcomesOfOnePathAreRefused() {
        Written file = Written.note("a.md").entry("one", "1");
        try (MemoryIndex index = open()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> index.apply(List.of(file.against(index), file.gone())))
                    .withMessageContaining("a.md");
        }
    }

    @Test
    void theIndexAfterAnyHistoryEqualsARebuild() {
        Random random = new Random(42);
        Map<String, Written> tree = new TreeMap<>();
        try (MemoryIndex index = open()) {
            for (int step = 0; step < 120; step++) {
                String path = "f" + random.nextInt(12) + ".md";
                if (random.nextInt(4) == 0) {
                    tree.remove(path);
                    index.apply(List.of(Written.note(path).gone()));
                } else {
                    Written file = Written.note(path)
                            .titled("t" + random.nextInt(3))
                            .skip(random.nextInt(3));
                    for (int i = random.nextInt(6); i > 0; i--) {
                        file.entry("e" + i, "text " + random.nextInt(3));
                    }
                    if (random.nextBoolean()) {
                        file.deprecating("e" + random.nextInt(6), "x");
                    }
                    tree.put(path, file);
                    index.apply(List.of(file.against(index)));
                }
                index.commit(new Watermark(1, step));
            }
        }
        String history = dump();
        folder = root.resolve("rebuilt");
        try (MemoryIndex index = open()) {
            write(index, tree.values().toArray(Written[]::new));
        }
        assertThat(tree).isNotEmpty();
        assertThat(dump()).isEqualTo(history);
    }

    @Test
    @Tag("EV-69")
    void placesOfWordsAreKeptOnlyWherePhrasesAreLookedUp() {
        try (MemoryIndex index = open()) {
            write(index, Written.note("a.md").entry("0", "A title", "and a text"));
        }
        try (IndexView view = IndexView.open(folder)) {
            Set<String> withPlaces = new HashSet<>();
            view.reader()
                    .leaves()
                    .forEach(segment -> segment.reader().getFieldInfos().forEach(field -> {
                        if (field.getIndexOptions()
                                .compareTo(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS) >= 0) {
                            withPlaces.add(field.name);
                        }
                    }));
            assertThat(withPlaces).containsExactlyInAnyOrder(Columns.TITLE, Columns.HEADINGS,
                    Columns.BODY);
        }
    }
}
