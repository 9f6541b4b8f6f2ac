package dev.cascade.jobs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.FaultyDisk;
import dev.cascade.steps.FaultyDisk.Ailment;
import dev.cascade.steps.FaultyDisk.Operation;
import dev.cascade.steps.MemoryTree.Skill;
import dev.cascade.steps.memory.Selection;

import static dev.cascade.steps.MemoryTree.episode;
import static dev.cascade.steps.MemoryTree.skill;
import static org.assertj.core.api.Assertions.assertThat;

/// Disks that fail in the middle of things: only "not found" means deleted.
class FaultyDiskTest {

    private static final Selection EVERYTHING = Selection.everything();

    private final FaultyDisk disk = new FaultyDisk();

    @RegisterExtension
    final Workbench bench = Workbench.over(disk);

    private final Skill calibrate = skill("calibrate");
    private SortedMap<String, String> before = new TreeMap<>();

    @BeforeEach
    void everythingIsIndexed() {
        bench.tree()
                .with(episode("juri").entry("the north wall"),
                        episode("mira").entry("the greenhouse"),
                        episode("mira").on("2026-03-05").entry("the pump"), calibrate)
                .write(calibrate.reference("salt.md"), "salt water");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        before = bench.found();
        assertThat(before).hasSize(4);
    }

    private Path path(String of) {
        return switch (of) {
            case "root" -> bench.tree().root();
            case "folder" -> bench.tree().path(episode("mira").path()).resolveSibling(".");
            case "file" -> bench.tree().path(episode("mira").path());
            case "companion" -> bench.tree().path(calibrate.reference("salt.md"));
            default -> throw new IllegalArgumentException(of);
        };
    }

    /// Why a run did not come to its end, whether or not a job had been launched by then.
    private Problem problemOf(boolean forced) {
        RunReport report;
        try {
            report = bench.sync(new ReconcileRequest(EVERYTHING, forced, false));
        } catch (RuntimeException ex) {
            return Problems.of(ex);
        }
        return Objects.requireNonNull(report.problem(), "the run came to its end");
    }

    private static String remedy(Ailment ailment) {
        return switch (ailment) {
            case IO -> "kernel's log";
            case STALE -> "mount it anew";
            case FILES -> "ulimit -n";
        };
    }

    @ParameterizedTest
    @CsvSource({"root,LIST,IO", "root,LIST,STALE", "root,LIST,FILES", "root,LIST_ON,IO",
            "root,LIST_ON,STALE", "folder,LIST,IO", "folder,LIST,STALE", "folder,LIST,FILES",
            "folder,LIST_ON,IO", "folder,LIST_ON,STALE", "folder,STAT,STALE", "file,STAT,IO",
            "file,STAT,STALE", "file,STAT,FILES", "companion,STAT,IO"})
    @Tag("EV-18")
    @Tag("EV-19")
    void aHoleInTheWalkEndsTheRunAndDeletesNothing(String where, Operation operation,
            Ailment ailment) {
        Path place = path(where).normalize();
        for (boolean forced : new boolean[]{false, true}) {
            // What the walk sees first really is gone: even that is not honoured.
            bench.tree().delete(episode("juri").path());
            disk.fail(operation, place, ailment);
            Problem problem = problemOf(forced);
            disk.heal();

            assertThat(disk.struck()).isPositive();
            assertThat(problem.fault()).isEqualTo(Fault.GUARD);
            String told = where.equals("companion") ? "SKILL.md" : place.toString();
            assertThat(problem.message()).contains(told, " cannot be read: " + ailment.reason());
            assertThat(problem.remedy()).contains(remedy(ailment), "nothing was taken for deleted");
            assertThat(bench.found()).isEqualTo(before);
            bench.tree().with(episode("juri").entry("the north wall"));
            assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        }
    }

