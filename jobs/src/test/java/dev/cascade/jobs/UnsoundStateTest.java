package dev.cascade.jobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import dev.cascade.jobs.RunReport.Fault;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.ledger.UnusableState;
import dev.cascade.steps.memory.Selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// Runs that meet a state database which lost a part of its schema, or is damaged.
class UnsoundStateTest {

    private static final String[] NO_GATE = {"DROP VIEW md_file_state",
            "DROP INDEX idx_md_change_gate", "ALTER TABLE md_change_state DROP COLUMN gate"};
    private static final String[] NO_LSN = {"DROP VIEW md_file_state",
            "ALTER TABLE md_change_state RENAME COLUMN lsn TO lost"};

    @RegisterExtension
    final Workbench bench = new Workbench();

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void threeNotes() {
        bench.tree().write("a.md", "# A").write("b.md", "# B").write("c.md", "# C");
        log.start();
        cascade().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        cascade().detachAppender(log);
    }

    private static Logger cascade() {
        return (Logger) LoggerFactory.getLogger("dev.cascade");
    }

    private List<ILoggingEvent> loud() {
        return log.list.stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .toList();
    }

    private Path note() {
        return bench.home().schemaRepair();
    }

    private UnusableState refused() {
        return catchThrowableOfType(UnusableState.class, bench::sync);
    }

