package dev.cascade.jobs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.Check.Answer;
import dev.cascade.jobs.DoctorReport.Finding;
import dev.cascade.jobs.DoctorReport.Level;
import dev.cascade.steps.FaultyDisk;
import dev.cascade.steps.FaultyDisk.Ailment;
import dev.cascade.steps.FaultyDisk.Operation;
import dev.cascade.steps.MemoryTree;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.ledger.StateDatabase;

import static dev.cascade.steps.MemoryTree.SCOPE;
import static dev.cascade.steps.MemoryTree.episode;
import static dev.cascade.steps.MemoryTree.skill;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// Each trouble that the doctor tells of, made for real.
class DoctorTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    private DoctorReport examine(Home home, boolean apply, boolean deep, Clock clock) {
        return new Doctor(home, bench::properties, clock, deep, List.of()).examine(apply,
                List.of());
    }

    private Finding found(String check) {
        return of(examine(bench.home(), false, false, Clock.systemUTC()), check);
    }

    private Finding cured(String check) {
        return of(examine(bench.home(), true, false, Clock.systemUTC()), check);
    }

    private static Finding of(DoctorReport report, String check) {
        return report.findings()
                .stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no finding " + check + " in " + report));
    }

    private static void told(Finding finding, Level level, String... words) {
        assertThat(finding.level()).as(finding.toString()).isEqualTo(level);
        assertThat(List.of(words)).allSatisfy(word -> assertThat(finding.seen()).contains(word));
        assertThat(finding.cure() == null).as(finding.toString())
                .isEqualTo(level == Level.OK);
    }

    private void indexed() {
        bench.tree().write("a.md", "# A").write("b.md", "# B").write("c.md", "# C");
        bench.sync();
    }

    // The whole

    @Test
    void aSoundRootHasNoTroubleAndLookingLeavesNoTrace() throws Exception {
        indexed();
        Thread.sleep(2500);
        Map<String, String> before = MemoryTree.snapshot(bench.tree().root());
        DoctorReport report = examine(bench.home(), false, true, Clock.systemUTC());
        assertThat(report.findings()).filteredOn(finding -> !finding.check().equals("mount"))
                .allSatisfy(finding -> told(finding, Level.OK));
        assertThat(report.findings()).extracting(Finding::check)
                .containsExactlyInAnyOrder("root", "state_folder", "identity", "tree",
                        "unmatched_files", "file_times", "file_names", "mount", "clock", "disk",
                        "inodes", "descriptors", "database", "write_ahead_log", "schema_repair",
                        "index", "index_schema", "generations", "locks", "executions",
                        "leftovers", "schedule", "maintenance");
        assertThat(report.verdict()).isLessThanOrEqualTo(Level.WARNING);
        assertThat(MemoryTree.snapshot(bench.tree().root())).isEqualTo(before);
    }

    @Test
    void aRootThatWasNeverIndexedIsNoProblemAndStaysSo() {
        bench.expectNoAgreement();
        bench.tree().write("a.md", "# A");
        DoctorReport report = examine(bench.home(), true, false, Clock.systemUTC());
        assertThat(report.verdict()).isEqualTo(Level.WARNING);
        told(of(report, "state_folder"), Level.WARNING, "nothing was ever indexed");
        told(of(report, "database"), Level.WARNING, "is not there yet");
        for (String check : List.of("identity", "clock", "index", "generations", "executions",
                "schedule")) {
            assertThat(of(report, check).level()).as(check).isEqualTo(Level.UNKNOWN);
        }
        assertThat(bench.home().state()).doesNotExist();
    }

    @Test
    @Tag("EV-39")
    void aCheckThatFailsIsUnknownAndStopsNoOther() {
        indexed();
        DoctorReport report = new Doctor(bench.home(), bench::properties, Clock.systemUTC(), false,
                List.of(new Check("mine", () -> {
                    throw new IOException("no such luck");
                }), new Check("last", () -> Answer.problem("all is lost", "pray"))))
                .examine(true, List.of("a warning"));
        told(report.findings().getFirst(), Level.PROBLEM, "all is lost");
        assertThat(of(report, "mine").level()).isEqualTo(Level.UNKNOWN);
        assertThat(of(report, "mine").seen()).contains("no such luck");
        told(of(report, "database"), Level.OK);
        assertThat(report.warnings()).containsExactly("a warning");
    }

    @Test
    void whatNeedsSettingsIsUnknownIfTheyCannotBeUsed() {
        indexed();
        DoctorReport report = new Doctor(bench.home(), () -> {
            throw new ConfigurationProblem("cascade.yaml is nonsense", "Mend it.");
        }, Clock.systemUTC(), false, List.of()).examine(true, List.of());
        for (String check : List.of("tree", "unmatched_files", "index_schema")) {
            assertThat(of(report, check).level()).as(check).isEqualTo(Level.UNKNOWN);
            assertThat(of(report, check).seen()).isEqualTo("cascade.yaml is nonsense");
        }
        told(of(report, "index"), Level.OK);
    }

    // The root and its state

    @Test
    @Tag("EV-02")
    void aRootThatCannotBeReadIsAProblemAndTheStateIsExaminedAllTheSame() {
        indexed();
        FaultyDisk disk = new FaultyDisk();
        Home seen = new Home(disk.over(bench.tree().root()), bench.home().state());
        disk.fail(Operation.LIST, bench.tree().root(), Ailment.IO);
        DoctorReport report = examine(seen, false, false, Clock.systemUTC());
        told(of(report, "root"), Level.PROBLEM, "Input/output error");
        told(of(report, "tree"), Level.PROBLEM, "Input/output error");
        assertThat(of(report, "unmatched_files").level()).isEqualTo(Level.UNKNOWN);
        assertThat(of(report, "file_times").level()).isEqualTo(Level.UNKNOWN);
        told(of(report, "database"), Level.OK, "schema version");
        told(of(report, "index"), Level.OK, "3 files");
        assertThat(report.verdict()).isEqualTo(Level.PROBLEM);
    }

    @Test
    void aRootThatIsGoneIsAProblem() {
        bench.expectNoAgreement();
        Home nowhere = Home.of(bench.outside("nowhere"), null);
        DoctorReport report = examine(nowhere, false, false, Clock.systemUTC());
        told(of(report, "root"), Level.PROBLEM, "does not exist");
        assertThat(nowhere.root()).doesNotExist();
    }

    @Test
    void anEmptyRootIsAProblem() throws IOException {
        bench.expectNoAgreement();
        Files.createDirectories(bench.home().state());
        told(found("tree"), Level.PROBLEM, "no Markdown");
    }

    @Test
    void aStateFolderThatIsOpenToOthersIsClosed() throws IOException {
        indexed();
        Path state = bench.home().state();
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-xr-x"));
        told(found("state_folder"), Level.WARNING, "rwxr-xr-x");
        assertThat(found("state_folder").cure()).contains("chmod 700");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwxr-xr-x");
        Finding cured = cured("state_folder");
        told(cured, Level.OK, "rwx------");
        assertThat(cured.applied()).contains("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
        assertThat(cured("state_folder").applied()).isNull();
    }

    @Test
    @Tag("EV-19")
    void theStateOfAnotherRootIsAProblem() throws IOException {
        bench.expectNoAgreement();
        indexed();
        Files.writeString(bench.home().rootId(), "someone-else\n");
        told(found("identity"), Level.PROBLEM, "someone-else");
    }

    // The files

    @Test
    @Tag("EV-66")
    void markdownThatMatchesNoKindIsListedWithTheReason() {
        bench.tree()
                .with(episode("mira").entry("hello"), skill("weld"))
                .write(skill("weld").reference("more.md"), "a part of the skill")
                .write("README.md", "# Read")
                .write(SCOPE + "users/mira/episodes/summer.md", "# Summer")
                .write(SCOPE + "users/mira/episodes/EPISODE-2026-01-01.md", "# Loud")
                .write("users/mira/episodes/episode-2020-01-01.md", "# Old")
                .write("default_app/users/mira/episodes/episode-2020-01-02.md", "# Less old");
        bench.sync();
        Finding finding = found("unmatched_files");
        told(finding, Level.WARNING, "2 files stand as in an older memory root",
                "3 Markdown files match no kind");
        assertThat(finding.cure()).contains("default_app/default_project/");
        assertThat(finding.details()).containsExactly(
                "default_app/users/mira/episodes/episode-2020-01-02.md: one of the levels of app and project is missing",
                "users/mira/episodes/episode-2020-01-01.md: the levels of app and project are missing",
                "README.md: no kind expects a file in this folder",
                SCOPE + "users/mira/episodes/EPISODE-2026-01-01.md: its name is not written in lower case",
                SCOPE + "users/mira/episodes/summer.md: files in this folder are called episode-*.md");
        told(found("tree"), Level.OK, "2 files count");
    }

    @Test
    @Tag("EV-66")
    void anOlderMemoryRootThatIsTakenForNotesIsNamed() {
        bench.tree()
                .write("users/mira/episodes/episode-2020-01-01.md", "# Old")
                .write("users/mira/thoughts.md", "# A note");
        bench.sync();
        told(found("unmatched_files"), Level.WARNING, "1 files stand as in an older memory root",
                "a kind claims every Markdown file");
    }

    @Test
    @Tag("EV-66")
    void theListOfUnmatchedFilesIsBoundedAndTheCountIsNot() {
        bench.tree().with(episode("mira").entry("hello"));
        for (int i = 0; i < 30; i++) {
            bench.tree().write("docs/n%02d.md".formatted(i), "# N");
        }
        bench.sync();
        Finding finding = found("unmatched_files");
        told(finding, Level.WARNING, "30 Markdown files");
        assertThat(finding.details()).hasSize(20);
    }

    @Test
    void filesThatAreDatedLaterThanNowAreCountedAndSomeNamed() throws IOException {
        bench.expectNoAgreement();
        Instant tomorrow = Clock.systemUTC().instant().plus(Duration.ofDays(1));
        for (int i = 0; i < 7; i++) {
            bench.tree().write("n%d.md".formatted(i), "# N");
            Files.setLastModifiedTime(bench.tree().path("n%d.md".formatted(i)),
                    FileTime.from(tomorrow));
        }
        bench.sync();
        Finding finding = found("file_times");
        told(finding, Level.WARNING, "7 files");
        assertThat(finding.details()).hasSize(5).first().asString().startsWith("n0.md: ");
    }

    @Test
    void namesThatAreAlikeButForCaseOrFormAreNamed() {
        bench.tree()
                .write("sub/Note.md", "# 1")
                .write("sub/note.md", "# 2")
                .write("caf\u00e9.md", "# 3")
                .write("cafe\u0301.md", "# 4")
                .write("other/note.md", "# 5");
        bench.sync();
        Finding finding = found("file_names");
        told(finding, Level.WARNING, "2 names", "tells upper from lower case");
        assertThat(finding.details()).containsExactly(
                "caf\u00e9.md: differs from cafe\u0301.md by its Unicode form alone",
                "sub/note.md: differs from Note.md by case alone");
    }

    // The ground

    @Test
    void aStateInMemoryIsTold() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory)
                && Files.getFileStore(memory).type().equals("tmpfs"), "needs /dev/shm");
        indexed();
        Home there = Home.of(bench.home().root(), memory.resolve("cascade-" + UUID.randomUUID()));
        told(of(examine(there, false, false, Clock.systemUTC()), "mount"), Level.WARNING,
                "the state lies on tmpfs");
    }

    @Test
    void aClockThatIsFarFromTheFileSystemsIsTold() throws IOException {
        indexed();
        told(found("clock"), Level.OK, "it keeps times to");
        Finding finding = of(examine(bench.home(), false, false,
                Clock.offset(Clock.systemUTC(), Duration.ofHours(1))), "clock");
        told(finding, Level.WARNING, "3600", "ms from this machine's");
        try (Stream<Path> state = Files.list(bench.home().state())) {
            assertThat(state.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
        }
    }

    @Test
    void aDiskWithoutRoomForARebuildIsTold() throws IOException {
        indexed();
        Path sparse = Described.live(bench.home()).resolve("_sparse");
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(Files.getFileStore(sparse).getUsableSpace() + (1L << 30));
        }
        told(found("disk"), Level.WARNING, "free; a rebuild needs about");
        Files.delete(sparse);
        told(found("disk"), Level.OK, "free");
        told(found("inodes"), Level.OK);
    }

    @Test
    @Tag("EV-47")
    @Tag("EV-48")
    void theLimitOfOpenFilesIsComparedWithTheIndex() {
        indexed();
        told(found("descriptors"), Level.OK, "of the index");
    }

    // The database

    @Test
    @Tag("SK-32")
    void aDatabaseThatIsNoneIsAProblemAndLeftAsItIs() throws IOException {
        bench.expectNoAgreement();
        indexed();
        byte[] garbage = "no database at all, ".repeat(500).getBytes(StandardCharsets.UTF_8);
        Files.write(bench.home().database(), garbage);
        DoctorReport report = examine(bench.home(), true, false, Clock.systemUTC());
        Finding finding = of(report, "database");
        told(finding, Level.PROBLEM, "file is not a database");
        assertThat(finding.cure()).contains("cascade restore FILE");
        assertThat(finding.applied()).isNull();
        for (String check : List.of("identity", "index", "index_schema", "generations",
                "executions", "schedule")) {
            assertThat(of(report, check).level()).as(check).isEqualTo(Level.UNKNOWN);
        }
        told(of(report, "tree"), Level.OK, "3 files");
        assertThat(bench.home().database()).hasBinaryContent(garbage);
    }

    @Test
    @Tag("HM-12")
    void damageInTheMiddleOfADatabaseIsAProblem() throws IOException {
        bench.expectNoAgreement();
        for (int i = 0; i < 300; i++) {
            bench.tree().write("n%03d.md".formatted(i), "# N");
        }
        bench.sync();
        try (FileChannel file = FileChannel.open(bench.home().database(),
                StandardOpenOption.WRITE)) {
            byte[] noise = new byte[1 << 15];
            Arrays.fill(noise, (byte) 0x5A);
            file.write(ByteBuffer.wrap(noise), file.size() / 2 / 4096 * 4096);
        }
        told(found("database"), Level.PROBLEM, "quick_check finds");
        assertThat(found("database").details()).isNotEmpty();
        told(of(examine(bench.home(), false, true, Clock.systemUTC()), "database"),
                Level.PROBLEM, "integrity_check finds");
    }

    @Test
    void aRowThatRefersToNothingIsAProblem() {
        bench.expectNoAgreement();
        indexed();
        bench.tamper("PRAGMA foreign_keys = OFF", "DELETE FROM BATCH_JOB_INSTANCE");
        told(found("database"), Level.PROBLEM, "rows refer to a row that is not there");
    }

    @Test
    void aDatabaseThatIsMissingIsAProblemOnceItWasThere() throws IOException {
        bench.expectNoAgreement();
        indexed();
        Files.delete(bench.home().database());
        told(found("database"), Level.PROBLEM, "is missing, although it was there before");
    }

    @Test
    @Tag("SK-33")
    void anOlderDatabaseIsToBeMigratedAndANewerOneIsLeftToTheNewerCascade() {
        indexed();
        bench.tamper("PRAGMA user_version = 2");
        Finding older = found("database");
        told(older, Level.PROBLEM, "schema version 2");
        assertThat(older.cure()).isEqualTo("cascade migrate");
        assertThat(found("index").level()).isEqualTo(Level.UNKNOWN);
        userVersion(99);
        told(found("database"), Level.PROBLEM, "schema version 99");
        userVersion(StateDatabase.VERSION);
        told(found("database"), Level.OK, "schema version " + StateDatabase.VERSION);
    }

    /// What the file says of itself, where SQLite keeps it.
    private void userVersion(int version) {
        try (RandomAccessFile file = new RandomAccessFile(bench.home().database().toFile(),
                "rw")) {
            file.seek(60);
            file.writeInt(version);
        } catch (IOException ex) {
            throw new AssertionError(ex);
        }
    }

    @Test
    @Tag("HM-06")
    void aRepairThatFailedIsToldAndForgotten() {
        indexed();
        bench.tamper("DROP VIEW md_file_state",
                "ALTER TABLE md_change_state RENAME COLUMN lsn TO lost");
        assertThat(catchThrowable(bench::sync)).isNotNull();
        Finding finding = found("schema_repair");
        told(finding, Level.PROBLEM, "column lsn of md_change_state");
        assertThat(bench.home().schemaRepair()).exists();
        Finding forgotten = cured("schema_repair");
        told(forgotten, Level.OK);
        assertThat(forgotten.applied()).contains("was forgotten");
        assertThat(bench.home().schemaRepair()).doesNotExist();
        bench.tamper("ALTER TABLE md_change_state RENAME COLUMN lost TO lsn");
        bench.sync();
    }

    // The index

    @Test
    void aDamagedIndexIsAProblem() throws IOException {
        bench.expectNoAgreement();
        indexed();
        try (Stream<Path> files = Files.list(Described.live(bench.home()))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".si")).toList()) {
                Files.write(file, new byte[10]);
            }
        }
        Finding finding = found("index");
        told(finding, Level.PROBLEM, "is damaged");
        assertThat(finding.cure()).contains("cascade rebuild");
    }

    @Test
    void damageThatNoOpeningShowsIsFoundByReadingAll() throws IOException {
        bench.expectNoAgreement();
        indexed();
        Path stored = longest(Described.live(bench.home()));
        try (FileChannel file = FileChannel.open(stored, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[]{1, 2, 3}), file.size() / 2);
        }
        told(of(examine(bench.home(), false, true, Clock.systemUTC()), "index"), Level.PROBLEM,
                "is damaged");
    }

    private static Path longest(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(".cfs"))
                    .max(Comparator.comparingLong(path -> path.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void entriesThatTwoFilesClaimAreNamed() {
        bench.tree().with(skill("weld"), skill("weld").in("weld_again"));
        bench.sync();
        Finding finding = found("index");
        told(finding, Level.WARNING, "entries of the same id stand in more than one file");
        assertThat(finding.details()).singleElement()
                .asString()
                .contains("skill_weld/SKILL.md", "skill_weld_again/SKILL.md");
    }

    @Test
    void aMissingIndexIsAProblem() {
        indexed();
        MemoryTree.in(bench.home().state()).delete("index");
        told(found("index"), Level.PROBLEM, "there is no index");
        assertThat(found("index").cure()).contains("cascade sync");
        bench.sync();
    }

    @Test
    @Tag("EV-38")
    void anIndexThatTheLedgerDoesNotSpeakOfIsToldAndComparedAgain() {
        indexed();
        bench.tamper("UPDATE generation SET settled_run = 77, open_run = 77");
        Finding finding = found("index");
        told(finding, Level.WARNING, "the ledger at run 77");
        assertThat(finding.cure()).contains("cascade sync");
        bench.sync();
        told(found("index"), Level.OK, "it agrees with the ledger");
    }

    @Test
    void theIndexOfAnotherRootIsAProblem() {
        bench.expectNoAgreement();
        indexed();
        bench.tamper("UPDATE root_identity SET root_id = 'another'");
        told(found("index"), Level.PROBLEM, "and not to root another");
    }

    @Test
    void aKindThatIsDescribedOtherwiseNowIsToldAndIndexedAgain() {
        indexed();
        bench.tamper("UPDATE kind_schema SET schema_id = 'older'");
        told(found("index_schema"), Level.WARNING, "1 kinds", "note");
        bench.sync();
        told(found("index_schema"), Level.OK);
    }

    @Test
    @Tag("SK-11")
    @Tag("IAI-24")
    void foldersOfGenerationsThatAreNoMoreAreDeletedOnlyIfThatIsWanted() throws Exception {
        indexed();
        Path left = Files.createDirectories(bench.home().index(7));
        Files.writeString(left.resolve("_0.cfs"), "left");
        Path strange = Files.createDirectories(bench.home().index().resolve("mine"));
        told(found("generations"), Level.WARNING, "1 folders");
        assertThat(found("generations").details()).containsExactly(left.toString());
        try (RunLock _ = RunLock.take(bench.home().lock(), Duration.ZERO)) {
            Finding held = cured("generations");
            told(held, Level.WARNING, "1 folders");
            assertThat(held.applied()).startsWith("nothing: another run holds");
        }
        assertThat(left).exists();
        Finding cured = cured("generations");
        told(cured, Level.OK);
        assertThat(cured.applied()).isEqualTo("1 folders were deleted");
        assertThat(left).doesNotExist();
        assertThat(strange).exists();
    }

    @Test
    void aGenerationThatWasLeftUnfinishedIsTold() {
        indexed();
        bench.tamper("INSERT INTO generation (generation, live, created_at) VALUES (2, 0, 0)");
        Finding finding = found("generations");
        told(finding, Level.WARNING, "g000002 was left unfinished");
        assertThat(finding.cure()).contains("cascade rebuild");
        bench.rebuild();
        told(found("generations"), Level.OK, "none is unfinished");
    }

    // Runs

    @Test
    void whoHoldsTheRootIsTold() throws Exception {
        indexed();
        told(found("locks"), Level.OK, "no run holds the root", "no rebuild is under way");
        String pid = "pid " + ProcessHandle.current().pid();
        try (RunLock _ = RunLock.take(bench.home().lock(), Duration.ZERO)) {
            told(found("locks"), Level.OK, "a run holds the root (" + pid);
        }
        try (RunLock _ = RunLock.take(bench.home().rebuildLock(), Duration.ZERO)) {
            told(found("locks"), Level.OK, "a rebuild is under way (" + pid);
        }
    }

    @Test
    @Tag("SK-11")
    @Tag("EV-12")
    void executionsOfDeadProcessesAreToldAndClosedIfThatIsWanted() throws Exception {
        indexed();
        bench.tamper(
                "UPDATE BATCH_JOB_EXECUTION SET STATUS = 'STARTED', EXIT_CODE = 'UNKNOWN', END_TIME = NULL",
                "UPDATE run SET ended_at = NULL, outcome = NULL, report = NULL");
        Finding finding = found("executions");
        told(finding, Level.WARNING, "2 runs and executions");
        assertThat(finding.details()).hasSize(2).first().asString().startsWith("execution 1 of");
        assertThat(finding.cure()).isEqualTo("cascade jobs recover");
        try (RunLock _ = RunLock.take(bench.home().lock(), Duration.ZERO)) {
            told(found("executions"), Level.OK);
        }
        Finding cured = cured("executions");
        told(cured, Level.OK);
        assertThat(cured.applied()).contains("2 runs and executions", "was cut off");
        assertThat(bench.executions()).extracting(execution -> execution.status())
                .containsExactly("FAILED");
    }

    @Test
    @Tag("SK-11")
    void temporaryFilesOfDeadProcessesAreDeletedAndNoOthers() throws Exception {
        indexed();
        Path state = bench.home().state();
        Path dead = Files.writeString(state.resolve("doctor-4194999.tmp"), "");
        Path note = Files.writeString(state.resolve("schema-repair.tmp"), "");
        Path alive = Files.writeString(state.resolve("doctor-1.tmp"), "");
        Path foreign = Files.writeString(state.resolve("mine.tmp"), "");
        told(found("leftovers"), Level.WARNING, "2 temporary files");
        Finding cured = cured("leftovers");
        told(cured, Level.OK);
        assertThat(cured.applied()).isEqualTo("2 temporary files were deleted");
        assertThat(Stream.of(dead, note)).noneMatch(Files::exists);
        assertThat(Stream.of(alive, foreign)).allMatch(Files::exists);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void schedulesThatAreHeldUpAreTold(boolean byThemselves) {
        indexed();
        control(control -> {
            if (byThemselves) {
                control.needHuman("the disk is full");
            } else {
                control.pause("moving house", null);
            }
        });
        Finding finding = found("schedule");
        told(finding, byThemselves ? Level.PROBLEM : Level.WARNING,
                byThemselves ? "the disk is full" : "moving house");
        assertThat(finding.cure()).contains("cascade resume");
        control(RunControl::resume);
        told(found("schedule"), Level.OK, "scheduled runs go on");
    }

    private void control(java.util.function.Consumer<RunControl> what) {
        try (StateDatabase database = StateDatabase.openForWriting(bench.home().database())) {
            what.accept(new RunControl(database.dataSource(), Clock.systemUTC()));
        }
    }

    @Test
    void decisionsThatWaitAreTold() {
        for (int i = 0; i < 60; i++) {
            bench.tree().write("n%02d.md".formatted(i), "# N " + i);
        }
        bench.sync();
        for (int i = 0; i < 30; i++) {
            bench.tree().delete("n%02d.md".formatted(i));
        }
        bench.sync();
        Finding finding = found("schedule");
        told(finding, Level.WARNING, "1 decisions wait");
        assertThat(finding.cure()).isEqualTo("cascade gates");
        for (int i = 0; i < 30; i++) {
            bench.tree().write("n%02d.md".formatted(i), "# N " + i);
        }
        bench.sync();
        told(found("schedule"), Level.OK, "no decision waits");
    }

    @Test
    void runsThatFailInARowAreTold() {
        indexed();
        for (int i = 0; i < 3; i++) {
            bench.tamper("INSERT INTO run (job, outcome, started_at, ended_at)"
                    + " VALUES ('reconcile', 'failed', 1, 2)");
            told(found("schedule"), i < 2 ? Level.WARNING : Level.PROBLEM,
                    "%d runs in a row failed".formatted(i + 1));
        }
    }
}
