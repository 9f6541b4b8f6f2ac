package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.MemoryTree;
import dev.cascade.steps.MemoryTree.Episodes;
import dev.cascade.steps.MemoryTree.Skill;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.ledger.History;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

import static dev.cascade.steps.MemoryTree.episode;
import static dev.cascade.steps.MemoryTree.skill;
import static org.assertj.core.api.Assertions.assertThat;

/// What one run makes of what happened to a tree.
class ReconcileTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    private final Episodes mira = episode("mira").entry("the greenhouse").entry("the pump");

    @Test
    void aFirstRunIndexesEveryFile() {
        bench.tree().with(mira, episode("juri").entry("the north wall"), skill("calibrate"));
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().seen()).isEqualTo(3);
        assertThat(report.files().added()).isEqualTo(3);
        assertThat(report.files().indexed()).isEqualTo(3);
        assertThat(report.entries().upserted()).isEqualTo(4);
        assertThat(bench.status().queue().done()).isEqualTo(3);
        assertThat(bench.found()).hasSize(4);
    }

    @Test
    @Tag("EV-35")
    @Tag("IAI-01")
    void aRunWithNothingToDoLaunchesNothingAndMovesOnlyTheTimeOfTheLastWalk() {
        bench.tree().with(mira);
        bench.sync();
        SortedMap<String, String> before = MemoryTree.snapshot(bench.home().state());
        List<History.Execution> executions = bench.executions();
        RunReport report = bench.sync();
        SortedMap<String, String> after = MemoryTree.snapshot(bench.home().state());
        assertThat(report.executionId()).isNull();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().unchanged()).isEqualTo(1);
        assertThat(bench.executions()).isEqualTo(executions);
        assertThat(after.remove("last-walk")).isNotEqualTo(before.remove("last-walk"));
        after.remove("lock"); // says who held it last
        before.remove("lock");
        assertThat(withoutReadersOwn(after)).isEqualTo(before);
    }

    @Test
    @Tag("IAI-01")
    void askingForTheStatusChangesNothing() {
        bench.tree().with(mira);
        bench.sync();
        SortedMap<String, String> before = MemoryTree.snapshot(bench.home().state());
        bench.status();
        assertThat(withoutReadersOwn(MemoryTree.snapshot(bench.home().state())))
                .isEqualTo(before);
    }

    /// SQLite gives a reader of a WAL database an empty log and shared memory, and lets them lie.
    private static SortedMap<String, String> withoutReadersOwn(SortedMap<String, String> state) {
        assertThat(state.getOrDefault("state.db-wal", "0 bytes")).startsWith("0 bytes");
        state.remove("state.db-wal");
        state.remove("state.db-shm");
        return state;
    }

    @Test
    @Tag("EV-13")
    void touchingAFileWritesNothingToTheIndex() throws IOException {
        bench.tree().with(mira);
        bench.sync();
        SortedMap<String, String> index = MemoryTree.snapshot(bench.home().index());
        Files.setLastModifiedTime(bench.tree().path(mira.path()), FileTime.from(Instant.now()));
        RunReport report = bench.sync();
        assertThat(report.files().modified()).isEqualTo(1);
        assertThat(report.entries().upserted()).isZero();
        assertThat(report.entries().kept()).isEqualTo(2);
        assertThat(MemoryTree.snapshot(bench.home().index())).isEqualTo(index);
    }

    @Test
    @Tag("EV-13")
    void editingOneEntryRewritesThatEntryAlone() {
        bench.tree().with(mira);
        bench.sync();
        bench.tree().with(episode("mira").entry("the greenhouse").entry("the new pump"));
        RunReport report = bench.sync();
        assertThat(report.entries().upserted()).isEqualTo(1);
        assertThat(report.entries().kept()).isEqualTo(1);
    }

    @Test
    void anEditOfEqualSizeWithTheOldTimeRestoredIsNoticed() throws IOException {
        bench.tree().with(mira);
        bench.sync();
        Path file = bench.tree().path(mira.path());
        FileTime time = Files.getLastModifiedTime(file);
        bench.tree().with(episode("mira").entry("the greenhouse").entry("the pond"));
        Files.setLastModifiedTime(file, time);
        assertThat(bench.sync().files().modified()).isEqualTo(1);
        assertThat(bench.found().toString()).contains("the pond").doesNotContain("the pump");
    }

    @Test
    @Tag("EV-75")
    void editingAReferenceOfASkillIsNoticed() {
        Skill calibrate = skill("calibrate");
        bench.tree().with(calibrate).write(calibrate.reference("salt.md"), "Use salt.");
        bench.sync();
        bench.tree().write(calibrate.reference("salt.md"), "Use sugar.");
        assertThat(bench.sync().files().modified()).isEqualTo(1);
        assertThat(bench.found().toString()).contains("sugar").doesNotContain("salt.");
        bench.tree().delete(calibrate.reference("salt.md"));
        bench.sync();
        assertThat(bench.found().toString()).doesNotContain("sugar");
    }

    @Test
    @Tag("EV-64")
    void aDeprecationInAnotherFileHidesAnEntryAndTakingItBackShowsItAgain() {
        Episodes old = mira.on("2026-03-01");
        Episodes newer = episode("mira").on("2026-03-02").entry("the better pump");
        bench.tree().with(old, newer);
        bench.sync();
        assertThat(bench.found()).hasSize(3);
        bench.tree().with(newer.deprecating("{%s: %s}".formatted(old.id(2), newer.id(1))));
        bench.sync();
        assertThat(bench.found()).hasSize(2).doesNotContainKey(old.path() + "#" + old.id(2));
        bench.tree().with(newer);
        bench.sync();
        assertThat(bench.found()).hasSize(3);
    }

    @Test
    @Tag("EV-64")
    void aDeprecationGoesWithTheFileThatDeclaredIt() {
        Episodes old = mira.on("2026-03-01");
        Episodes newer = episode("mira").on("2026-03-02").entry("the better pump");
        bench.tree().with(old, newer.deprecating("{%s: %s}".formatted(old.id(2), newer.id(1))));
        bench.sync();
        bench.tree().delete(newer.path());
        bench.sync();
        assertThat(bench.found()).containsOnlyKeys(old.path() + "#" + old.id(1),
                old.path() + "#" + old.id(2));
    }

    @Test
    @Tag("EV-65")
    void aSkillThatIsRenamedInItsFileLeavesNoRowUnderTheOldName() {
        bench.tree().with(skill("calibrate"));
        bench.sync();
        bench.tree().with(skill("calibrate").named("adjust"));
        bench.sync();
        assertThat(bench.found()).hasSize(1);
        assertThat(bench.found().toString()).contains("adjust").doesNotContain("calibrate]");
    }

    @Test
    @Tag("EV-65")
    void aMovedFileIsFoundUnderItsNewPathAlone() {
        bench.tree().with(skill("calibrate"));
        bench.sync();
        Skill moved = skill("calibrate").in("moved");
        bench.tree().move(skill("calibrate").path(), moved.path());
        bench.sync();
        assertThat(bench.found()).hasSize(1)
                .allSatisfy((id, _) -> assertThat(id).startsWith(moved.path()));
    }

    @Test
    void ofTwoFilesWithOneRowBothAreIndexedAndEitherMayGo() {
        Skill first = skill("calibrate").in("a");
        Skill second = skill("calibrate").in("b");
        bench.tree().with(first, second);
        bench.sync();
        assertThat(bench.found()).hasSize(2);
        bench.tree().delete(first.path());
        bench.sync();
        assertThat(bench.found()).hasSize(1)
                .allSatisfy((id, _) -> assertThat(id).startsWith(second.path()));
    }

    @Test
    void aFileThatIsPutBackToAnOlderStateIsIndexedAsItIsNow() throws IOException {
        bench.tree().with(mira);
        Path file = bench.tree().path(mira.path());
        FileTime time = Files.getLastModifiedTime(file);
        bench.sync();
        bench.tree().with(episode("mira").entry("something else"));
        bench.sync();
        bench.tree().with(mira);
        Files.setLastModifiedTime(file, time);
        bench.sync();
        assertThat(bench.found().toString()).contains("the pump").doesNotContain("else");
    }

    @Test
    @Tag("EV-31")
    void oneBadFileAmongManyStopsNoOther() {
        for (int i = 0; i < 30; i++) {
            bench.tree().with(episode("u" + i).entry("hello " + i));
        }
        Episodes bad = episode("u15");
        bench.tree().write(bad.path(), bad.entry("hello").text().replace("<!-- /", "<!-- "));
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(report.files().indexed()).isEqualTo(29);
        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.path()).isEqualTo(bad.path());
            assertThat(failure.retryable()).isFalse();
        });
        assertThat(bench.state(bad.path())).isEqualTo("failed_permanent");
        History.Step apply = bench.executions()
                .getFirst()
                .steps()
                .stream()
                .filter(step -> step.name().equals("apply"))
                .findFirst()
                .orElseThrow();
        assertThat(apply.skipped()).isEqualTo(1);
        assertThat(apply.read()).isEqualTo(30);
    }

    @Test
    @Tag("EV-30")
    void aRunInWhichEveryFileIsBadRecordsThemAll() {
        bench.tree().write(mira.path(), "no frontmatter");
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(report.problem()).isNull();
        assertThat(bench.state(mira.path())).isEqualTo("failed_permanent");
        assertThat(bench.sync().executionId()).as("refused until it is saved").isNull();
    }

    @Test
    @Tag("EV-30")
    void savingARefusedFileLiftsTheRefusal() {
        bench.tree().write(mira.path(), "no frontmatter");
        bench.sync();
        bench.tree().with(mira);
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.state(mira.path())).isEqualTo("done");
    }

    @Test
    void aRefusedFileKeepsItsLastGoodEntriesAndLosesThemWhenItIsDeleted() {
        bench.tree().with(mira, episode("juri").entry("the wall"));
        bench.sync();
        bench.tree().write(mira.path(), "no frontmatter");
        bench.sync();
        assertThat(bench.found().toString()).contains("the pump");
        bench.tree().delete(mira.path());
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found().toString()).doesNotContain("the pump");
    }

    @Test
    void aDailyLogThatLosesAllItsEntriesHoldsNoneAndIsDone() {
        bench.tree().with(mira, episode("juri").entry("the wall"));
        bench.sync();
        bench.tree().with(episode("mira"));
        assertThat(bench.sync().entries().deleted()).isEqualTo(2);
        assertThat(bench.state(mira.path())).isEqualTo("done");
    }

    @Test
    @Tag("EV-11")
    void aDeletedFileIsATombstoneAndNotDeletedAgain() {
        bench.tree().with(mira, episode("juri").entry("the wall"));
        bench.sync();
        bench.tree().delete(mira.path());
        assertThat(bench.sync().files().deleted()).isEqualTo(1);
        assertThat(bench.state(mira.path())).isEqualTo("tombstone");
        assertThat(bench.sync().executionId()).isNull();
        bench.tree().with(mira);
        assertThat(bench.sync().files().added()).isEqualTo(1);
    }

    @Test
    void aNoteThatBecomesAFolderOfNotesGoesAndItsNotesCome() {
        bench.tree().write("a.md", "# One").write("b.md", "# Two");
        bench.sync();
        bench.tree().delete("a.md").write("a.md/inner.md", "# Three");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found().keySet()).allMatch(id -> !id.startsWith("a.md#"));
        assertThat(bench.found().keySet()).anyMatch(id -> id.startsWith("a.md/inner.md#"));
        bench.tree().delete("a.md").write("a.md", "# Four");
        bench.sync();
        assertThat(bench.found().toString()).contains("Four").doesNotContain("Three");
    }

    @Test
    void aLogThatBecomesAFolderIsRefusedAndKeepsItsEntries() {
        bench.tree().with(mira, episode("juri").entry("the wall"));
        bench.sync();
        bench.tree().delete(mira.path()).write(mira.path() + "/x.txt", "");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(bench.state(mira.path())).isEqualTo("failed_permanent");
        bench.tree().delete(mira.path());
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @Tag("EV-22")
    void aFolderThatBecomesALinkToItsTwinTakesItsFilesOutOfTheIndex() {
        bench.tree().write("one/a.md", "# A").write("two/a.md", "# A");
        bench.sync();
        bench.tree().delete("one").link("one", bench.tree().path("two"));
        bench.sync();
        assertThat(bench.found().keySet()).allMatch(id -> id.startsWith("two/"));
    }

    @Test
    @Tag("EV-22")
    void aFileThatBecomesALinkGoes() {
        bench.tree().write("a.md", "# A").write("b.md", "# B");
        bench.sync();
        bench.tree().delete("a.md").link("a.md", bench.tree().path("b.md"));
        bench.sync();
        assertThat(bench.found().keySet()).allMatch(id -> id.startsWith("b.md"));
    }

    @Test
    void aFileWhoseNameIsNotUtf8IsRefusedAndForgottenWhenItGoes() throws Exception {
        bench.tree().write("a.md", "# A");
        shell("printf hello > \"$(printf 'bad\\377.md')\"");
        RunReport report = bench.sync();
        assertThat(report.failures()).singleElement()
                .satisfies(failure -> assertThat(failure.reason()).contains("UTF-8"));
        shell("rm bad*");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.sync().executionId()).isNull();
    }

    private void shell(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command)
                .directory(bench.tree().root().toFile())
                .start();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void theLastFileOfAKindCanBeDeleted() {
        bench.tree().with(mira, skill("calibrate"));
        bench.sync();
        bench.tree().delete(skill("calibrate").path());
        assertThat(bench.sync().files().deleted()).isEqualTo(1);
        assertThat(bench.found()).hasSize(2);
    }

    @Test
    @Tag("EV-19")
    void anEmptyRootDeletesNothingHoweverOftenItIsWalked() {
        bench.tree().with(mira);
        bench.sync();
        Path away = bench.outside("away");
        move(bench.tree().path("default_app"), away);
        for (int i = 0; i < 3; i++) {
            assertThat(bench.sync().outcome()).isEqualTo(Outcome.GUARDED);
        }
        assertThat(bench.found()).hasSize(2);
        move(away, bench.tree().path("default_app"));
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.state(mira.path())).isEqualTo("done");
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException ex) {
            throw new java.io.UncheckedIOException(ex);
        }
    }

    @Test
    @Tag("EV-20")
    void aRunOverOneFolderLeavesTheRestOwedAndUnremoved() {
        bench.tree().write("one/a.md", "# A").write("two/b.md", "# B").write("two/c.md", "# C");
        bench.sync();
        bench.tree().write("one/a.md", "# AA").delete("two/b.md").write("two/c.md", "# CC");
        RunReport report = bench.sync(new ReconcileRequest(
                Selection.everything().below(List.of(new MemoryPath("one"))), true, false));
        assertThat(report.files().seen()).isEqualTo(1);
        assertThat(bench.found().toString()).contains("AA").doesNotContain("CC");
        assertThat(bench.found().keySet()).anyMatch(id -> id.startsWith("two/b.md"));
        bench.sync();
        assertThat(bench.found().keySet()).noneMatch(id -> id.startsWith("two/b.md"));
    }

    @Test
    void aForcedRunReadsEveryFileAndWritesNothingThatIsThere() {
        bench.tree().with(mira, skill("calibrate"));
        bench.sync();
        RunReport report = bench.sync(new ReconcileRequest(Selection.everything(), true, false));
        assertThat(report.files().indexed()).isEqualTo(2);
        assertThat(report.files().modified()).isZero();
        assertThat(report.entries().upserted()).isZero();
    }

    @Test
    void aKindAddedLaterReadsOnlyItsOwnFilesAgain() {
        for (int i = 0; i < 5; i++) {
            bench.tree().write("notes/n%d.md".formatted(i), "# Note " + i);
        }
        bench.tree().write("tickets/t1.md", "# Ticket");
        bench.sync();
        bench.tree().write("kinds.yaml", TICKETS);
        RunReport report = bench.sync();
        assertThat(report.files().indexed()).isEqualTo(1);
        try (IndexView view = bench.index()) {
            assertThat(view.file(new MemoryPath("tickets/t1.md")).orElseThrow().kind())
                    .isEqualTo("ticket");
        }
        bench.tree()
                .write("kinds.yaml", TICKETS.replace("hashed: [body]",
                        "hashed: [body, \"frontmatter:key\"]"));
        assertThat(bench.sync().files().indexed()).as("its schema changed").isEqualTo(1);
    }

    private static final String TICKETS = """
            kinds:
              ticket:
                glob: "tickets/*.{md,txt}"
                shape: single-entity
                entry-id: frontmatter:key
                fields:
                  frontmatter:key: {type: keyword, default: only}
                  body: {}
                hashed: [body]
                tokenised: [body]
            """;

    @Test
    void aKindTakenAwayTakesItsFilesOutOfTheIndexAndThenRestIsQuiet() {
        bench.tree()
                .write("kinds.yaml", TICKETS)
                .write("a.md", "# A")
                .write("tickets/t1.md", "Ticket one")
                .write("tickets/t2.txt", "Ticket two");
        bench.sync();
        assertThat(bench.found()).hasSize(3);
        bench.tree().delete("kinds.yaml");
        bench.sync();
        assertThat(bench.found()).hasSize(2);
        assertThat(bench.found().toString()).contains("Ticket one").doesNotContain("Ticket two");
        assertThat(bench.sync().executionId()).isNull();
    }

    @Test
    void theLayoutFoundAtFirstStaysWhateverFoldersComeLater() {
        bench.tree().write("a.md", "# A");
        bench.sync();
        bench.tree().with(mira);
        bench.sync();
        try (IndexView view = bench.index()) {
            assertThat(view.file(new MemoryPath(mira.path())).orElseThrow().kind())
                    .isEqualTo("note");
        }
    }

    @Test
    void aFileThatWasTouchedJustBeforeItWasReadIsLookedAtAgain() {
        bench.tree().write("a.md", "# A");
        bench.syncWhileFilesAreFresh();
        RunReport report = bench.sync();
        assertThat(report.executionId()).isNotNull();
        assertThat(report.files().modified()).isZero();
        assertThat(report.entries().upserted()).isZero();
    }

    @Test
    @Tag("EV-31")
    void aSkillWithAFileWhereItsReferencesShouldBeStopsNoOther() {
        Skill odd = skill("odd");
        bench.tree()
                .with(mira, odd)
                .write(MemoryTree.SCOPE
                        + "agents/gardener/skills/skill_odd/references", "no folder");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @Tag("EV-22")
    void aLinkToAFolderIsNoFolderOfReferences() throws IOException {
        Skill odd = skill("odd");
        Files.createDirectory(bench.outside("secrets"));
        Files.writeString(bench.outside("secrets").resolve("key.md"), "hidden");
        bench.tree()
                .with(odd)
                .link(MemoryTree.SCOPE
                        + "agents/gardener/skills/skill_odd/references", bench.outside("secrets"));
        bench.sync();
        assertThat(bench.found().toString()).doesNotContain("hidden");
    }
}
