package dev.cascade.jobs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.LiveGeneration;
import dev.cascade.steps.MemoryTree;
import dev.cascade.steps.MemoryTree.Episodes;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.MissingIndex;
import dev.cascade.steps.ledger.Generations;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Standing;

import static dev.cascade.steps.MemoryTree.episode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The next generation is built beside the live one, and takes its place in one step.
class RebuildTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    private void notes(int count) {
        for (int i = 0; i < count; i++) {
            bench.tree()
                    .write("n%02d.md".formatted(i), "# Note %d\n\nthe text of it\n".formatted(i));
        }
    }

    private long live() {
        return bench.asking(database -> new Ledger(database.dataSource(), Clock.systemUTC())
                .standing()
                .generation());
    }

    private <T> T generations(Function<Generations, T> question) {
        return bench.asking(database -> question
                .apply(new Generations(database.dataSource(), Clock.systemUTC())));
    }

    @Test
    void theNextGenerationHoldsWhatTheLiveOneHeld() {
        notes(25);
        bench.sync();
        SortedMap<String, String> before = bench.found();
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(report.job()).isEqualTo("rebuild");
        assertThat(report.files().seen()).isEqualTo(25);
        assertThat(report.files().indexed()).isEqualTo(25);
        assertThat(report.entries().upserted()).isEqualTo(before.size());
        assertThat(live()).isEqualTo(2);
        assertThat(bench.found()).isEqualTo(before);
        assertThat(bench.status().queue().done()).isEqualTo(25);
        assertThat(bench.status().index().generation()).isEqualTo(2);
    }

    @Test
    void itTakesInWhatChangedSinceTheLastRun() {
        notes(3);
        bench.sync();
        bench.tree()
                .write("n00.md", "# Other\n\nwords\n")
                .write("new.md", "# New\n")
                .delete("n01.md");
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found().toString()).contains("Other", "New", "Note 2")
                .doesNotContain("Note 0", "Note 1");
    }

    @Test
    void aRootThatWasNeverIndexedIsBuiltAtOnce() {
        notes(3);
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found()).hasSize(3);
    }

    @Test
    void aRefusedFileKeepsItsLastGoodEntries() {
        Episodes mira = episode("mira").entry("fine so far");
        bench.tree().with(mira, episode("juri").entry("the north wall"));
        bench.sync();
        bench.tree().write(mira.path(), "no frontmatter");
        bench.sync();
        assertThat(bench.state(mira.path())).isEqualTo("failed_permanent");
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report)
                .isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(live()).isEqualTo(2);
        assertThat(bench.state(mira.path())).isEqualTo("failed_permanent");
        assertThat(bench.found().toString()).contains("fine so far", "north wall");
        bench.tree().with(episode("mira").entry("mended"));
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found().toString()).contains("mended").doesNotContain("fine so far");
    }

    @Test
    void aFileThatGoesBadWhileTheNextGenerationIsBuiltKeepsWhatIsSearched() {
        Episodes mira = episode("mira").entry("fine so far");
        bench.tree().with(mira, episode("juri").entry("the north wall"));
        bench.sync();
        bench.tamper(
                "CREATE TRIGGER fault BEFORE UPDATE OF live ON generation BEGIN SELECT RAISE(ABORT, 'injected'); END");
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.FAILED);
        bench.tamper("DROP TRIGGER fault");
        bench.tree().with(episode("mira").entry("newer"));
        bench.sync();
        bench.tree().write(mira.path(), "no frontmatter");
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report)
                .isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(live()).isEqualTo(2);
        assertThat(bench.found().toString()).contains("newer").doesNotContain("fine so far");
    }

    @Test
    void whatAPersonHasToDecideAboutStaysAsItIs() {
        bench.set("guard.max-removals", "2");
        notes(20);
        bench.sync();
        for (int i = 0; i < 12; i++) {
            bench.tree().delete("n%02d.md".formatted(i));
        }
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.GUARDED);
        assertThat(report.problem()).isNull();
        assertThat(report.gates()).hasSize(1);
        assertThat(live()).isEqualTo(2);
        assertThat(bench.found()).hasSize(20);
        bench.running(jobs -> {
            new Decisions(bench.home(), bench.properties(), Clock.systemUTC())
                    .approve(report.gates().getFirst().id(), "they are to go");
            return jobs.reconcile(ReconcileRequest.everything(), Duration.ZERO);
        });
        assertThat(bench.found()).hasSize(8);
    }

    @Test
    void whatIsKilledIsTakenUpAgain() {
        notes(40);
        bench.sync();
        // The third chunk of ten cannot be settled.
        bench.tamper(
                "CREATE TRIGGER fault BEFORE INSERT ON md_indexed WHEN NEW.generation = 2 AND NEW.md_path = 'n25.md'"
                        + " BEGIN SELECT RAISE(ABORT, 'injected'); END");
        RunReport failed = bench.rebuild();
        assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(live()).isEqualTo(1);
        long filled = generations(all -> all.countFiles(2));
        assertThat(filled).isEqualTo(20);
        assertThat(bench.found()).hasSize(40);
        bench.tamper("DROP TRIGGER fault");
        bench.tree().write("n01.md", "# Changed meanwhile\n").delete("n02.md");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().indexed()).isEqualTo(21);
        assertThat(live()).isEqualTo(2);
        assertThat(bench.found().toString()).contains("Changed meanwhile")
                .doesNotContain("Note 2 ");
    }

    @Test
    void aFailedRebuildCanBeRestartedByItsExecution() {
        notes(15);
        bench.sync();
        bench.tamper(
                "CREATE TRIGGER fault BEFORE UPDATE OF live ON generation BEGIN SELECT RAISE(ABORT, 'injected'); END");
        RunReport failed = bench.rebuild();
        assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
        bench.tamper("DROP TRIGGER fault");
        RunReport report = bench.restart(Workbench.executionOf(failed));
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(report.job()).isEqualTo("rebuild");
        assertThat(report.files().indexed()).isZero();
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void ofTwoRebuildsTheSecondIsTurnedAway() throws Exception {
        notes(3);
        bench.sync();
        try (RunLock _ = RunLock.take(bench.home().rebuildLock(), Duration.ZERO)) {
            assertThatThrownBy(() -> bench.jobs().rebuild(new RebuildRequest(false), Duration.ZERO))
                    .isInstanceOf(RunLock.Held.class)
                    .hasMessageContaining("another rebuild holds");
            assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        }
    }

    @Test
    void theGenerationBeforeIsKeptAndCanBeReturnedTo() throws Exception {
        notes(5);
        bench.sync();
        bench.rebuild();
        bench.tree().write("n00.md", "# Changed later\n").delete("n01.md");
        bench.sync();
        assertThat(bench.jobs().rollback(Duration.ZERO)).isEqualTo(1);
        assertThat(live()).isEqualTo(1);
        assertThat(bench.found().toString()).contains("Note 0", "Note 1");
        assertThat(bench.status().queue().pending()).isEqualTo(2);
        RunReport report = bench.sync();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found().toString()).contains("Changed later").doesNotContain("Note 1 ");
        assertThat(bench.jobs().rollback(Duration.ZERO)).isEqualTo(2);
        bench.sync();
    }

    @Test
    void onlySoManyGenerationsAreKept() throws Exception {
        notes(3);
        bench.sync();
        for (int i = 0; i < 3; i++) {
            bench.rebuild();
        }
        assertThat(live()).isEqualTo(4);
        assertThat(generations(Generations::kept)).extracting(Standing::generation)
                .isEqualTo(List.of(3L));
        try (var folders = Files.list(bench.home().index())) {
            assertThat(folders.map(folder -> folder.getFileName().toString()))
                    .containsExactlyInAnyOrder("g000003", "g000004");
        }
        bench.set("index.keep-generations", "0");
        bench.rebuild();
        assertThat(generations(Generations::kept)).isEmpty();
        assertThatThrownBy(() -> bench.jobs().rollback(Duration.ZERO))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("no earlier generation is kept");
    }

    @Test
    void anIndexThatCannotBeReadIsReplacedByAWholeOne() throws Exception {
        notes(10);
        bench.sync();
        try (var files = Files.list(bench.home().index(1))) {
            for (Path file : files
                    .filter(file -> file.getFileName().toString().startsWith("segments"))
                    .toList()) {
                Files.write(file, new byte[]{1, 2, 3});
            }
        }
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("taken over"));
        assertThat(bench.found()).hasSize(10);
    }

    @Test
    void aSearchThatIsUnderWaySeesTheGenerationThatItBeganWith() throws Exception {
        notes(5);
        bench.sync();
        bench.set("index.keep-generations", "0");
        try (IndexView view = bench.index()) {
            bench.rebuild();
            assertThat(view.counts().files()).isEqualTo(5);
        }
    }

    @Test
    void whoFindsTheGenerationGoneLooksForTheOneThatTookItsPlace() {
        notes(3);
        bench.sync();
        bench.set("index.keep-generations", "0");
        AtomicInteger looks = new AtomicInteger();
        Function<Path, IndexView> late = folder -> {
            if (looks.incrementAndGet() == 1) {
                bench.rebuild();
            }
            return IndexView.open(folder);
        };
        long searched = bench.asking(database -> {
            Ledger ledger = new Ledger(database.dataSource(), Clock.systemUTC());
            try (IndexView view = LiveGeneration.open(bench.home(), ledger, late)) {
                return view.commit().header().generation();
            }
        });
        assertThat(searched).isEqualTo(2);
        MemoryTree.in(bench.home().state()).delete("index");
        assertThatThrownBy(() -> bench.asking(database -> LiveGeneration.open(bench.home(),
                new Ledger(database.dataSource(), Clock.systemUTC()), IndexView::open)))
                .isInstanceOf(MissingIndex.class);
        bench.sync();
    }
}
