package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.MemoryTree.Episodes;
import dev.cascade.steps.QueryMeaning;
import dev.cascade.steps.embed.TinyModel;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.search.Searcher;

import static dev.cascade.steps.MemoryTree.episode;
import static org.assertj.core.api.Assertions.assertThat;

/// What runs make of a model of this machine.
class OnnxTest {

    @TempDir
    private Path models;

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("cascade.reconcile.chunk-size", "10",
            "cascade.embedding.provider", "onnx", "cascade.embedding.batch-size", "4",
            "cascade.retry.max-attempts", "1", "cascade.retry.backoff", "1h"));

    private final Episodes mira = episode("mira").entry("the greenhouse").entry("the pump");
    private final Episodes juri = episode("juri").entry("the north wall");

    @BeforeEach
    void model() {
        use(tiny().in(models.resolve("tiny")));
        bench.tree().with(mira, juri);
    }

    private static TinyModel tiny() {
        return TinyModel.of("the", "north", "wall", "day", "new").synonyms("pump", "engine");
    }

    private void use(Path model) {
        bench.set("embedding.model-folder", model.toString());
    }

    private long vectors() {
        try (IndexView view = bench.index()) {
            return view.countVectors();
        }
    }

    private long owed() {
        try (IndexView view = bench.index()) {
            return view.countOwingVectors(bench.properties().embedding().space());
        }
    }

    @Test
    void everyEntryGetsItsVectorAndStatusNamesTheFolder() {
        Clock clock = Clock.systemUTC();
        Plan plan = Plan.of(bench.home(), bench.properties(), Selection.everything(), false, clock)
                .forecasting(bench.home(), bench.properties(), Selection.everything(), false,
                        clock);
        assertThat(plan.embedding()).isEqualTo(new RunReport.Embedding(3, 0, 1));
        RunReport report = bench.sync();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(report.embedding()).isEqualTo(new RunReport.Embedding(3, 0, 1));
        assertThat(vectors()).isEqualTo(3);
        assertThat(bench.status().vectors()).satisfies(told -> {
            assertThat(told.model()).isEqualTo("tiny");
            assertThat(told.owed()).isZero();
        });
    }

    @Test
    void movingTheModelKeepsItsVectors() throws IOException {
        bench.sync();
        use(Files.move(models.resolve("tiny"), models.resolve("moved")));
        bench.sync();
        assertThat(owed()).isZero();
        bench.tree().with(episode("mira").entry("the greenhouse").entry("the new pump"));
        assertThat(bench.sync().embedding()).isEqualTo(new RunReport.Embedding(1, 0, 1));
    }

    @Test
    void anotherModelMakesItsVectorsAnewAndTheOldOneFindsItsOwnAgain() {
        bench.sync();
        use(tiny().synonyms("more").in(models.resolve("other")));
        assertThat(bench.sync().embedding()).isEqualTo(new RunReport.Embedding(3, 0, 1));
        use(models.resolve("tiny"));
        assertThat(bench.sync().embedding()).isEqualTo(new RunReport.Embedding(0, 3, 0));
    }

    @Test
    @Tag("EV-16")
    void aModelThatIsGoneStopsNoIndexing() throws IOException {
        bench.sync();
        Files.move(models.resolve("tiny"), models.resolve("away"));
        bench.tree().with(episode("juri").entry("the north wall").entry("the new wall"));
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(report.warnings()).singleElement()
                .asString()
                .contains("tiny/model.onnx cannot be read", "model-folder", "owed");
        assertThat(bench.found()).hasSize(4);
        Files.move(models.resolve("away"), models.resolve("tiny"));
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(owed()).isZero();
        assertThat(bench.status().vectors()).satisfies(told -> {
            assertThat(told.owed()).isZero();
            assertThat(told.reason()).isNull();
        });
    }

    @Test
    void whatIsBackWithoutHavingBeenMissedIsTold() throws IOException {
        bench.sync();
        Files.move(models.resolve("tiny"), models.resolve("away"));
        bench.sync();
        assertThat(bench.status().vectors()).satisfies(told -> {
            assertThat(told.reason()).contains("cannot be read");
        });
        Files.move(models.resolve("away"), models.resolve("tiny"));
        bench.sync();
        assertThat(bench.status().vectors()).satisfies(told -> {
            assertThat(told.owed()).isZero();
            assertThat(told.reason()).isNull();
        });
    }
}
