package dev.cascade.jobs;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import com.sun.management.UnixOperatingSystemMXBean;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.steps.MemoryTree.Episodes;
import dev.cascade.steps.embed.EmbeddingEndpoint;
import dev.cascade.steps.search.SearchRequest;
import dev.cascade.steps.search.SearchRequest.Mode;

import static dev.cascade.steps.MemoryTree.episode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class SearchReportTest {

    private final EmbeddingEndpoint endpoint = new EmbeddingEndpoint();

    @RegisterExtension
    final Workbench bench = Workbench.asking(endpoint,
            Map.of("cascade.embedding.model", "m", "cascade.retry.max-attempts", "1"));

    private final Episodes mira = episode("mira").entry("the greenhouse").entry("the pump");

    private SearchReport search(String query, @Nullable Mode mode) {
        return SearchReport.of(bench.home(), SearchRequest.of(query), mode, new Excerpt.None(),
                bench::properties, Clock.systemUTC()).report();
    }

    private void withEmbedder() {
        bench.set("embedding.provider", "openai");
    }

    @Test
    @Tag("EV-16")
    void withoutVectorsTheSettingsAreNotEvenRead() {
        bench.tree().with(mira);
        bench.sync();
        SearchReport report = SearchReport.of(bench.home(), SearchRequest.of("pump"), null,
                new Excerpt.None(), () -> {
                    throw new AssertionError("read");
                }, Clock.systemUTC()).report();
        assertThat(report.mode()).isEqualTo("text");
        assertThat(report.hits()).hasSize(1);
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void entriesWithoutAVectorAreToldOf() {
        withEmbedder();
        bench.tree().with(mira);
        bench.set("embedding.batch-size", "1");
        bench.set("embedding.max-concurrent", "1");
        bench.set("budget.embedding-texts", "1");
        bench.sync();
        SearchReport report = search("pump", null);
        assertThat(report.mode()).isEqualTo("hybrid");
        assertThat(report.warnings()).singleElement()
                .asString()
                .contains("1 entries have no vector of m yet");
        bench.set("budget.embedding-texts", "0");
        bench.sync();
        assertThat(search("pump", null).warnings()).isEmpty();
    }

    @Test
    void aModelWhoseVectorsAreGoneFindsNothingByMeaningAndSaysSo() {
        withEmbedder();
        bench.tree().with(mira);
        bench.sync();
        bench.set("embedding.model", "other");
        assertThat(search("pump", null).warnings()).singleElement()
                .asString()
                .contains("no entry has a vector of other yet");
        bench.sync();
        assertThat(search("pump", null).mode()).isEqualTo("hybrid");
        bench.set("embedding.model", "m");
        SearchReport back = search("pump", null);
        assertThat(back.hits()).hasSize(1);
        assertThat(back.warnings()).singleElement().asString().contains("vector of m yet");
        bench.sync();
        assertThat(search("pump", null).warnings()).isEmpty();
    }

    @Test
    void whatIsOnlyToBeHadByMeaningIsRefusedWithoutAnEmbedder() {
        bench.tree().with(mira);
        bench.sync();
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> search("pump", Mode.VECTOR))
                .withMessageContaining("no embedder is configured");
    }

    @Test
    @Tag("EV-15")
    void whereTheEmbedderIsMissingFilesComeAndGoAllTheSame() {
        withEmbedder();
        Episodes juri = episode("juri").entry("the north wall");
        bench.tree().with(mira, juri);
        bench.sync();
        bench.set("embedding.provider", "none");
        bench.tree().delete(juri.path()).with(episode("nora").entry("the south wall"));
        assertThat(bench.sync().outcome()).isEqualTo(RunReport.Outcome.COMPLETED);
        assertThat(search("wall", Mode.TEXT).hits()).singleElement()
                .satisfies(hit -> assertThat(hit.ownerId()).isEqualTo("nora"));
    }

    @Test
    @Tag("IAI-08")
    void whetherAnAnswerIsFreshIsAskedOfTheTreeAndNotOfTheLastRun() {
        bench.tree().with(mira);
        bench.sync();
        SearchRequest pump = SearchRequest.of("pump");
        assertThat(SearchReport.ahead(bench.home(), bench.properties(), pump, Clock.systemUTC()))
                .isEmpty();
        bench.tree().with(episode("juri").entry("another pump"));
        bench.expectNoAgreement();
        assertThat(search("pump", null).freshness().pending()).isZero();
        assertThat(SearchReport.ahead(bench.home(), bench.properties(), pump, Clock.systemUTC()))
                .hasValueSatisfying(what -> assertThat(what).contains("1 new"));
    }

    @Test
    @Tag("EV-47")
    @Tag("IAI-06")
    void manySearchesAtOnceAgreeAndLeaveNoFileOpen() throws Exception {
        bench.tree().with(mira);
        bench.sync();
        SearchReport once = search("pump", null);
        long before = open();
        Callable<SearchReport> asking = () -> search("pump", null);
        try (ExecutorService askers = Executors.newFixedThreadPool(8)) {
            for (Future<SearchReport> answer : askers
                    .invokeAll(Collections.nCopies(200, asking))) {
                assertThat(answer.get()).isEqualTo(once);
            }
        }
        assertThat(open()).isLessThanOrEqualTo(before + 10);
    }

    private static long open() {
        assumeTrue(ManagementFactory
                .getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean,
                "only Unix tells how many files are open");
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getOpenFileDescriptorCount();
    }

    @Test
    void theLinesAroundAPassageAreThoseOfTheEntry() {
        bench.tree().with(episode("mira").entry("one\ntwo\nthree needle\nfour\nfive"));
        bench.sync();
        assertThat(List.of(0, 1, 9).stream().map(this::around)).containsExactly("three needle",
                "two\nthree needle\nfour", around(1000));
    }

    private @Nullable String around(int lines) {
        return SearchReport.of(bench.home(), SearchRequest.of("needle"), Mode.TEXT,
                new Excerpt.Around(lines), bench::properties, Clock.systemUTC())
                .report()
                .hits()
                .getFirst()
                .content();
    }
}