    @ParameterizedTest
    @CsvSource({"OPEN,IO", "OPEN,STALE", "OPEN,FILES", "READ,IO", "READ,STALE", "STAT,IO",
            "STAT,FILES"})
    @Tag("EV-18")
    @Tag("EV-27")
    void aFileThatTheDiskDoesNotGiveWaitsAndKeepsItsEntries(Operation operation,
            Ailment ailment) {
        String mira = episode("mira").path();
        bench.tree().with(episode("mira").entry("the greenhouse door"));
        int seenByTheWalk = operation == Operation.STAT ? 1 : 0;
        disk.failAfter(seenByTheWalk, operation, bench.tree().path(mira), ailment);
        RunReport report = bench.sync(new ReconcileRequest(EVERYTHING, true, false));

        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.reason()).isEqualTo(
                    "%s: cannot be read: %s".formatted(mira, ailment.reason()));
        });
        assertThat(disk.struck()).as("it was tried more than once").isGreaterThan(1);
        assertThat(bench.found()).isEqualTo(before);
        assertThat(bench.state(mira)).isEqualTo("failed_retryable");

        disk.heal();
        RunReport mended = bench.running(jobs -> jobs.fix(EVERYTHING, false, Duration.ZERO));
        assertThat(mended.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found().values()).anyMatch(text -> text.contains("the greenhouse door"));
    }

    @ParameterizedTest
    @EnumSource(Ailment.class)
    @Tag("EV-18")
    void aFileIsNotIndexedWithoutTheCompanionThatCouldNotBeRead(Ailment ailment) {
        int seenByTheWalk = 3;
        disk.failAfter(seenByTheWalk, Operation.STAT, path("companion"), ailment);
        RunReport report = bench.sync(new ReconcileRequest(EVERYTHING, true, false));
        assertThat(report.failures()).singleElement()
                .satisfies(failure -> assertThat(failure.reason()).contains("SKILL.md",
                        ailment.reason()));
        assertThat(bench.found()).isEqualTo(before);
        disk.heal();
        bench.running(jobs -> jobs.fix(EVERYTHING, false, Duration.ZERO));
    }

    @ParameterizedTest
    @EnumSource(Ailment.class)
    @Tag("EV-18")
    @Tag("EV-21")
    void aRemovalThatCannotBeConfirmedWaits(Ailment ailment) {
        String mira = episode("mira").path();
        Path file = bench.tree().path(mira);
        bench.tree().delete(mira);
        disk.fail(Operation.STAT, file, ailment);
        RunReport report = bench.sync();
        assertThat(report.failures()).singleElement()
                .satisfies(failure -> assertThat(failure.retryable()).isTrue());
        assertThat(bench.found()).isEqualTo(before);

        disk.heal();
        bench.running(jobs -> jobs.fix(EVERYTHING, false, Duration.ZERO));
        assertThat(bench.found()).hasSize(3);
    }

    @Test
    @Tag("EV-21")
    void aFileThatGoesAwayBetweenWalkAndApplyIsDeletedByTheNextRun() {
        String mira = episode("mira").path();
        Path file = bench.tree().path(mira);
        disk.before(1, Operation.STAT, file, () -> Files.deleteIfExists(file));
        RunReport report = bench.sync(new ReconcileRequest(EVERYTHING, true, false));
        assertThat(report.files().deleted()).isZero();
        assertThat(report.more()).isTrue();
        assertThat(report.warnings()).anySatisfy(warning -> assertThat(warning)
                .contains(mira, "went away since the walk saw it"));
        assertThat(bench.found()).isEqualTo(before);

        disk.heal();
        RunReport next = bench.sync();
        assertThat(next.files().deleted()).isEqualTo(1);
        assertThat(bench.found()).hasSize(3);
    }

    @Test
    @Tag("EV-21")
    void aFileThatIsBackBeforeItsRemovalIsHonouredIsKept() {
        String mira = episode("mira").path();
        Path file = bench.tree().path(mira);
        bench.tree().delete(mira);
        disk.before(0, Operation.STAT, file, () -> {
            if (Files.notExists(file)) {
                bench.tree().with(episode("mira").entry("the greenhouse again"));
            }
        });
        RunReport report = bench.sync();
        disk.heal();
        assertThat(report.files().deleted()).isZero();
        assertThat(bench.found()).hasSize(4)
                .anySatisfy((_, text) -> assertThat(text).contains("the greenhouse again"));
        bench.sync(); // what was written a moment before it was read is looked at once more
    }

    @Test
    @Tag("EV-18")
    void theFilesOfAFolderThatBecameAFileAreGone() {
        bench.tree().delete("default_app/default_project/users/mira");
        bench.tree().write("default_app/default_project/users/mira", "a file now");
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().deleted()).isEqualTo(2);
        assertThat(bench.found()).hasSize(2);
    }

    @Test
    void aFileThatIsWellAndCannotBeReadHoldsTheNextGenerationBack() {
        disk.fail(Operation.OPEN, path("file"), Ailment.IO);
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.GUARDED);
        assertThat(Objects.requireNonNull(report.problem()).message()).contains("1 files are well",
                episode("mira").path());
        assertThat(bench.status().index().generation()).isEqualTo(1);
        RunReport accepted = bench
                .running(jobs -> jobs.rebuild(new RebuildRequest(true), Duration.ZERO));
        disk.heal();
        assertThat(bench.status().index().generation()).isEqualTo(2);
        assertThat(accepted.warnings())
                .anyMatch(warning -> warning.contains("present entries are taken over"));
        assertThat(bench.found()).isEqualTo(before);
        assertThat(bench.running(jobs -> jobs.fix(EVERYTHING, false, Duration.ZERO)).outcome())
                .isEqualTo(Outcome.COMPLETED);
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.COMPLETED);
    }
}
