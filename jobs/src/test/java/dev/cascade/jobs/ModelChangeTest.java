package dev.cascade.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.MemoryTree.Episodes;
import dev.cascade.steps.embed.EmbeddingEndpoint;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

import static dev.cascade.steps.MemoryTree.episode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Vectors of two models cannot be compared, so those of another one come in a generation of their own.
class ModelChangeTest {

    private final EmbeddingEndpoint endpoint = new EmbeddingEndpoint();

    @RegisterExtension
    final Workbench bench = Workbench.asking(endpoint,
            Map.of("cascade.embedding.provider", "openai",
                    "cascade.embedding.model", "old",
                    "cascade.embedding.batch-size", "2", "cascade.embedding.max-concurrent", "1",
                    "cascade.retry.max-attempts", "1", "cascade.retry.backoff", "100ms"));

    private final Episodes mira = episode("mira").entry("the greenhouse").entry("the pump");
    private final Episodes juri = episode("juri").entry("the north wall").entry("the south wall");

    @BeforeEach
    void everythingIsEmbedded() {
        bench.tree().with(mira, juri);
        assertThat(bench.sync().embedding().texts()).isEqualTo(4);
        endpoint.forgetRequests();
    }

    @AfterEach
    void mend() {
        endpoint.always(null);
    }

    private long vectors(String model) {
        bench.set("embedding.model", model);
        try (IndexView view = bench.index()) {
            return 4 - view.countOwingVectors(bench.properties().embedding().space());
        }
    }

    private long live() {
        return bench.status().index().generation();
    }

    @Test
    void aRebuildAsksForNothing() {
        bench.tamper("DELETE FROM vector_cache");
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(endpoint.requests()).isEmpty();
        assertThat(vectors("old")).isEqualTo(4);
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void anotherModelsVectorsComeInANewGeneration() {
        bench.set("embedding.model", "new");
        endpoint.width(16);
        RunReport report = bench.sync();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(report.job()).isEqualTo("rebuild");
        assertThat(report.embedding().texts()).isEqualTo(4);
        assertThat(report.warnings()).anyMatch(warning -> warning
                .contains("index 'g000001' schema drift: missing=[vector."));
        assertThat(live()).isEqualTo(2);
        assertThat(vectors("new")).isEqualTo(4);
        assertThat(vectors("old")).isZero();
        endpoint.forgetRequests();
        assertThat(bench.sync().embedding()).isEqualTo(new RunReport.Embedding(0, 4, 0));
        assertThat(live()).isEqualTo(3);
        assertThat(vectors("old")).as("the old model finds its own again").isEqualTo(4);
        assertThat(endpoint.requests()).isEmpty();
    }

    @Test
    void untilAllOfThemAreThereTheLiveGenerationStaysAsItIs() {
        bench.set("embedding.model", "new");
        bench.set("budget.embedding-texts", "2");
        bench.tree().with(episode("new").entry("the rain barrel"));
        RunReport first = bench.sync();
        assertThat(first.outcome()).as("%s", first).isEqualTo(Outcome.STOPPED);
        assertThat(first.warnings()).anyMatch(
                warning -> warning.contains("3 vectors of new are still owed to generation 2"));
        assertThat(live()).isEqualTo(1);
        assertThat(bench.found().toString()).as("keywords do not wait").contains("rain barrel");
        try (IndexView view = bench.index()) {
            assertThat(view.countVectors()).as("the old vectors are not touched").isEqualTo(4);
        }
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.STOPPED);
        RunReport last = bench.sync();
        assertThat(last.outcome()).as("%s", last).isEqualTo(Outcome.COMPLETED);
        assertThat(live()).isEqualTo(2);
        assertThat(endpoint.texts()).hasSize(5).doesNotHaveDuplicates();
        bench.set("budget.embedding-texts", "0");
    }

    @Test
    @Tag("IAI-09")
    void anEmbedderThatIsDownLeavesTheOldVectorsWhereTheyAre() {
        bench.set("embedding.model", "new");
        endpoint.always(EmbeddingEndpoint.status(503));
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(live()).isEqualTo(1);
        assertThat(vectors("old")).isEqualTo(4);
        assertThat(bench.sync().outcome()).as("the old model is asked again")
                .isEqualTo(Outcome.COMPLETED);
        assertThat(endpoint.texts()).isNotEmpty();
        assertThat(live()).isEqualTo(1);
    }

    @Test
    void whoCannotWaitForItIsTold() {
        bench.set("embedding.model", "new");
        bench.tree().with(episode("new").entry("the rain barrel"));
        RunReport report = bench.running(
                jobs -> jobs.reconcile(ReconcileRequest.everything(), Duration.ZERO));
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("schema drift")
                && warning.contains("`cascade sync` builds a new generation"));
        assertThat(bench.found().toString()).contains("rain barrel");
        assertThat(live()).isEqualTo(1);
        assertThat(endpoint.requests()).isEmpty();
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aRunOverAPartOfTheTreeSaysWhyItsVectorsStayOwed() {
        bench.set("embedding.model", "new");
        RunReport report = bench.sync(new ReconcileRequest(
                Selection.everything().below(List.of(new MemoryPath(mira.path()))), true, false));
        assertThat(report.job()).isEqualTo("reconcile");
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("schema drift"));
        assertThat(live()).isEqualTo(1);
        assertThat(endpoint.requests()).isEmpty();
        bench.sync();
    }

    @Test
    void whereDriftStopsRunsAPersonSaysWhenToRebuild() {
        bench.set("embedding.model", "new");
        bench.set("index.on-drift", "stop");
        assertThatThrownBy(bench::sync).isInstanceOf(ConfigurationProblem.class)
                .hasMessageMatching(
                        "index 'g000001' schema drift: missing=\\[vector\\.\\w+], extra=\\[vector\\.\\w+], type_drift=\\[]");
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void runsOfTheLiveGenerationGoOnWhileTheNextOneWaitsForItsVectors() throws Exception {
        bench.set("embedding.model", "new");
        endpoint.always(EmbeddingEndpoint.slow(2000));
        Jobs building = bench.jobs();
        AtomicReference<RunReport> built = new AtomicReference<>();
        Thread rebuild = Thread.ofPlatform().start(() -> {
            try {
                built.set(building.rebuild(new RebuildRequest(false), Duration.ZERO));
            } catch (RunLock.Held ex) {
                throw new AssertionError(ex);
            }
        });
        while (endpoint.requests().isEmpty()) {
            Thread.sleep(5);
        }
        bench.tree()
                .with(episode("new").entry("the rain barrel"))
                .delete(juri.path());
        RunReport meanwhile = bench.sync();
        assertThat(rebuild.isAlive()).isTrue();
        assertThat(meanwhile.job()).isEqualTo("reconcile");
        assertThat(meanwhile.files().added()).isEqualTo(1);
        assertThat(meanwhile.warnings())
                .anyMatch(warning -> warning.contains("another rebuild holds"));
        assertThat(bench.found().toString()).contains("rain barrel").doesNotContain("wall");
        assertThat(live()).isEqualTo(1);
        RunReport nothing = bench.sync();
        assertThat(nothing.executionId()).as("a rebuild that is alive is no dead run").isNull();
        rebuild.join();
        assertThat(built.get().outcome()).as("%s", built.get())
                .isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(live()).isEqualTo(2);
        assertThat(bench.found().toString()).contains("rain barrel").doesNotContain("wall");
        endpoint.always(null);
        assertThat(bench.sync().embedding().texts()).as("what came late got no vector yet")
                .isEqualTo(1);
    }
}
