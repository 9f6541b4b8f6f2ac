package dev.cascade.steps.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;

import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.Fingerprint;
import dev.cascade.steps.memory.Known;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Observation.Reason;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Sighting;
import dev.cascade.steps.memory.Watermark;

import static org.assertj.core.api.Assertions.assertThat;

class LedgerTest {

    private static final Fingerprint ONE = new Fingerprint(1, 1, 1, 1, "");
    private static final Fingerprint TWO = new Fingerprint(2, 2, 2, 2, "");
    private static final Selection ALL = Selection.everything();

    @TempDir
    private Path folder;

    private StateDatabase database;
    private JdbcTemplate jdbc;
    private Ledger ledger;
    private Gates gates;
    private Instant now = Instant.parse("2026-03-04T10:00:00Z");

    @BeforeEach
    void open() {
        database = StateDatabase.openForWriting(folder.resolve("state.db"));
        jdbc = new JdbcTemplate(database.dataSource());
        gates = new Gates(database.dataSource(), Clock.fixed(now, ZoneOffset.UTC));
        ledger = at(now);
        ledger.recordSchemas(Map.of("note", "s1", "ticket", "t1"));
    }

    private Ledger at(Instant time) {
        now = time;
        gates = new Gates(database.dataSource(), Clock.fixed(time, ZoneOffset.UTC));
        return new Ledger(database.dataSource(), Clock.fixed(time, ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static MemoryPath path(String value) {
        return new MemoryPath(value);
    }

    private static Observation seen(String path, Fingerprint print) {
        return new Observation.Differs(new Sighting(path(path), "note", print), Reason.MODIFIED);
    }

    private static Settlement done(String path, Fingerprint print) {
        return new Settlement.Done(path(path), print, false, "s1", "sha", 3, 0, 0, null);
    }

    private void index(String... paths) {
        for (String path : paths) {
            ledger.observe(List.of(seen(path, ONE)), 1);
            ledger.settle(1, List.of(done(path, ONE)), null, 1);
        }
    }

    private void remove(String path, long run) {
        ledger.observe(List.of(new Observation.Missing(path(path))), run);
        gates.pass(run);
    }

    private String state(String path) {
        return ledger.state(path(path)).orElse("unknown");
    }

    private List<String> owed() {
        return ledger.owedAfter(0, ALL).stream().map(change -> change.path().value()).toList();
    }

    // The words that people see

    @ParameterizedTest
    @Tag("IAI-13")
    @CsvSource(nullValues = "-", value = {
            // wanted, known, indexed, schema, missing, refused, deferred: state
            "A, false, -, -, -, -, -, pending", "A, true, A, s1, -, -, -, done",
            "A, true, B, s1, -, -, -, pending", "A, true, A, s0, -, -, -, pending",
            "A, true, A, s1, 5, -, -, pending", "A, false, -, -, -, A, -, failed_permanent",
            "A, false, -, -, -, B, -, pending", "A, true, A, s1, -, A, -, done",
            "A, false, -, -, -, -, 9, failed_retryable",
            "A, false, -, -, -, A, 9, failed_permanent",
            "A, false, -, -, 5, A, -, pending", "-, true, -, -, -, -, -, tombstone",
            "-, false, -, -, -, -, -, pending", "-, true, B, s1, -, -, -, pending",
            "-, true, -, -, 5, -, -, tombstone"})
    void theViewTellsEachStateByItsPredicate(@Nullable String wanted, boolean known,
            @Nullable String indexed, @Nullable String schema, @Nullable Long missing,
            @Nullable String refused, @Nullable Long deferred, String expected) {
        jdbc.update("""
                INSERT INTO md_change_state (md_path, kind, wanted, lsn, missing_since, refused,
                       deferred_until, first_seen_at, last_changed_at)
                VALUES ('x.md', 'note', ?, 1, ?, ?, ?, 0, 0)""", wanted, missing, refused,
                deferred);
        if (known) {
            jdbc.update("""
                    INSERT INTO md_indexed (generation, md_path, fingerprint, schema_id)
                    VALUES (1, 'x.md', ?, ?)""", indexed, schema);
        }
        assertThat(state("x.md")).isEqualTo(expected);
    }

    @Test
    void whatStandsInAnotherGenerationSaysNothingOfTheLiveOne() {
        ledger.observe(List.of(seen("a.md", ONE)), 1);
        jdbc.update("""
                INSERT INTO md_indexed (generation, md_path, fingerprint, schema_id)
                VALUES (2, 'a.md', ?, 's1')""", ONE.toString());
        assertThat(state("a.md")).isEqualTo("pending");
    }

    // Observing

    @Test
    void aDifferenceForgetsAtOnceWhatWasIndexed() {
        index("a.md");
        ledger.observe(List.of(seen("a.md", TWO)), 2);
        assertThat(state("a.md")).isEqualTo("pending");
        ledger.observe(List.of(seen("a.md", ONE)), 3);
        assertThat(state("a.md")).as("the old text came back before it was read")
                .isEqualTo("pending");
    }

    @Test
    void everyDifferenceGetsAHigherLsn() {
        ledger.observe(List.of(seen("b.md", ONE), seen("a.md", ONE)), 1);
        ledger.observe(List.of(seen("b.md", TWO)), 2);
        assertThat(ledger.owedAfter(0, ALL)).extracting(Change::lsn).containsExactly(2L, 3L);
        assertThat(owed()).containsExactly("a.md", "b.md");
    }

    @Test
    @Tag("EV-18")
    void aMissingFileStaysIndexedUntilTheGuardHasPassedItsRemoval() {
        index("a.md");
        ledger.observe(List.of(new Observation.Missing(path("a.md"))), 2);
        assertThat(gates.proposed(2)).isEqualTo(1);
        assertThat(owed()).isEmpty();
        assertThat(ledger.entries()).isEqualTo(3);
        gates.pass(2);
        assertThat(owed()).containsExactly("a.md");
        assertThat(ledger.owedAfter(0, ALL).getFirst().wanted()).isNull();
        ledger.settle(1, List.of(new Settlement.Removed(path("a.md"))), null, 2);
        assertThat(state("a.md")).isEqualTo("tombstone");
    }

    @Test
    void onlyTheRemovalsOfThisRunArePassed() {
        index("a.md", "b.md");
        ledger.observe(List.of(new Observation.Missing(path("a.md"))), 2);
        ledger.observe(List.of(new Observation.Missing(path("b.md"))), 3);
        gates.pass(3);
        assertThat(owed()).containsExactly("b.md");
    }

    @Test
    void aFileThatIsBackIsDoneAsIfItHadNeverBeenMissed() {
        index("a.md");
        ledger.observe(List.of(new Observation.Missing(path("a.md"))), 2);
        assertThat(state("a.md")).isEqualTo("pending");
        ledger.observe(List.of(new Observation.Back(path("a.md"))), 3);
        assertThat(state("a.md")).isEqualTo("done");
        assertThat(gates.proposed(2)).isZero();
    }

    @Test
    @Tag("EV-24")
    void pagingLosesAndRepeatsNothingHoweverManyFilesThereAre() {
        List<Observation> many = new ArrayList<>();
        IntStream.range(0, 10_500)
                .forEach(i -> many.add(seen("d%d/n%d.md".formatted(i % 7, i),
                        ONE)));
        ledger.observe(many, 1);
        Set<Long> lsns = new HashSet<>();
        long after = 0;
        for (List<Change> page = ledger.owedAfter(after, ALL); !page.isEmpty(); page = ledger
                .owedAfter(after, ALL)) {
            page.forEach(change -> assertThat(lsns.add(change.lsn())).isTrue());
            after = page.getLast().lsn();
        }
        assertThat(lsns).hasSize(10_500);
        List<MemoryPath> paths = new ArrayList<>();
        MemoryPath last = null;
        for (List<Known> page = ledger.knownAfter(last, ALL); !page.isEmpty(); page = ledger
                .knownAfter(last, ALL)) {
            page.forEach(known -> paths.add(known.path()));
            last = paths.getLast();
        }
        assertThat(paths).hasSize(10_500).isSorted().doesNotHaveDuplicates();
        assertThat(ledger.countOwed(ALL, 0)).isEqualTo(10_500);
        assertThat(ledger.countOwed(ALL, 10_001)).isEqualTo(500);
        assertThat(ledger.countOwed(ALL.below(List.of(path("d3"))), 0)).isEqualTo(1500);
    }

    @Test
    @Tag("EV-20")
    void aSelectedFolderIsNotItsNeighbourOfLikeName() {
        index("a/x.md", "a-b/x.md", "a0.md", "a.md");
        assertThat(ledger.knownAfter(null, ALL.below(List.of(path("a"))))).extracting(Known::path)
                .containsExactly(path("a/x.md"));
        assertThat(ledger.knownAfter(null, ALL.below(List.of(path("a.md")))))
                .extracting(Known::path)
                .containsExactly(path("a.md"));
        assertThat(ledger.knownAfter(null, ALL.ofKind("ticket"))).isEmpty();
    }

    // Trouble

    @Test
    @Tag("EV-30")
    @Tag("IAI-22")
    void aRefusalLiftsItselfWhenTheFileChangesAndOnlyThen() {
        ledger.observe(List.of(seen("a.md", ONE)), 1);
        ledger.settle(1, List.of(new Settlement.Refused(path("a.md"), ONE, 7, "broken")), null, 1);
        assertThat(state("a.md")).isEqualTo("failed_permanent");
        assertThat(owed()).isEmpty();
        assertThat(ledger.failures(ALL)).singleElement().satisfies(failure -> {
            assertThat(failure.line()).isEqualTo(7);
            assertThat(failure.reason()).isEqualTo("broken");
            assertThat(failure.retryable()).isFalse();
            assertThat(failure.firstFailedAt()).isEqualTo(now);
        });
        assertThat(ledger.makeRetryableOwed(ALL)).isZero();
        ledger.observe(List.of(seen("a.md", TWO)), 2);
        assertThat(owed()).containsExactly("a.md");
        assertThat(ledger.failures(ALL)).isEmpty();
    }

    @Test
    @Tag("EV-29")
    void aDeferredFileIsOwedAgainWhenItsTimeHasCome() {
        ledger.observe(List.of(seen("a.md", ONE)), 1);
        Instant until = now.plusSeconds(60);
        ledger.settle(1, List.of(new Settlement.Deferred(path("a.md"), until, "away")), null, 1);
        assertThat(state("a.md")).isEqualTo("failed_retryable");
        assertThat(ledger.countOwed(ALL, 0)).isZero();
        assertThat(ledger.knownAfter(null, ALL)).singleElement().satisfies(known -> {
            assertThat(known.open()).isTrue();
            assertThat(known.owed()).isFalse();
        });
        assertThat(ledger.failures(ALL)).singleElement().satisfies(failure -> {
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.deferredUntil()).isEqualTo(until);
        });
        ledger = at(until);
        assertThat(ledger.owedAfter(0, ALL)).as("it comes after those never tried").isEmpty();
        assertThat(ledger.dueAfter(0, ALL, 1)).as("the run that tried it").isEmpty();
        assertThat(ledger.dueAfter(0, ALL, 2)).singleElement()
                .satisfies(change -> assertThat(change.attempts()).isZero());
    }

    @Test
    @Tag("EV-34")
    void fixMakesTheRetryableOwedWithTheirCountersAtZeroAndLeavesTheOthers() {
        ledger.observe(List.of(seen("a.md", ONE), seen("b.md", ONE)), 1);
        ledger.settle(1, List.of(
                new Settlement.Deferred(path("a.md"), now.plusSeconds(60), "away"),
                new Settlement.Refused(path("b.md"), ONE, 0, "broken")), null, 1);
        assertThat(ledger.makeRetryableOwed(ALL)).isEqualTo(1);
        assertThat(ledger.owedAfter(0, ALL)).singleElement().satisfies(change -> {
            assertThat(change.path()).isEqualTo(path("a.md"));
            assertThat(change.attempts()).isZero();
        });
        assertThat(ledger.makeRefusedOwed(ALL.below(List.of(path("b.md"))))).isEqualTo(1);
        assertThat(owed()).containsExactly("a.md", "b.md");
    }

    @Test
    void aFileOfWhichEntriesWereLeftOutIsDoneAndTold() {
        ledger.observe(List.of(seen("a.md", ONE)), 1);
        ledger.settle(1, List.of(new Settlement.Done(path("a.md"), ONE, false, "s1", "sha", 2, 1, 9,
                "no timestamp")), null, 1);
        assertThat(state("a.md")).isEqualTo("done");
        assertThat(ledger.queue().partlyIndexed()).isEqualTo(1);
        assertThat(ledger.failures(ALL)).singleElement()
                .satisfies(failure -> assertThat(failure.skippedEntries()).isEqualTo(1));
    }

    @Test
    @Tag("SK-35")
    void aLongReasonIsShortened() {
        ledger.observe(List.of(seen("a.md", ONE)), 1);
        ledger.settle(1, List.of(new Settlement.Refused(path("a.md"), ONE, 0, "x".repeat(9000))),
                null, 1);
        assertThat(ledger.failures(ALL).getFirst().reason()).hasSize(500).endsWith("…");
    }

    @Test
    void theIndexOfRetryableFilesIsUsedToFindThem() {
        String plan = jdbc.queryForList("EXPLAIN QUERY PLAN " + Ledger.RETRYABLE)
                .toString();
        assertThat(plan).contains("idx_md_change_retryable");
    }

    // Log sequence numbers

    @Test
    @Tag("EV-33")
    void theLagIsNotZeroWhileAnOlderFileIsPending() {
        ledger.observe(List.of(seen("a.md", ONE), seen("b.md", ONE), seen("c.md", ONE)), 1);
        assertThat(ledger.queue().lag()).isEqualTo(3);
        ledger.settle(1, List.of(done("b.md", ONE), done("c.md", ONE)), null, 1);
        Queue queue = ledger.queue();
        assertThat(queue.maxLsn()).isEqualTo(3);
        assertThat(queue.lastProcessed()).isZero();
        assertThat(queue.lag()).isEqualTo(3);
        assertThat(queue.oldestPending()).isEqualTo(now);
        ledger.settle(1, List.of(new Settlement.Refused(path("a.md"), ONE, 0, "broken")), null, 1);
        assertThat(ledger.queue().lag()).as("nothing is pending").isZero();
        assertThat(ledger.queue().oldestPending()).isNull();
    }

    @Test
    @Tag("EV-32")
    void theQueueCountsEachFileOnce() {
        index("a.md", "b.md", "gone.md");
        remove("gone.md", 2);
        ledger.settle(1, List.of(new Settlement.Removed(path("gone.md"))), null, 2);
        ledger.observe(List.of(seen("c.md", ONE), seen("d.md", ONE), seen("e.md", ONE)), 3);
        ledger.settle(1, List.of(new Settlement.Refused(path("d.md"), ONE, 0, "broken"),
                new Settlement.Deferred(path("e.md"), now.plusSeconds(5), "away")), null, 3);
        Queue queue = ledger.queue();
        assertThat(List.of(queue.done(), queue.pending(), queue.failedPermanent(),
                queue.failedRetryable())).containsExactly(2L, 1L, 1L, 1L);
    }

    // Schemas

    @Test
    void theBacklogIsThatOfTheQueueWhateverHappensAfterARunHasSaidWhatIsSettled() {
        Random random = new Random(7);
        List<Integer> narrow = new ArrayList<>();
        for (int run = 1; run <= 400; run++) {
            change(path("f%d.md".formatted(random.nextInt(12))), random, run);
            assertBacklogIsTrue();
            if (random.nextInt(3) == 0) {
                ledger.settled(0);
                narrow.add(jdbc.queryForObject("SELECT settled_to FROM lsn_sequence",
                        Integer.class));
                assertBacklogIsTrue();
            }
        }
        assertThat(narrow).as("something was settled, so that not all files were looked at")
                .anyMatch(lsn -> lsn > 1);
    }

    @Test
    void aKeptFileOfWhichNothingIsIndexedMayBeOwedOnceItIsBack() {
        index("a.md");
        ledger.observe(List.of(new Observation.Missing(path("a.md"))), 2);
        long gate = gates.hold(2, "reconcile", "%d files", _ -> false).id();
        gates.reject(gate, "keep");
        ledger.forgetEverything(Map.of());
        assertThat(state("a.md")).isEqualTo("kept");
        assertThat(ledger.knownAfter(null, ALL)).allMatch(Known::open);
    }

    private void change(MemoryPath file, Random random, long run) {
        Fingerprint print = random.nextBoolean() ? ONE : TWO;
        switch (random.nextInt(18)) {
            case 0, 1, 2 -> ledger.observe(List.of(seen(file.value(), print)), run);
            case 3, 4, 5 -> settleAll(print, run);
            case 6 -> ledger.settle(1,
                    List.of(new Settlement.Refused(file, print, 0, "broken")), null, run);
            case 7 -> ledger.settle(1,
                    List.of(new Settlement.Deferred(file, now.plusSeconds(9), "away")), null,
                    run);
            case 8 -> ledger.observe(List.of(new Observation.Missing(file)), run);
            case 9 -> ledger.observe(List.of(new Observation.Back(file)), run);
            case 10 -> gates.pass(run);
            case 11 -> ledger
                    .recordSchemas(Map.of("note", print.equals(ONE) ? "s1" : "s2"));
            case 12 -> ledger.makeOwed(List.of(file), Map.of());
            case 13 -> ledger.settle(1, List.of(new Settlement.Held(file, print,
                    gates.hold(run, "reconcile", "%d files", _ -> false).id())), null, run);
            case 14 -> gates.pending()
                    .forEach(gate -> gates.reject(gate.id(), "keep"));
            case 15 -> gates.pending()
                    .forEach(gate -> gates.approve(gate.id(), "gone", now.plusSeconds(9)));
            case 16 -> ledger.forgetEverything(Map.of());
            default -> ledger.makeRetryableOwed(ALL);
        }
    }

    private void settleAll(Fingerprint print, long run) {
        ledger.owedAfter(0, ALL)
                .forEach(owed -> ledger.settle(1,
                        List.of(owed.wanted() == null ? new Settlement.Removed(owed.path())
                                : done(owed.path().value(), print)),
                        null, run));
    }

    private void assertBacklogIsTrue() {
        Queue queue = ledger.queue();
        assertThat(ledger.backlog()).isEqualTo(new Backlog(queue.pending(),
                queue.failedRetryable() + queue.failedPermanent()));
    }

    @Test
    void whatIsSettledIsTakenBackByAnyChange() {
        index("a.md", "b.md");
        ledger.settled(0);
        assertThat(jdbc.queryForObject("SELECT settled_to > last FROM lsn_sequence",
                Boolean.class)).isTrue();
        ledger.observe(List.of(seen("b.md", TWO)), 2);
        assertThat(jdbc.queryForObject("SELECT settled_to FROM lsn_sequence", Integer.class))
                .isZero();
        assertThat(ledger.backlog()).isEqualTo(new Backlog(1, 0));
    }

    @Test
    @Tag("EV-41")
    void aKindWhoseSchemaChangesOwesItsOwnFilesAlone() {
        index("a.md");
        ledger.observe(List.of(new Observation.Differs(
                new Sighting(path("t.md"), "ticket", ONE), Reason.ADDED)), 1);
        ledger.settle(1, List.of(new Settlement.Done(path("t.md"), ONE, false, "t1", "sha", 1, 0, 0,
                null)), null, 1);
        ledger.recordSchemas(Map.of("note", "s1", "ticket", "t2"));
        assertThat(owed()).containsExactly("t.md");
    }

    @Test
    void whatWasRefusedUnderAnOldSchemaGetsAnotherTry() {
        ledger.observe(List.of(seen("a.md", ONE)), 1);
        ledger.settle(1, List.of(new Settlement.Refused(path("a.md"), ONE, 0, "broken")), null, 1);
        ledger.recordSchemas(Map.of("note", "s1", "ticket", "t2"));
        assertThat(owed()).isEmpty();
        ledger.recordSchemas(Map.of("note", "s2", "ticket", "t2"));
        assertThat(owed()).containsExactly("a.md");
    }

    @Test
    void aKindThatIsNoMoreIsForgotten() {
        ledger.recordSchemas(Map.of("note", "s1"));
        assertThat(ledger.schemas()).isEqualTo(Map.of("note", "s1"));
    }

    // Forgetting

    @Test
    @Tag("EV-38")
    void forgettingEverythingOwesWhatWasDoneAndLooksForWhatOnlyTheIndexKnows() {
        index("a.md", "gone.md");
        remove("gone.md", 2);
        ledger.settle(1, List.of(new Settlement.Removed(path("gone.md"))), null, 2);
        ledger.observe(List.of(seen("bad.md", ONE)), 3);
        ledger.settle(1, List.of(new Settlement.Refused(path("bad.md"), ONE, 0, "broken")), null,
                3);
        ledger.forgetEverything(Map.of(path("gone.md"), "note", path("x.md"), "note",
                path("bad.md"), "note"));
        assertThat(state("a.md")).isEqualTo("pending");
        assertThat(state("bad.md")).isEqualTo("failed_permanent");
        assertThat(ledger.knownAfter(null, ALL)).extracting(known -> known.path().value() + " "
                + Fingerprint.UNKNOWN.equals(known.wanted()))
                .containsExactly("a.md false", "bad.md false", "gone.md true", "x.md true");
        assertThat(ledger.entries()).isZero();
    }

    @Test
    void everythingForgottenHasAnLsnOfItsOwn() {
        ledger.forgetEverything(Map.of(path("x.md"), "note", path("y.md"), "note"));
        ledger.observe(List.of(seen("a.md", ONE)), 1);
        assertThat(ledger.owedAfter(0, ALL)).extracting(Change::lsn).doesNotHaveDuplicates();
    }

    @Test
    @Tag("EV-11")
    void onlyOldTombstonesArePrunedAndNothingElse() {
        index("old.md", "new.md", "there.md");
        remove("old.md", 2);
        ledger.settle(1, List.of(new Settlement.Removed(path("old.md"))), null, 2);
        ledger = at(now.plus(Duration.ofDays(2)));
        remove("new.md", 3);
        ledger.settle(1, List.of(new Settlement.Removed(path("new.md"))), null, 3);
        assertThat(ledger.pruneTombstones(now.minus(Duration.ofDays(1)))).isEqualTo(1);
        assertThat(state("old.md")).isEqualTo("unknown");
        assertThat(state("new.md")).isEqualTo("tombstone");
        assertThat(state("there.md")).isEqualTo("done");
        assertThat(jdbc.queryForObject("SELECT count(*) FROM md_indexed", Long.class))
                .isEqualTo(2);
    }

    // Standing

    @ParameterizedTest
    @CsvSource({"5, 3, 5, 5, 3, true", "5, 3, 5, 5, 4, true", "5, 3, 5, 5, 5, false",
            "5, 3, 5, 5, 2, false", "5, 3, 6, 5, 3, true", "5, 3, 6, 6, 1, true",
            "5, 3, 6, 6, 2, false", "5, 3, 6, 5, 4, false", "5, 3, 6, 7, 1, false",
            "0, 0, 0, 0, 0, true", "0, 0, 0, 0, 1, false", "0, 0, 1, 1, 1, true",
            "0, 0, 1, 1, 2, false", "5, 3, 6, 0, 0, false"})
    void anIndexAgreesAtTheLastCommitOrExactlyOneAheadWithinTheOpenRun(long run, long chunk,
            long open, long seenRun, long seenChunk, boolean agrees) {
        assertThat(new Standing(1, new Watermark(run, chunk), open)
                .agreesWith(new Watermark(seenRun, seenChunk))).isEqualTo(agrees);
    }

    @Test
    void aRunOpensFromTheCommitThatIsThereAndMovesOnWithEachSettlement() {
        ledger.openRun(4, new Watermark(3, 7));
        assertThat(ledger.standing()).isEqualTo(new Standing(1, new Watermark(3, 7), 4));
        ledger.settle(1, List.of(), new Watermark(4, 1), 4);
        ledger.settle(1, List.of(), null, 4);
        assertThat(ledger.standing()).isEqualTo(new Standing(1, new Watermark(4, 1), 4));
    }

    @Test
    void theIdentityThatWasAdoptedLastCounts() {
        assertThat(ledger.identity()).isEmpty();
        RootIdentity identity = new RootIdentity("id", "/r", dev.cascade.config.Layout.NOTES);
        ledger.adopt(new RootIdentity("other", "/o", dev.cascade.config.Layout.EVEROS));
        ledger.adopt(identity);
        assertThat(ledger.identity()).contains(identity);
    }
}
