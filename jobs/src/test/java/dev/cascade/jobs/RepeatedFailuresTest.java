package dev.cascade.jobs;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.memory.Selection;

import static org.assertj.core.api.Assertions.assertThat;

/// A whole tree that fails in the same way.
class RepeatedFailuresTest {

    private static final int FILES = 1100;

    @RegisterExtension
    final Workbench bench = new Workbench();

    private final Logger ours = (Logger) LoggerFactory.getLogger("dev.cascade");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        ours.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        ours.detachAppender(logged);
    }

    private List<ILoggingEvent> warnings() {
        return logged.list.stream().filter(event -> event.getLevel() == Level.WARN).toList();
    }

    @Test
    @Tag("HM-08")
    @Tag("HM-09")
    @Tag("HM-10")
    void leavesOneLineInTheLogOverSeveralRunsAndAReportWithAnEnd() {
        bench.expectNoAgreement();
        bench.tree().write("good.md", "# Good");
        for (int i = 0; i < FILES; i++) {
            bench.tree().write("d%d/bad%04d.md".formatted(i % 7, i), "a\0b");
        }
        Jobs jobs = bench.jobs();
        RunReport first = bench.running(
                _ -> jobs.reconcile(ReconcileRequest.everything(), Duration.ZERO));
        assertThat(warnings()).singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage()).contains("bad"));
        assertThat(first.outcome()).isEqualTo(Outcome.COMPLETED_WITH_FAILURES);
        assertThat(first.failing()).isEqualTo(FILES);
        assertThat(first.failures()).hasSize(1000)
                .isSortedAccordingTo(
                        (a, b) -> a.path().compareTo(b.path()));
        assertThat(first.warnings()).contains(
                "1,099 more that cannot be indexed as they are; `cascade fix` lists them",
                "100 more files are in trouble than this report names; `cascade fix` lists all");

        RunReport second = bench.running(
                _ -> jobs.fix(Selection.everything(), true, Duration.ZERO));
        assertThat(second.files().failed()).isEqualTo(FILES);
        assertThat(warnings()).as("traces of two runs").hasSizeLessThanOrEqualTo(2);
        assertThat(second.warnings()).anyMatch(
                warning -> warning.startsWith("1,100 more that cannot be indexed"));
        RunReport nothing = bench.running(
                _ -> jobs.reconcile(ReconcileRequest.everything(), Duration.ZERO));
        assertThat(nothing.executionId()).isNull();
        assertThat(nothing.failing()).isEqualTo(FILES);
        assertThat(nothing.failures()).hasSize(1000);
    }
}
