package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.ledger.Gate;
import dev.cascade.steps.memory.Selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What happens when more vanishes than is believable.
class GuardTest {

    private static final int FILES = 60;

    @RegisterExtension
    final Workbench bench = new Workbench();

    @BeforeEach
    void sixtyNotesAreIndexed() {
        for (int i = 0; i < FILES; i++) {
            bench.tree().write(note(i), "# Note %d\n\nabout %d".formatted(i, i));
        }
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    private static String note(int i) {
        return "f%d/n%02d.md".formatted(i / 20, i);
    }

    private void delete(int from, int to) {
        IntStream.range(from, to).forEach(i -> bench.tree().delete(note(i)));
    }

    private boolean isFound(int i) {
        return bench.found().keySet().stream().anyMatch(id -> id.startsWith(note(i)));
    }

    private boolean hasText(int i) {
        Pattern text = Pattern.compile("\\babout %d\\b".formatted(i));
        return bench.found().values().stream().anyMatch(found -> text.matcher(found).find());
    }

    private Decisions decisions() {
        return new Decisions(bench.home(), bench.properties(), Clock.systemUTC());
    }

    private GateReport theGate() {
        return bench.status().gates().getLast();
    }

    @Test
    @Tag("EV-19")
    @Tag("SK-12")
    @Tag("SK-13")
    void moreRemovalsThanTheLimitAreHeldWhileTheRestOfTheRunGoesOn() {
        delete(0, 15);
        bench.tree().write(note(20), "# Changed").write("new.md", "# New");
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.GUARDED);
        assertThat(report.gates()).singleElement().satisfies(gate -> {
            assertThat(gate.files()).isEqualTo(15);
            assertThat(gate.summary()).isEqualTo("15 of 60 files are gone, more than 12");
            assertThat(gate.paths()).contains(note(0));
        });
        assertThat(report.files().deleted()).isZero();
        assertThat(isFound(0)).isTrue();
        assertThat(bench.found().toString()).contains("Changed", "New");
        assertThat(bench.status().nextStep()).isEqualTo("cascade gates");
        decisions().approve(theGate().id(), "spring cleaning");
        assertThat(bench.sync().files().deleted()).isEqualTo(15);
        assertThat(isFound(0)).isFalse();
    }

    @Test
    @Tag("EV-19")
    void heldRemovalsAreToldByEveryRunAndLaunchNothing() {
        delete(0, 15);
        bench.sync();
        int executions = bench.executions().size();
        RunReport again = bench.sync();
        assertThat(again.outcome()).isEqualTo(Outcome.GUARDED);
        assertThat(again.executionId()).isNull();
        assertThat(bench.executions()).hasSize(executions);
        decisions().approve(theGate().id(), "yes");
        bench.sync();
    }

    @Test
    @Tag("SK-15")
    void anApprovalLetsExactlyThePathsOfItsGateGo() {
        delete(0, 15);
        bench.sync();
        delete(30, 44);
        RunReport second = bench.sync();
        assertThat(second.gates()).hasSize(2);
        assertThat(second.gates().getFirst().digest())
                .isNotEqualTo(second.gates().getLast().digest());
        decisions().approve(second.gates().getFirst().id(), "the first only");
        RunReport third = bench.sync();
        assertThat(third.files().deleted()).isEqualTo(15);
        assertThat(third.outcome()).isEqualTo(Outcome.GUARDED);
        assertThat(isFound(0)).isFalse();
        assertThat(isFound(30)).isTrue();
        decisions().approve(third.gates().getFirst().id(), "the second too");
        bench.sync();
    }

    @Test
    @Tag("SK-15")
    void anApprovalThatWasNotUsedInTimeLapses() throws Exception {
        delete(0, 15);
        bench.sync();
        long first = theGate().id();
        decisions().approve(first, "yes");
        Clock tomorrow = Clock.offset(Clock.systemUTC(), Duration.ofHours(25));
        RunReport late = new Jobs(bench.home(), bench.properties(), tomorrow)
                .reconcile(ReconcileRequest.everything(), Duration.ZERO);
        assertThat(late.outcome()).isEqualTo(Outcome.GUARDED);
        assertThat(late.files().deleted()).isZero();
        assertThat(decisions().gates()).extracting(GateReport::status)
                .containsExactly(Gate.Status.PENDING, Gate.Status.EXPIRED);
        assertThatThrownBy(() -> decisions().approve(first, "again"))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("expired");
        decisions().approve(theGate().id(), "now");
        bench.sync();
    }

