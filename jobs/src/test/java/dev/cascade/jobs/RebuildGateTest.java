package dev.cascade.jobs;

import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.FaultyDisk;
import dev.cascade.steps.FaultyDisk.Ailment;
import dev.cascade.steps.FaultyDisk.Operation;
import dev.cascade.steps.index.MadeOtherwise;
import dev.cascade.steps.ledger.Gate.Status;
import dev.cascade.steps.memory.Selection;

import static dev.cascade.steps.MemoryTree.episode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A new generation that would lose files that are searched now waits for a person.
@Tag("EV-41")
class RebuildGateTest {

    private final FaultyDisk disk = new FaultyDisk();
    private final String mira = episode("mira").path();

    @RegisterExtension
    final Workbench bench = Workbench.over(disk);

    private SortedMap<String, String> before = new TreeMap<>();

    @BeforeEach
    void oneFileCannotBeReadForTheNextGeneration() {
        bench.tree()
                .with(episode("juri").entry("the north wall"),
                        episode("mira").entry("the greenhouse"),
                        episode("noa").entry("the pump"));
        bench.sync();
        before = bench.found();
        disk.fail(Operation.OPEN, bench.tree().path(mira), Ailment.IO);
    }

    private Decisions decisions() {
        return new Decisions(bench.home(), bench.properties(), Clock.systemUTC());
    }

    private List<GateReport> gates() {
        return decisions().gates();
    }

    private long live() {
        return bench.status().index().generation();
    }

    private long asked() {
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.GUARDED);
        assertThat(report.gates()).hasSize(1);
        GateReport gate = report.gates().getFirst();
        assertThat(gate.kind()).isEqualTo("rebuild");
        assertThat(gate.paths()).containsExactly(mira);
        assertThat(gate.files()).isEqualTo(1);
        assertThat(gate.summary()).startsWith("1 files are well in the index that is searched");
        assertThat(Objects.requireNonNull(report.problem()).message())
                .startsWith("gate %d: ".formatted(gate.id()))
                .endsWith("such as " + mira);
        return gate.id();
    }

    /// What was carried over is tried again like any file that could not be read.
    private void heal() {
        disk.heal();
        bench.running(jobs -> jobs.fix(Selection.everything(), false, Duration.ZERO));
    }

    @Test
    void anApprovalLetsTheNextRebuildTakeThePresentEntriesOver() {
        long gate = asked();
        assertThat(asked()).as("the same files are the same question").isEqualTo(gate);
        assertThat(bench.status().gates()).extracting(GateReport::id).containsExactly(gate);
        assertThat(decisions().approve(gate, "the disk is old").ifApproved())
                .isEqualTo("the next rebuild takes over the present entries of 1 files");
        RunReport report = bench.rebuild();
        assertThat(report.problem()).isNull();
        assertThat(report.gates()).isEmpty();
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("are taken over"));
        assertThat(live()).isEqualTo(2);
        assertThat(bench.found()).isEqualTo(before);
        assertThat(gates().getFirst().status()).isEqualTo(Status.APPROVED);
        assertThat(gates().getFirst().files()).isZero();
        heal();
    }

    @Test
    void anApprovalIsForTheFilesThatWereAskedAboutAndNoOthers() {
        long gate = asked();
        decisions().approve(gate, "the disk is old");
        bench.tree().with(episode("noa").entry("another pump"));
        bench.sync();
        disk.heal();
        disk.fail(Operation.OPEN, bench.tree().path(episode("noa").path()), Ailment.IO);
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).isEqualTo(Outcome.GUARDED);
        assertThat(report.gates()).singleElement().satisfies(other -> {
            assertThat(other.id()).isGreaterThan(gate);
            assertThat(other.paths()).containsExactly(episode("noa").path());
        });
        disk.heal();
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void itLiftsItselfWhenTheFilesCanBeReadAgain() {
        long gate = asked();
        assertThat(bench.sync().outcome()).as("a person must decide").isEqualTo(Outcome.GUARDED);
        disk.heal();
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().indexed()).as("it went on where it was").isEqualTo(1);
        assertThat(live()).isEqualTo(2);
        assertThat(gates().getFirst().id()).isEqualTo(gate);
        assertThat(gates().getFirst().status()).isEqualTo(Status.EXPIRED);
    }

    @Test
    void aRejectionGivesTheNewGenerationUp() {
        long gate = asked();
        assertThat(bench.home().index(2)).exists();
        assertThat(decisions().reject(gate, "not like this").ifRejected())
                .isEqualTo("the new generation is given up, and the present one stays");
        assertThat(Files.exists(bench.home().index(2))).isFalse();
        assertThat(bench.status().index().building()).isNull();
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(live()).isEqualTo(1);
        long again = asked();
        assertThat(again).as("a rebuild by hand asks anew").isGreaterThan(gate);
        disk.heal();
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void afterARejectionNoRunBuildsAGenerationByItself() {
        MadeOtherwise.saying(bench.home().index(1),
                data -> data.put("cascade.analyzer", "plain-1"));
        RunReport guarded = bench.sync();
        assertThat(guarded.outcome()).as("%s", guarded).isEqualTo(Outcome.GUARDED);
        decisions().reject(guarded.gates().getFirst().id(), "not like this");
        RunReport report = bench.sync();
        assertThat(report.job()).isEqualTo("reconcile");
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("was rejected"));
        disk.heal();
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(live()).isGreaterThan(1);
    }

    @Test
    void aRebuildThatIsUnderWayIsNotRejected() throws Exception {
        long gate = asked();
        try (RunLock _ = RunLock.take(bench.home().rebuildLock(), Duration.ZERO)) {
            assertThatThrownBy(() -> decisions().reject(gate, "not like this"))
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContaining("another rebuild holds");
        }
        assertThat(gates().getFirst().status()).isEqualTo(Status.PENDING);
        disk.heal();
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.COMPLETED);
    }
}
