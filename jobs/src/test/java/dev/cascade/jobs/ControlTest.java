package dev.cascade.jobs;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.ledger.RunControl;
import dev.cascade.steps.memory.Selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Whether scheduled runs go on, and how much one of them does.
class ControlTest {

    private static final String BROKEN = """
            CREATE TRIGGER fault BEFORE INSERT ON md_indexed
            BEGIN SELECT RAISE(ABORT, 'broken at 2026-03-04 in /some/where'); END""";

    @RegisterExtension
    final Workbench bench = new Workbench();

    @BeforeEach
    void oneNoteIsIndexed() {
        bench.tree().write("a.md", "# A");
        bench.sync();
    }

    private Decisions decisions() {
        return new Decisions(bench.home(), bench.properties(), Clock.systemUTC());
    }

    private RunReport scheduled() {
        return bench.running(
                jobs -> jobs.reconcileScheduled(ReconcileRequest.everything(), Duration.ZERO));
    }

    private Status.LastRun lastRun() {
        return Objects.requireNonNull(bench.status().lastRun());
    }

    @Test
    @Tag("SK-06")
    @Tag("IAI-16")
    void aPausedRootSkipsScheduledRunsWithTheReasonAndRunsByHand() {
        decisions().pause("moving house", null);
        bench.tree().write("b.md", "# B");
        RunReport skipped = scheduled();
        assertThat(skipped.outcome()).isEqualTo(Outcome.GUARDED);
        assertThat(Objects.requireNonNull(skipped.problem()).message()).contains("moving house");
        assertThat(lastRun().skipReason()).contains("paused", "moving house");
        assertThat(bench.found().toString()).doesNotContain("B");
        RunReport byHand = bench.sync();
        assertThat(byHand.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(byHand.warnings()).anyMatch(warning -> warning.contains("moving house"));
        assertThat(lastRun().skipReason()).as("any run clears it").isNull();
        assertThat(bench.status().paused()).isNotNull();
        assertThat(decisions().resume(false).lifted().state())
                .isEqualTo(RunControl.State.PAUSED);
        bench.tree().write("c.md", "# C");
        assertThat(scheduled().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @Tag("SK-08")
    void aPauseEndsByItselfWhenItsTimeIsOver() throws Exception {
        decisions().pause("for an hour", Duration.ofHours(1));
        assertThat(scheduled().outcome()).isEqualTo(Outcome.GUARDED);
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(61));
        RunReport report = new Jobs(bench.home(), bench.properties(), later)
                .reconcileScheduled(ReconcileRequest.everything(), Duration.ZERO);
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @Tag("EV-19")
    void aScheduledRunNeverBeginsARoot() {
        Home bare = Home.of(bench.home().root(), bench.outside("no-state"));
        assertThatThrownBy(() -> new Jobs(bare, bench.properties(), Clock.systemUTC())
                .reconcileScheduled(ReconcileRequest.everything(), Duration.ZERO))
                .isInstanceOf(ConfigurationProblem.class);
        assertThat(bare.state()).doesNotExist();
    }

    private void failThreeTimes() {
        bench.tree().write("b.md", "# B");
        bench.tamper(BROKEN);
        for (int i = 0; i < 3; i++) {
            assertThat(bench.status().needsHuman()).isNull();
            assertThat(scheduled().outcome()).isEqualTo(Outcome.FAILED);
        }
    }

    @Test
    @Tag("SK-21")
    @Tag("SK-22")
    @Tag("FM-8")
    void theSameFailureThreeTimesInARowStopsScheduledRunsUntilAPersonResumesThem() {
        failThreeTimes();
        assertThat(Objects.requireNonNull(bench.status().needsHuman()).reason())
                .contains("broken at");
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.NEEDS_ACTION);
        assertThat(scheduled().outcome()).isEqualTo(Outcome.GUARDED);
        assertThat(lastRun().skipReason()).contains("needs-human");
        assertThatThrownBy(() -> decisions().pause("instead", null))
                .isInstanceOf(ConfigurationProblem.class);
        bench.tamper("DROP TRIGGER fault");
        assertThat(decisions().resume(false).lifted().state())
                .isEqualTo(RunControl.State.NEEDS_HUMAN);
        assertThat(scheduled().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @Tag("IAI-11")
    void aRunByHandThatComesToItsEndLiftsIt() {
        failThreeTimes();
        bench.tamper("DROP TRIGGER fault");
        RunReport byHand = bench.sync();
        assertThat(byHand.warnings()).anyMatch(warning -> warning.contains("go on again"));
        assertThat(bench.status().needsHuman()).isNull();
    }

    @Test
    @Tag("SK-21")
    void aRunThatGetsSomethingDoneBetweenThemEndsTheCount() {
        bench.tamper(BROKEN);
        bench.tree().write("b.md", "# B");
        scheduled();
        scheduled();
        bench.tamper("DROP TRIGGER fault");
        scheduled();
        bench.tamper(BROKEN);
        bench.tree().write("b.md", "# BB");
        scheduled();
        assertThat(bench.status().needsHuman()).isNull();
        bench.tamper("DROP TRIGGER fault");
        bench.sync();
    }

    @Test
    @Tag("SK-21")
    @Tag("FM-9")
    void whatTimeMendsNeverEntersTheCount() {
        bench.tree().write("b.md", "# B");
        bench.tamper("""
                CREATE TRIGGER fault BEFORE INSERT ON md_indexed
                BEGIN SELECT RAISE(ABORT, 'no'); END""");
        assertThat(Stall.key(new Problem("cannot read /a/b.md at 12:30 of run 7", "",
                Fault.INTERNAL)))
                .isEqualTo(Stall.key(new Problem("cannot read /x/c.md at 09:01 of run 12", "",
                        Fault.INTERNAL)));
        assertThat(Problems.of(new java.io.IOException("No space left on device")).fault())
                .isEqualTo(Fault.GROUND);
        bench.tamper("DROP TRIGGER fault");
        bench.sync();
    }

    @Test
    @Tag("EV-56")
    @Tag("EV-57")
    @Tag("EV-55")
    @Tag("SK-26")
    void threeFailedRunsInARowTurnHealthToNeedsAction() {
        failThreeTimes();
        assertThat(bench.status().health().reasons())
                .anyMatch(reason -> reason.contains("the last 3 runs failed"));
        decisions().resume(false);
        assertThat(bench.status().health().reasons()).as("a remedy is no success")
                .anyMatch(reason -> reason.contains("the last 3 runs failed"));
        bench.tamper("DROP TRIGGER fault");
        bench.sync();
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.HEALTHY);
    }

    @Test
    @Tag("HM-15")
    void sixRunsThatGetNothingDoneAlthoughFilesAreOwedTurnHealthToNeedsAction() {
        bench.tree().write("b.md", "# B");
        bench.tamper(BROKEN);
        for (int i = 0; i < 6; i++) {
            assertThat(bench.status().health().reasons())
                    .noneMatch(reason -> reason.contains("got nothing done"));
            bench.sync();
        }
        assertThat(bench.status().health().reasons())
                .anyMatch(reason -> reason.contains("the last 6 runs got nothing done"));
        bench.tamper("DROP TRIGGER fault");
        bench.sync();
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.HEALTHY);
    }

    @Test
    @Tag("SK-09")
    void resumingCanMakeFilesThatWaitForARetryOwedAtOnceAndNoRefusedOnes() {
        bench.tree().write("bad.md", "# \0");
        bench.sync();
        bench.tamper("""
                UPDATE md_change_state SET deferred_until = 4102444800000, attempts = 5,
                       error = 'away' WHERE md_path = 'a.md'""",
                "DELETE FROM md_indexed WHERE md_path = 'a.md'");
        assertThat(bench.state("a.md")).isEqualTo("failed_retryable");
        assertThat(bench.state("bad.md")).isEqualTo("failed_permanent");
        assertThat(decisions().resume(true).reset()).isEqualTo(1);
        assertThat(bench.state("a.md")).isEqualTo("pending");
        assertThat(bench.state("bad.md")).isEqualTo("failed_permanent");
        bench.sync();
        assertThat(bench.state("a.md")).isEqualTo("done");
    }

    @Test
    @Tag("IAI-01")
    @Tag("EV-58")
    void lookingIsNoActivity() {
        Status before = bench.status();
        Plan.of(bench.home(), bench.properties(), Selection.everything(), false,
                Clock.systemUTC());
        assertThat(bench.status().lastRun()).isEqualTo(before.lastRun());
        assertThat(bench.status().index().asOf()).isEqualTo(before.index().asOf());
    }
}