    @Test
    @Tag("SK-12")
    void rejectedRemovalsKeepTheirEntriesQuietlyUntilTheFilesAreBack() {
        delete(0, 15);
        bench.sync();
        decisions().reject(theGate().id(), "the disk is away");
        RunReport quiet = bench.sync();
        assertThat(quiet.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(quiet.executionId()).isNull();
        assertThat(isFound(0)).isTrue();
        assertThat(bench.status().queue().kept()).isEqualTo(15);
        assertThat(bench.status().queue().pending()).isZero();
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.HEALTHY);
        for (int i = 0; i < 15; i++) {
            bench.tree().write(note(i), "# Back %d".formatted(i));
        }
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found().toString()).contains("Back 14");
        assertThat(decisions().gates()).singleElement()
                .satisfies(gate -> assertThat(gate.status()).isEqualTo(Gate.Status.EXPIRED));
    }

    @Test
    void aRejectedGateCanStillBeApproved() {
        delete(0, 15);
        bench.sync();
        decisions().reject(theGate().id(), "wait");
        bench.sync();
        decisions().approve(decisions().gates().getFirst().id(), "they are really gone");
        assertThat(bench.sync().files().deleted()).isEqualTo(15);
    }

    @Test
    @Tag("EV-65")
    void aMovedFolderIsNoRemoval() throws IOException {
        Files.move(bench.home().root().resolve("f0"), bench.home().root().resolve("moved"));
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().deleted()).isEqualTo(20);
    }

    @Test
    @Tag("EV-65")
    void filesThatWereCopiedElsewhereAndDeletedAreNoRemovalsEither() {
        for (int i = 0; i < FILES; i++) {
            bench.tree().write("copy/" + note(i), "# Note %d\n\nabout %d".formatted(i, i));
        }
        delete(0, FILES);
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().deleted()).isEqualTo(FILES);
    }

    @Test
    void oneCopyAccountsForOneMissingFileOnly() {
        for (int i = 0; i < 20; i++) {
            bench.tree().write("same/%d.md".formatted(i), "# The same");
        }
        bench.sync();
        for (int i = 0; i < 20; i++) {
            bench.tree().delete("same/%d.md".formatted(i));
        }
        bench.tree().write("one.md", "# The same");
        RunReport report = bench.sync();
        assertThat(report.gates()).singleElement()
                .satisfies(gate -> assertThat(gate.files()).isEqualTo(19));
        decisions().approve(theGate().id(), "yes");
        bench.sync();
    }

    @Test
    @Tag("EV-19")
    void tenFilesMayAlwaysGo() {
        delete(0, 50);
        bench.sync();
        decisions().approve(theGate().id(), "yes");
        bench.sync();
        delete(50, 59);
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().deleted()).isEqualTo(9);
    }

    @Test
    @Tag("EV-19")
    @Tag("IAI-15")
    void anotherRootInThePlaceOfThisOneTakesNothingAway() throws IOException {
        Path root = bench.home().root();
        Path away = Files.createDirectory(bench.outside("away"));
        for (String folder : List.of("f0", "f1", "f2")) {
            Files.move(root.resolve(folder), away.resolve(folder));
        }
        bench.tree().write("foreign.md", "# Foreign");
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.GUARDED);
        Problem problem = Objects.requireNonNull(report.problem());
        assertThat(problem.fault()).isEqualTo(Fault.GUARD);
        assertThat(problem.message()).contains("none of the 60 indexed files",
                "another root");
        assertThat(bench.found()).hasSize(FILES);
        assertThat(bench.status().health().verdict()).isEqualTo(Status.Verdict.NEEDS_ACTION);
        bench.tree().delete("foreign.md");
        for (String folder : List.of("f0", "f1", "f2")) {
            Files.move(away.resolve(folder), root.resolve(folder));
        }
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found()).hasSize(FILES);
    }

    @Test
    @Tag("EV-19")
    void filesThatLoseAllOfTheirEntriesMeetTheSameLimit() {
        for (int i = 0; i < 30; i++) {
            bench.tree().write(note(i), "");
        }
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.GUARDED);
        assertThat(report.gates()).allSatisfy(gate -> assertThat(gate.kind()).isEqualTo("emptied"));
        long kept = IntStream.range(0, 30).filter(this::hasText).count();
        assertThat(kept).as("at most a chunk of ten went before the limit was met")
                .isGreaterThanOrEqualTo(18);
        assertThat(bench.sync().executionId()).as("held files are not read again").isNull();
        bench.tree().write(note(29), "# Full again");
        bench.sync();
        assertThat(bench.found().toString()).contains("Full again");
        report.gates().forEach(gate -> decisions().approve(gate.id(), "they are empty"));
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(hasText(0)).isFalse();
    }

    @Test
    void aFewFilesMayLoseAllOfTheirEntries() {
        for (int i = 0; i < 5; i++) {
            bench.tree().write(note(i), "");
        }
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(hasText(0)).isFalse();
    }

    @Test
    @Tag("IAI-24")
    void aReportSaysWhatEachGuardWouldDoAndDoesNothing() {
        delete(0, 15);
        Plan plan = Plan.of(bench.home(), bench.properties(), Selection.everything(), false,
                Clock.systemUTC());
        assertThat(plan.guards()).filteredOn(guard -> guard.guard().equals("removals"))
                .singleElement()
                .satisfies(guard -> {
                    assertThat(guard.verdict()).isEqualTo("hold");
                    assertThat(guard.detail()).startsWith("15 of 60 indexed files are missing");
                });
        assertThat(bench.status().gates()).isEmpty();
        bench.sync();
        decisions().approve(theGate().id(), "yes");
        bench.sync();
    }

    @Test
    @Tag("SK-35")
    void aDecisionNeedsAReasonOfReasonableLength() {
        delete(0, 15);
        bench.sync();
        long gate = theGate().id();
        assertThatThrownBy(() -> decisions().approve(gate, "  "))
                .isInstanceOf(ConfigurationProblem.class);
        assertThatThrownBy(() -> decisions().reject(gate, "x".repeat(501)))
                .isInstanceOf(ConfigurationProblem.class);
        assertThatThrownBy(() -> decisions().approve(gate + 7, "no such gate"))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("no gate");
        assertThat(theGate().status()).isEqualTo(Gate.Status.PENDING);
        decisions().approve(gate, "yes");
        assertThatThrownBy(() -> decisions().approve(gate, "yes"))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("approved already");
        bench.sync();
    }
}
