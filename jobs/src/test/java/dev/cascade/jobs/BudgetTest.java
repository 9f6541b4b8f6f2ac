package dev.cascade.jobs;

import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.memory.Selection;

import static org.assertj.core.api.Assertions.assertThat;

/// How much one run may do.
class BudgetTest {

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("cascade.reconcile.chunk-size", "3",
            "cascade.budget.files", "8", "cascade.budget.bytes", "1KB"));

    @BeforeEach
    void twentyNotes() {
        for (int i = 0; i < 20; i++) {
            bench.tree().write("n%02d.md".formatted(i), "# Note " + i);
        }
    }

    @Test
    @Tag("SK-24")
    @Tag("IAI-23")
    @Tag("FM-7")
    void theRestStaysOwedAndTheNextRunsFinishIt() {
        RunReport first = bench.sync();
        assertThat(first.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(first.more()).isTrue();
        assertThat(first.files().indexed()).isEqualTo(8);
        assertThat(first.warnings()).anyMatch(warning -> warning.contains("budget of 8 files"));
        assertThat(bench.status().queue().pending()).isEqualTo(12);
        assertThat(bench.sync().files().indexed()).isEqualTo(8);
        RunReport last = bench.sync();
        assertThat(last.files().indexed()).isEqualTo(4);
        assertThat(last.more()).isFalse();
        assertThat(last.outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @Tag("SK-24")
    void aRunThatIsToldToGoesOnOverItsBudget() {
        RunReport report = bench
                .sync(new ReconcileRequest(Selection.everything(), false, true));
        assertThat(report.files().indexed()).isEqualTo(20);
        assertThat(report.more()).isFalse();
    }

    @Test
    @Tag("SK-24")
    void aFileLargerThanTheBudgetIsReadAllTheSame() {
        bench.sync(new ReconcileRequest(Selection.everything(), false, true));
        bench.tree().write("large.md", "# Large\n\n" + "word ".repeat(1000));
        RunReport report = bench.sync();
        assertThat(report.files().indexed()).isEqualTo(1);
        assertThat(report.more()).isFalse();
    }
}
