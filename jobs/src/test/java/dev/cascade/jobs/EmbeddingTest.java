package dev.cascade.jobs;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cascade.config.CascadeProperties;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.MemoryTree.Episodes;
import dev.cascade.steps.embed.EmbeddingEndpoint;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.ledger.Failure;
import dev.cascade.steps.ledger.VectorLedger;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

import static dev.cascade.steps.MemoryTree.SCOPE;
import static dev.cascade.steps.MemoryTree.episode;
import static org.assertj.core.api.Assertions.assertThat;

/// What runs make of an embedder: a real server on loopback, with faults on request.
class EmbeddingTest {

    private final EmbeddingEndpoint endpoint = new EmbeddingEndpoint();

    @RegisterExtension
    final Workbench bench = Workbench.asking(endpoint, Map.of("cascade.reconcile.chunk-size", "10",
            "cascade.embedding.provider", "openai", "cascade.embedding.model", "m",
            "cascade.embedding.batch-size",
            "4", "cascade.embedding.max-concurrent", "2", "cascade.retry.max-attempts", "1",
            "cascade.retry.backoff", "1h"));

    private final Episodes mira = episode("mira").entry("the greenhouse").entry("the pump");
    private final Episodes juri = episode("juri").entry("the north wall");

    @AfterEach
    void mend() {
        endpoint.always(null);
    }

    private void down() {
        endpoint.always(EmbeddingEndpoint.status(503));
    }

    private long vectors() {
        try (IndexView view = bench.index()) {
            return view.countVectors();
        }
    }

    private long owed() {
        CascadeProperties.Embedding embedding = bench.properties().embedding();
        try (IndexView view = bench.index()) {
            return view.countOwingVectors(embedding.space());
        }
    }

    private RunReport fix(boolean refusedToo) {
        return bench.running(
                jobs -> jobs.fix(Selection.everything(), refusedToo, Duration.ZERO));
    }

    private static Episodes many(String user, int count) {
        Episodes file = episode(user);
        for (int i = 0; i < count; i++) {
            file = file.entry("%s saw number %d".formatted(user, i));
        }
        return file;
    }