    @Test
    @Tag("HM-01")
    @Tag("HM-03")
    @Tag("HM-18")
    void aLostColumnIsAddedByTheNextRunWithOneLineAndNoTrace() {
        bench.sync();
        bench.tamper(NO_GATE);
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.warnings()).first().asString().contains("column gate");
        assertThat(loud()).filteredOn(line -> line.getFormattedMessage().contains("added: "))
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage()).contains("gate"));
        assertThat(loud()).allSatisfy(line -> assertThat(line.getThrowableProxy()).isNull());
        assertThat(note()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"md_change_state", "md_indexed", "generation", "run", "kind_schema",
            "lsn_sequence", "root_identity", "gate", "BATCH_JOB_INSTANCE",
            "BATCH_STEP_EXECUTION_CONTEXT", "BATCH_STEP_EXECUTION_SEQ",
            "BATCH_JOB_EXECUTION_PARAMS"})
    @Tag("HM-03")
    void whateverTableIsLostTheIndexIsInStepAfterTheNextRun(String table) {
        bench.sync();
        bench.tree().write("a.md", "# AA").delete("b.md").write("d.md", "# D");
        bench.sync();
        bench.tamper("PRAGMA foreign_keys = OFF", "DROP VIEW md_file_state",
                "DROP TABLE " + table);
        bench.tree().delete("c.md").write("e.md", "# E").write("d.md", "# DD");
        RunReport report = bench.sync();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wanted", "missing_since", "refused", "attempts", "skipped_entries",
            "last_run"})
    @Tag("HM-03")
    @Tag("HM-16")
    void whateverColumnIsLostTheIndexIsInStepAfterTheNextRun(String column) {
        bench.sync();
        bench.tamper("DROP VIEW md_file_state", "DROP INDEX idx_md_change_trouble",
                "DROP INDEX idx_md_change_missing",
                "ALTER TABLE md_change_state DROP COLUMN " + column);
        bench.tree().delete("c.md").write("d.md", "# D");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found()).hasSize(3);
    }

    @Test
    @Tag("HM-03")
    void whatOnlyAStepMissesIsMendedToo() {
        bench.sync();
        bench.tamper("DROP TABLE BATCH_STEP_EXECUTION_CONTEXT");
        bench.tree().write("d.md", "# D");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.found()).hasSize(4);
    }

    @Test
    @Tag("HM-02")
    @Tag("HM-04")
    @Tag("HM-18")
    void driftThatStaysIsMendedOnceInFiveRunsAndThenNamesTheColumn() throws IOException {
        bench.expectNoAgreement();
        bench.sync();
        bench.tamper("CREATE TRIGGER broken AFTER INSERT ON md_indexed"
                + " BEGIN UPDATE run SET absent = 1; END", "DROP TABLE gate",
                "DROP VIEW md_file_state");
        bench.tree().write("d.md", "# D");
        UnusableState first = refused();
        assertThat(first).hasMessageContaining("column absent");
        assertThat(first.remedy()).contains("cascade restore FILE", "cascade sync");
        byte[] database = Files.readAllBytes(bench.home().database());
        for (int i = 0; i < 4; i++) {
            assertThat(refused()).hasMessage(first.getMessage());
        }
        assertThat(Files.readAllBytes(bench.home().database())).isEqualTo(database);
        assertThat(loud()).filteredOn(line -> line.getFormattedMessage().contains("added: "))
                .hasSize(1);
        assertThat(Problems.of(first).fault()).isEqualTo(Fault.PRECONDITION);
    }

    @Test
    @Tag("HM-04")
    void aColumnThatCannotBeAddedDisablesTheRootAndChangesNothing() {
        bench.expectNoAgreement();
        bench.sync();
        bench.tamper(NO_LSN);
        UnusableState first = refused();
        assertThat(first).hasMessageContainingAll("column lsn of md_change_state",
                "nothing was changed");
        for (Workbench.Running command : List.<Workbench.Running>of(
                jobs -> jobs.restart(1, Duration.ZERO),
                jobs -> jobs.fix(Selection.everything(), true,
                        Duration.ZERO))) {
            assertThatThrownBy(() -> bench.running(command)).hasMessage(first.getMessage());
        }
        assertThatThrownBy(() -> bench.jobs().recover(Duration.ZERO))
                .hasMessage(first.getMessage());
    }

    @Test
    @Tag("HM-06")
    @Tag("HM-18")
    void aRootIsEnabledAgainWhenItsDatabaseChanges() {
        bench.sync();
        bench.tamper(NO_LSN);
        refused();
        bench.tamper("ALTER TABLE md_change_state RENAME COLUMN lost TO lsn");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(loud()).anySatisfy(line -> assertThat(line.getFormattedMessage())
                .contains("the database changed; trying again"));
        assertThat(note()).doesNotExist();
    }

    @Test
    @Tag("HM-11")
    @Tag("HM-18")
    void anotherErrorOfTheDatabaseMendsNothingAndDisablesNothing() {
        bench.expectNoAgreement();
        bench.sync();
        bench.tamper("CREATE TRIGGER stubborn BEFORE INSERT ON md_indexed"
                + " BEGIN SELECT RAISE(ABORT, 'no such column: gate, it says'); END");
        bench.tree().write("d.md", "# D");
        for (int i = 0; i < 10; i++) {
            RunReport report = bench.sync();
            assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
        }
        assertThat(note()).doesNotExist();
        assertThat(loud()).noneMatch(line -> line.getThrowableProxy() != null)
                .noneMatch(line -> line.getFormattedMessage().contains("added: "));
        bench.tamper("DROP TRIGGER stubborn");
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void whoOnlyLooksNamesTheCure() {
        bench.sync();
        bench.tamper(NO_GATE);
        RunReport.Problem problem = Problems.of(catchThrowable(bench::status));
        assertThat(problem.message()).contains("lacks the table md_file_state");
        assertThat(problem.remedy()).contains("cascade sync");
        assertThat(problem.fault()).isEqualTo(Fault.PRECONDITION);
        bench.sync();
    }

    @Test
    @Tag("HM-12")
    @Tag("SK-32")
    void damageThatARunMeetsInItsMiddleEndsItAndTheFileIsLeftAsItIsFromThenOn()
            throws IOException {
        bench.expectNoAgreement();
        for (int i = 0; i < 300; i++) {
            bench.tree().write("many/n%03d.md".formatted(i), "# N " + i);
        }
        bench.sync();
        bench.tree().write("many/n150.md", "# changed").write("many/n299.md", "# changed");
        long page = bench.asking(database -> Objects.requireNonNull(new JdbcTemplate(
                database.dataSource()).queryForObject(
                        "SELECT rootpage FROM sqlite_master WHERE name = 'BATCH_STEP_EXECUTION_CONTEXT'",
                        Long.class)));
        try (var file = FileChannel.open(bench.home().database(),
                StandardOpenOption.WRITE)) {
            byte[] noise = new byte[4096];
            Arrays.fill(noise, (byte) 0xA5);
            file.write(ByteBuffer.wrap(noise), (page - 1) * 4096);
        }
        UnusableState first = refused();
        assertThat(first).hasMessageContaining("malformed");
        assertThat(first.remedy()).contains("cascade restore FILE", "mv ", "cascade sync");
        byte[] evidence = Files.readAllBytes(bench.home().database());
        for (int i = 0; i < 3; i++) {
            assertThat(refused()).hasMessage(first.getMessage());
        }
        assertThat(Files.readAllBytes(bench.home().database())).isEqualTo(evidence);
        Files.move(bench.home().database(), bench.outside("state.db.corrupt"));
        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        bench.assertInStep();
    }
}
