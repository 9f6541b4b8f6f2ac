package dev.cascade.jobs;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.MadeOtherwise;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// An index that was made in another way gives its place to one that is made as indexes are made now.
@Tag("EV-41")
class DriftTest {

    private static final String TICKETS = """
            kinds:
              ticket:
                glob: "tickets/*.md"
                shape: single-entity
                entry-id: frontmatter:key
                fields:
                  frontmatter:key: {default: only}
                  frontmatter:score: {type: keyword}
                  body: {}
                hashed: [body]
                tokenised: [body]
            """;

    @RegisterExtension
    final Workbench bench = new Workbench();

    @BeforeEach
    void threeNotes() {
        for (int i = 0; i < 3; i++) {
            bench.tree().write("n%d.md".formatted(i), "# Note %d\n\nits text\n".formatted(i));
        }
        bench.sync();
    }

    private long live() {
        return bench.status().index().generation();
    }

    private void madeByAnOtherAnalyzer() {
        MadeOtherwise.saying(bench.home().index(live()),
                data -> data.put("cascade.analyzer", "plain-1"));
    }

    @Test
    void anotherAnalyzerMakesANewGenerationAndReadsNothingTwice() {
        madeByAnOtherAnalyzer();
        RunReport report = bench.sync();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(report.job()).isEqualTo("rebuild");
        assertThat(report.warnings()).containsOnlyOnce(
                "index 'g000001' schema drift: missing=[], extra=[], type_drift=[analyzer: plain-1, now icu-bigram-kstem-1]; so a new generation is built");
        assertThat(bench.executions()).extracting(execution -> execution.job())
                .as("the present generation was left as it is")
                .containsExactly("rebuild", "reconcile");
        assertThat(live()).isEqualTo(2);
        assertThat(bench.sync().executionId()).isNull();
    }

    @Test
    void anotherFormatMakesANewGeneration() {
        MadeOtherwise.saying(bench.home().index(1), data -> data.put("cascade.format", "1"));
        assertThat(bench.sync().warnings())
                .anyMatch(warning -> warning.contains("type_drift=[format: 1, now 2]"));
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void changedFilesAreTakenInByWhoCannotWaitForIt() {
        madeByAnOtherAnalyzer();
        bench.tree().write("new.md", "# Rain barrel\n");
        RunReport report = bench.running(
                jobs -> jobs.reconcile(ReconcileRequest.everything(), Duration.ZERO));
        assertThat(report.files().indexed()).isEqualTo(1);
        assertThat(report.warnings()).anyMatch(warning -> warning.contains("schema drift")
                && warning.endsWith("`cascade sync` builds a new generation"));
        assertThat(bench.found().toString()).contains("Rain barrel");
        assertThat(live()).isEqualTo(1);
        assertThat(bench.sync().job()).as("it still says how it was made").isEqualTo("rebuild");
    }

    @Test
    void whereDriftStopsRunsAPersonSaysWhenToRebuild() {
        madeByAnOtherAnalyzer();
        bench.set("index.on-drift", "stop");
        assertThatThrownBy(bench::sync).isInstanceOf(ConfigurationProblem.class)
                .hasMessageStartingWith("index 'g000001' schema drift: ");
        assertThatThrownBy(() -> bench.running(
                jobs -> jobs.fix(Selection.everything(), false, Duration.ZERO)))
                .isInstanceOf(ConfigurationProblem.class);
        assertThat(live()).isEqualTo(1);
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void anIndexWithAFieldOfAnotherTypeIsNotAddedTo() {
        MadeOtherwise.retyped(bench.home().index(1), "title");
        bench.tree().write("new.md", "# Rain barrel\n");
        RunReport part = bench.sync(new ReconcileRequest(
                Selection.everything().below(List.of(new MemoryPath("new.md"))), true, false));
        assertThat(part.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(part.problem()).extracting(Problem::fault, Problem::message)
                .containsExactly(Fault.PRECONDITION,
                        "index 'g000001' schema drift: missing=[], extra=[], type_drift=[title: values_sorted, now docs_and_freqs_and_positions+norms]");
        assertThat(live()).isEqualTo(1);
        RunReport whole = bench.sync();
        assertThat(whole.outcome()).as("%s", whole).isEqualTo(Outcome.COMPLETED);
        assertThat(live()).isEqualTo(2);
        assertThat(bench.found().toString()).contains("Rain barrel", "Note 1");
    }

    @Test
    void anIndexOfBeforeFieldsWereNamedIsKept() {
        MadeOtherwise.sayingLess(bench.home().index(1));
        assertThat(bench.sync().executionId()).isNull();
        bench.tree().write("new.md", "# Rain barrel\n");
        RunReport report = bench.sync();
        assertThat(report.job()).isEqualTo("reconcile");
        assertThat(report.files().indexed()).isEqualTo(1);
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void aColumnOfAnotherTypeConcernsTheFilesOfItsKindAlone() {
        bench.tree()
                .write("kinds.yaml", TICKETS)
                .write("tickets/t1.md", "---\nscore: 7\n---\nseven\n");
        RunReport added = bench.sync();
        assertThat(added.files().indexed()).isEqualTo(1);
        assertThat(added.warnings()).anyMatch(warning -> warning
                .contains("changed, added or taken away: ticket; their files alone are read again")
                && warning.contains("missing=[keyword.score"));
        bench.tree().write("kinds.yaml", TICKETS.replace("keyword", "integer"));
        RunReport changed = bench.sync();
        assertThat(changed.job()).isEqualTo("reconcile");
        assertThat(changed.files().indexed()).as("%s", changed).isEqualTo(1);
        assertThat(changed.warnings()).anyMatch(warning -> warning
                .contains("(missing=[integer.score], extra=[keyword.score])"));
        assertThat(live()).isEqualTo(1);
        try (IndexView view = bench.index()) {
            assertThat(view.commit().header().schema().fields()).containsKey("integer.score")
                    .doesNotContainKey("keyword.score");
        }
        assertThat(bench.sync().executionId()).isNull();
    }

    @Test
    void anUnfinishedGenerationThatWasMadeOtherwiseIsBegunAnew() {
        bench.tamper(
                "CREATE TRIGGER fault BEFORE UPDATE OF live ON generation BEGIN SELECT RAISE(ABORT, 'injected'); END");
        assertThat(bench.rebuild().outcome()).isEqualTo(Outcome.FAILED);
        bench.tamper("DROP TRIGGER fault");
        MadeOtherwise.saying(bench.home().index(2),
                data -> data.put("cascade.analyzer", "plain-1"));
        RunReport report = bench.rebuild();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.COMPLETED);
        assertThat(report.files().indexed()).isEqualTo(3);
        assertThat(live()).isEqualTo(2);
        assertThat(Drift.of(bench.home(), bench.properties(), Clock.systemUTC())).isEmpty();
    }
}