    @Test
    void everyEntryGetsItsVectorInTheFirstRun() {
        bench.tree().with(mira, juri);
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.embedding()).isEqualTo(new RunReport.Embedding(3, 0, 1));
        assertThat(vectors()).isEqualTo(3);
        assertThat(endpoint.texts()).containsExactlyInAnyOrder("the greenhouse\nDay",
                "the pump\nDay", "the north wall\nDay");
    }

    @Test
    @Tag("EV-44")
    @Tag("HM-17")
    void textsAreGatheredOverFilesIntoFullBatchesAndAskedForAtOnce() {
        for (int i = 0; i < 19; i++) {
            bench.tree().with(episode("user" + i).entry("entry of " + i));
        }
        endpoint.always(EmbeddingEndpoint.slow(200));
        RunReport report = bench.sync();
        assertThat(report.embedding()).isEqualTo(new RunReport.Embedding(19, 0, 5));
        assertThat(endpoint.requests()).extracting(request -> request.input().size())
                .containsExactlyInAnyOrder(4, 4, 4, 4, 3);
        assertThat(endpoint.mostUnderWay()).isEqualTo(2);
    }

    @Test
    void vectorsAreCommittedTogetherHoweverManyRequestsBringThem() {
        bench.tree().with(many("mira", 40));
        assertThat(bench.sync().embedding()).isEqualTo(new RunReport.Embedding(40, 0, 10));
        try (IndexView view = bench.index()) {
            assertThat(view.commit().watermark().orElseThrow().chunk())
                    .as("commits: one of the file, one of its vectors")
                    .isEqualTo(2);
        }
    }

    @Test
    void anEqualTextIsAskedForOnce() {
        bench.tree().with(episode("a").entry("the same"), episode("b").entry("the same"));
        assertThat(bench.sync().embedding()).isEqualTo(new RunReport.Embedding(1, 0, 1));
        assertThat(vectors()).isEqualTo(2);
    }

    @Test
    @Tag("IAI-14")
    void editingOneEntryEmbedsOnlyThatEntry() {
        bench.tree().with(mira, juri);
        bench.sync();
        endpoint.forgetRequests();
        bench.tree().with(episode("mira").entry("the greenhouse").entry("the new pump"));
        assertThat(bench.sync().embedding()).isEqualTo(new RunReport.Embedding(1, 0, 1));
        assertThat(endpoint.texts()).containsExactly("the new pump\nDay");
    }

    @Test
    @Tag("IAI-07")
    void movingAndUndoingEmbedsNothing() {
        bench.tree().with(mira, juri);
        bench.sync();
        bench.tree().move(mira.path(), mira.path().replace("users/mira/", "users/other/"));
        bench.sync();
        bench.tree().with(episode("juri").entry("something else"));
        bench.sync();
        endpoint.forgetRequests();
        bench.tree().with(juri);
        RunReport report = bench.sync();
        assertThat(report.embedding().requests()).isZero();
        assertThat(endpoint.requests()).isEmpty();
        assertThat(vectors()).isEqualTo(3);
        assertThat(owed()).isZero();
    }

    @Test
    void anIndexThatWasLostIsFilledFromWhatIsKept() {
        bench.tree().with(mira, juri);
        bench.sync();
        endpoint.forgetRequests();
        dev.cascade.steps.MemoryTree.in(bench.home().state()).delete("index");
        bench.sync();
        assertThat(vectors()).isEqualTo(3);
        assertThat(endpoint.requests()).isEmpty();
    }

    @Test
    @Tag("EV-16")
    void turningAnEmbedderOnOverAnIndexedRootBackfills() {
        bench.set("embedding.provider", "none");
        bench.tree().with(many("mira", 10));
        assertThat(bench.sync().embedding()).isEqualTo(RunReport.Embedding.NONE);
        assertThat(vectors()).isZero();
        bench.set("embedding.provider", "openai");
        RunReport report = bench.sync();
        assertThat(report.embedding()).isEqualTo(new RunReport.Embedding(10, 0, 3));
        assertThat(report.entries().upserted()).isZero();
        assertThat(vectors()).isEqualTo(10);
    }

    @Test
    @Tag("EV-39")
    void aBackfillThatWasCutOffContinuesWhereItStopped() {
        bench.set("embedding.max-concurrent", "1");
        bench.tree().with(many("mira", 20));
        endpoint.then(EmbeddingEndpoint.changed(answer -> answer))
                .then(EmbeddingEndpoint.changed(answer -> answer))
                .then(EmbeddingEndpoint.changed(answer -> answer));
        down();
        RunReport report = bench.sync();
        assertThat(report.embedding().texts()).isEqualTo(12);
        assertThat(owed()).isEqualTo(8);
        endpoint.always(null).forgetRequests();
        assertThat(fix(false).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(endpoint.texts()).hasSize(8);
        assertThat(vectors()).isEqualTo(20);
    }

    @Test
    @Tag("SK-24")
    void aRunAsksForNoMoreTextsAndMakesNoMoreRequestsThanItsBudget() {
        bench.tree().with(many("mira", 20));
        bench.set("budget.embedding-texts", "8");
        RunReport first = bench.sync();
        assertThat(first.embedding()).isEqualTo(new RunReport.Embedding(8, 0, 2));
        assertThat(first.more()).isTrue();
        assertThat(first.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(first.warnings())
                .anyMatch(warning -> warning.contains("the budget of 8 texts to embed"));
        bench.set("budget.embedding-texts", "0");
        bench.set("budget.embedding-requests", "1");
        assertThat(bench.sync().embedding()).isEqualTo(new RunReport.Embedding(4, 0, 1));
        RunReport rest = bench
                .sync(new ReconcileRequest(Selection.everything(), false, true));
        assertThat(rest.embedding().texts()).isEqualTo(8);
        assertThat(rest.more()).isFalse();
        assertThat(owed()).isZero();
    }

    @Test
    @Tag("EV-16")
    @Tag("FM-4")
    void anEmbedderThatIsDownLeavesKeywordsSearchableAndVectorsOwed() {
        down();
        bench.tree().with(mira, juri);
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(report.files().indexed()).isEqualTo(2);
        assertThat(report.failures()).isEmpty();
        assertThat(report.warnings()).singleElement().asString().contains("503", "owed");
        assertThat(bench.found()).hasSize(3);
        assertThat(bench.state(mira.path())).isEqualTo("done");
        assertThat(owed()).isEqualTo(3);
        assertThat(bench.status().vectors()).satisfies(told -> {
            assertThat(told.owed()).isEqualTo(3);
            assertThat(told.pausedUntil()).isNotNull();
            assertThat(told.reason()).contains("503");
            assertThat(told.cached()).isZero();
        });
        assertThat(bench.status().index().entriesWithoutVector()).isEqualTo(3);
        int asked = endpoint.requests().size();
        RunReport next = bench.sync();
        assertThat(next.executionId()).as("a run that would ask nothing is not launched").isNull();
        assertThat(next.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(next.warnings()).singleElement().asString().contains("3 vectors are owed");
        assertThat(endpoint.requests()).hasSize(asked);
        endpoint.always(null);
        assertThat(fix(false).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(vectors()).isEqualTo(3);
    }

    @Test
    @Tag("IAI-09")
    void aGoodVectorIsNeverReplacedByNone() {
        bench.tree().with(mira);
        bench.sync();
        bench.tamper("DELETE FROM vector_cache");
        down();
        bench.tree()
                .write(mira.path(), mira.text().replace("T09:15:00Z", "T10:20:00Z"));
        RunReport report = bench.sync();
        assertThat(report.entries().upserted()).isEqualTo(2);
        assertThat(vectors()).isEqualTo(2);
        assertThat(owed()).isZero();
        bench.set("embedding.provider", "none");
        bench.tree().write(mira.path(), mira.text());
        bench.sync();
        assertThat(vectors()).isEqualTo(2);
    }

    @Test
    void aNewTextNeverKeepsTheVectorOfTheOldOne() {
        bench.tree().with(mira);
        bench.sync();
        down();
        bench.tree().with(episode("mira").entry("the greenhouse").entry("the new pump"));
        bench.sync();
        assertThat(vectors()).isEqualTo(1);
        assertThat(owed()).isEqualTo(1);
        bench.expectNoAgreement();
    }

    @Test
    void oneRefusedTextFailsAlone() {
        endpoint.refusing(text -> text.contains("number 5"));
        bench.tree().with(many("mira", 10));
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.path()).isEqualTo(many("mira", 10).path());
            assertThat(failure.retryable()).isFalse();
            assertThat(failure.reason()).contains("400", "ep_20260304_00000006");
        });
        assertThat(vectors()).isEqualTo(9);
        endpoint.forgetRequests();
        RunReport again = bench.sync();
        assertThat(again.executionId()).isNull();
        assertThat(again.failures()).hasSize(1);
        assertThat(endpoint.requests()).isEmpty();
        bench.tree()
                .write(many("mira", 10).path(),
                        many("mira", 10).text().replace("number 5", "five"));
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(vectors()).isEqualTo(10);
    }

    @Test
    void aRefusedEntryThatIsTakenOutIsNoTroubleAnyMore() {
        endpoint.refusing(text -> text.contains("number 9"));
        bench.tree().with(many("mira", 10));
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        List<Failure> listed = bench.asking(database -> new VectorLedger(database.dataSource(),
                Clock.systemUTC()).asFailures(Selection.everything()));
        assertThat(listed).singleElement()
                .satisfies(failure -> assertThat(failure.retryable()).isFalse());
        bench.tree().with(many("mira", 9));
        RunReport report = bench.sync();
        assertThat(report.failures()).isEmpty();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aKeyFileThatIsNotThereStopsNoIndexing() {
        bench.set("embedding.api-key-file", bench.outside("no-such-key").toString());
        bench.tree().with(mira);
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(report.problem()).isNull();
        assertThat(bench.found()).hasSize(2);
        assertThat(owed()).isEqualTo(2);
        bench.set("embedding.api-key-file", "");
        bench.sync();
        assertThat(owed()).isZero();
    }

    @Test
    @Tag("EV-17")
    void keptVectorsOfAnotherWidthAreNotUsed() {
        bench.tree().with(mira, juri);
        bench.sync();
        bench.tamper("UPDATE vector_cache SET vector = x'0000803f', bytes = 4");
        bench.tree().move(mira.path(), mira.path().replace("users/mira/", "users/other/"));
        endpoint.forgetRequests();
        RunReport report = bench.sync();
        assertThat(report.problem()).isNull();
        assertThat(endpoint.requests()).isNotEmpty();
        assertThat(owed()).isZero();
    }

    @Test
    void anEndpointThatRefusesEverythingRefusesNoText() {
        endpoint.always(EmbeddingEndpoint.status(400, "", "", "unknown field: input"));
        bench.tree().with(many("mira", 10));
        RunReport report = bench.sync();
        assertThat(report.failures()).isEmpty();
        assertThat(owed()).isEqualTo(10);
        assertThat(endpoint.requests()).hasSizeLessThan(20);
        bench.expectNoAgreement();
    }

    @Test
    @Tag("SK-17")
    @Tag("FM-5")
    @Tag("SK-19")
    void aUsedUpQuotaEndsTheStepAndCountsAgainstNoFile() {
        bench.set("embedding.max-concurrent", "1");
        endpoint.always(EmbeddingEndpoint.status(429, "insufficient_quota", "",
                "You exceeded your current quota"));
        bench.tree().with(many("mira", 40));
        RunReport report = bench.sync();
        assertThat(endpoint.requests()).hasSize(1);
        assertThat(report.failures()).isEmpty();
        assertThat(report.warnings()).singleElement().asString().contains("quota");
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(bench.found()).hasSize(40);
        assertThat(owed()).isEqualTo(40);
        assertThat(bench.status().vectors()).satisfies(told -> {
            assertThat(told.owed()).isEqualTo(40);
            assertThat(told.reason()).contains("quota");
            assertThat(told.pausedUntil()).isNotNull();
        });
        assertThat(bench.status().queue().failedRetryable()).isZero();
    }

    @Test
    @Tag("FM-6")
    void aLongWaitThatIsAskedForEndsTheStepAndAShortOneIsKept() {
        bench.set("embedding.max-concurrent", "1");
        bench.set("retry.max-attempts", "2");
        bench.set("retry.backoff", "100ms");
        endpoint.then(EmbeddingEndpoint.with("Retry-After", "1", EmbeddingEndpoint.status(429)));
        bench.tree().with(mira);
        assertThat(bench.sync().embedding()).isEqualTo(new RunReport.Embedding(2, 0, 2));
        endpoint.always(
                EmbeddingEndpoint.with("Retry-After", "60", EmbeddingEndpoint.status(429)));
        bench.tree().with(juri);
        assertThat(bench.sync().embedding().requests()).isEqualTo(1);
        assertThat(bench.sync().executionId()).as("it is left alone for a minute").isNull();
    }

    @Test
    void entriesWaitOnTheirOwnAccountIfTheEmbedderServedOthers() {
        bench.set("embedding.max-concurrent", "1");
        endpoint.then(EmbeddingEndpoint.changed(answer -> answer))
                .then(EmbeddingEndpoint.status(500));
        bench.tree().with(many("mira", 12));
        RunReport report = bench.sync();
        assertThat(vectors()).isEqualTo(8);
        assertThat(report.failures()).hasSize(4)
                .allSatisfy(failure -> assertThat(failure.retryable()).isTrue());
        assertThat(fix(false).outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @Tag("EV-17")
    void aBadSuccessWritesNoVector() {
        endpoint.always(EmbeddingEndpoint.body("{\"data\": []}"));
        bench.tree().with(mira);
        RunReport report = bench.sync();
        assertThat(vectors()).isZero();
        assertThat(owed()).isEqualTo(2);
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
    }

    @Test
    @Tag("EV-17")
    void vectorsOfAnotherWidthAreNotMixedIn() {
        bench.tree().with(mira);
        bench.sync();
        endpoint.width(16);
        bench.tree().with(juri);
        RunReport report = bench.sync();
        assertThat(report.warnings()).singleElement().asString().contains("width 16 where 32");
        assertThat(vectors()).isEqualTo(2);
        bench.expectNoAgreement();
    }

    @Test
    void aPlanTellsTextsAndTokensAndAsksForNothing() {
        bench.set("embedding.provider", "none");
        bench.tree().with(mira);
        assertThat(plan().embedding().texts()).isZero();
        bench.sync();
        bench.set("embedding.provider", "openai");
        bench.tree().with(juri);
        Plan plan = plan();
        assertThat(plan.embedding()).isEqualTo(new RunReport.Embedding(3, 0, 1));
        assertThat(plan.tokens()).isBetween(9L, 20L);
        assertThat(endpoint.requests()).isEmpty();
        bench.sync();
        bench.tree().with(juri.entry("something new"));
        assertThat(plan().embedding()).isEqualTo(new RunReport.Embedding(1, 1, 1));
        bench.sync();
        assertThat(plan().embedding().texts()).isZero();
    }

    private Plan plan() {
        Clock clock = Clock.systemUTC();
        return Plan.of(bench.home(), bench.properties(), Selection.everything(), false, clock)
                .forecasting(bench.home(), bench.properties(), Selection.everything(), false,
                        clock);
    }

    @Test
    void onlyWhatWasSelectedIsAskedFor() {
        bench.set("embedding.provider", "none");
        bench.tree().with(mira, juri);
        bench.sync();
        bench.set("embedding.provider", "openai");
        bench.sync(new ReconcileRequest(
                Selection.everything().below(List.of(new MemoryPath(juri.path()))), false,
                false));
        assertThat(endpoint.texts()).containsExactly("the north wall\nDay");
        bench.expectNoAgreement();
    }

    @Test
    void aKindThatEmbedsNothingOwesNothing() {
        bench.tree()
                .write(SCOPE + "users/mira/principles.md", """
                        ---
                        user_id: mira
                        principles:
                        - id: pr_1
                          title: Water
                          statement: Water before noon.
                        ---
                        """);
        bench.tree().with(mira);
        assertThat(bench.sync().embedding().texts()).isEqualTo(2);
        assertThat(owed()).isZero();
    }

    @Test
    void aDeletedFileTakesItsTroubleAlong() {
        endpoint.refusing(text -> text.contains("wall"));
        bench.tree().with(mira, juri);
        assertThat(bench.sync().failures()).hasSize(1);
        bench.tree().delete(juri.path());
        assertThat(bench.sync().failures()).isEmpty();
    }

    @Test
    void aVectorIsTheSameAfterItsEntryWasWrittenAnew() {
        bench.tree().with(mira);
        bench.sync();
        List<String> before = indexed();
        bench.tamper("DELETE FROM vector_cache");
        endpoint.forgetRequests();
        bench.tree()
                .write(mira.path(), mira.text().replace("T09:15:00Z", "T10:20:00Z"));
        bench.sync();
        assertThat(endpoint.requests()).isEmpty();
        assertThat(indexed()).isEqualTo(before);
    }

    private List<String> indexed() {
        try (IndexView view = bench.index()) {
            List<String> vectors = new ArrayList<>();
            IntStream.rangeClosed(1, 2)
                    .forEach(i -> vectors.add(view.describeVector(new MemoryPath(mira.path()),
                            mira.id(i))));
            return vectors;
        }
    }
}
