package dev.cascade.jobs;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.JdbcTemplate;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.steps.ledger.StateDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/// Runs beside other programs that use the same database: busy is not broken.
@Tag("HM-11")
class BusyDatabaseTest {

    private static final int FILES = 150;

    @RegisterExtension
    final Workbench bench = new Workbench();

    @BeforeEach
    void oneNote() {
        bench.tree().write("a.md", "# A");
        bench.sync();
    }

    private void manyNotes() {
        for (int i = 0; i < FILES; i++) {
            bench.tree().write("many/n%03d.md".formatted(i), "# N " + i);
        }
    }

    /// Another program in the middle of a write.
    private final class Holder implements AutoCloseable {

        private final Connection connection;

        Holder() throws SQLException {
            connection = DriverManager.getConnection("jdbc:sqlite:" + bench.home().database());
            try (Statement begin = connection.createStatement()) {
                begin.execute("PRAGMA busy_timeout = 60000");
                begin.execute("BEGIN IMMEDIATE");
            }
        }

        @Override
        public void close() throws SQLException {
            try (Statement rollback = connection.createStatement()) {
                rollback.execute("ROLLBACK");
            }
            connection.close();
        }
    }

    private Jobs jobs(Duration patience) {
        return new Jobs(bench.home(), bench.properties(), Clock.systemUTC(),
                ObservationRegistry.NOOP, patience);
    }

    private interface Holding {
        void whileHeld() throws Exception;
    }

    /// Holds the database as soon as `jobs` has handled some files.
    private Thread holdInTheMiddle(Jobs jobs, List<Exception> failures, Holding holding) {
        return Thread.ofPlatform().start(() -> {
            while (jobs.tally().handled() == 0) {
                Thread.onSpinWait();
            }
            try (Holder _ = new Holder()) {
                holding.whileHeld();
            } catch (Exception ex) {
                failures.add(ex);
            }
        });
    }

    @Test
    @Tag("EV-53")
    void aRunWaitsForAnotherProgramThatWrites() throws Exception {
        manyNotes();
        Jobs jobs = jobs(StateDatabase.PATIENCE);
        List<Exception> failures = new CopyOnWriteArrayList<>();
        Thread holder = holdInTheMiddle(jobs, failures, () -> Thread.sleep(1500));
        RunReport report = jobs.reconcile(ReconcileRequest.everything(), Duration.ZERO);
        holder.join();
        assertThat(failures).isEmpty();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.durationMs()).isGreaterThan(1000);
    }

    @Test
    @Tag("EV-53")
    void aRunThatWaitedTooLongFailsAndTheNextOneCompletes() throws Exception {
        manyNotes();
        Jobs jobs = jobs(Duration.ofMillis(200));
        List<Exception> failures = new CopyOnWriteArrayList<>();
        AtomicBoolean ended = new AtomicBoolean();
        Thread holder = holdInTheMiddle(jobs, failures, () -> {
            while (!ended.get()) {
                Thread.sleep(5);
            }
        });
        RunReport.Problem problem;
        try {
            RunReport report = jobs.reconcile(ReconcileRequest.everything(), Duration.ZERO);
            assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
            problem = report.problem();
        } catch (RuntimeException ex) {
            problem = Problems.of(ex);
        } finally {
            ended.set(true);
            holder.join();
        }
        assertThat(failures).isEmpty();
        assertThat(problem).isNotNull()
                .extracting(RunReport.Problem::message)
                .isEqualTo("the state database is locked by another program");
        assertThat(bench.home().schemaRepair()).doesNotExist();
        String sound = bench
                .asking(database -> Objects.requireNonNull(new JdbcTemplate(database.dataSource())
                        .queryForObject("PRAGMA integrity_check", String.class)));
        assertThat(sound).isEqualTo("ok");

        assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.status().queue().done()).isEqualTo(FILES + 1);
        assertThat(bench.executions())
                .noneMatch(execution -> execution.status().startsWith("START"));
    }

    @Test
    @Tag("EV-35")
    @Tag("IAI-02")
    void whoLooksAllTheTimeIsNeverTurnedAwayAndTurnsNobodyAway() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        Thread looker = Thread.ofPlatform().start(() -> {
            while (!ended.get()) {
                try {
                    bench.status();
                    looks.incrementAndGet();
                    Thread.sleep(looks.get() % 2 == 0 ? 50 : 0);
                } catch (RuntimeException | InterruptedException ex) {
                    failures.add(ex);
                }
            }
        });
        for (int i = 0; i < 12; i++) {
            bench.tree().write("a.md", "# A " + i);
            assertThat(bench.sync().outcome()).isEqualTo(Outcome.COMPLETED);
        }
        ended.set(true);
        looker.join();
        assertThat(failures).isEmpty();
        assertThat(looks).hasValueGreaterThan(12);
    }
}
