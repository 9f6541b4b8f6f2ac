package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.JdbcTemplate;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

import dev.cascade.steps.FaultyDisk;
import dev.cascade.steps.FaultyDisk.Operation;
import dev.cascade.steps.ledger.StateDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/// What runs cost, in things that can be counted: looks at files, files opened, rows of the ledger written,
/// commits of the index, and waits for the disk. How long that takes is for the benchmarks.
@Tag("EV-46")
@Tag("IAI-07")
class CostTest {

    private static final int FOLDERS = 10;
    private static final int FILES = 300;
    private static final int CHUNK = 100;

    private final FaultyDisk disk = new FaultyDisk();

    @RegisterExtension
    final Workbench bench = Workbench.over(disk);

    /// What a run cost.
    private record Cost(RunReport report, int stats, int opened, int listed, long rows,
            long commits,
            long forces) {}

    @BeforeEach
    void smallChunks() {
        bench.set("reconcile.chunk-size", Integer.toString(CHUNK));
    }

    private void writeTree() {
        for (int i = 0; i < FILES; i++) {
            bench.tree()
                    .write("d%02d/n%03d.md".formatted(i % FOLDERS, i),
                            "# Note %d%n%nwords of note %d%n".formatted(i, i));
        }
    }

    @Test
    void aFirstRunReadsEachFileOnceAndCommitsOnceForEachChunk() throws IOException {
        bench.tree().write("first.md", "# First\n");
        bench.sync(); // the state is there, and its rows can be counted
        writeTree();
        Cost cost = costOf();
        assertThat(cost.report().files().indexed()).isEqualTo(FILES);
        assertThat(cost.opened()).as("each file once").isEqualTo(FILES);
        assertThat(cost.listed()).as("one walk").isLessThanOrEqualTo(FOLDERS + 5);
        // One walk, and a look before and after each file is read.
        assertThat(cost.stats()).isLessThanOrEqualTo(3 * (FILES + FOLDERS) + 100);
        assertThat(cost.rows()).as("seen, forgotten, done, indexed")
                .isLessThanOrEqualTo(4 * FILES + 10);
        assertThat(cost.commits()).isLessThanOrEqualTo(FILES / CHUNK + 2);
        assertThat(cost.forces()).as("files that the index waits for")
                .isLessThan(40 * (FILES / CHUNK + 2));
    }

    @Test
    void aRunWithNothingToDoLooksAtEachFileOnceAndWritesNothing() throws IOException {
        writeTree();
        bench.sync();
        Cost cost = costOf();
        assertThat(cost.report().executionId()).isNull();
        assertThat(cost.report().files().seen()).isEqualTo(FILES);
        assertThat(cost.opened()).isZero();
        assertThat(cost.listed()).isLessThanOrEqualTo(FOLDERS + 5);
        assertThat(cost.stats()).as("one for each file and folder, and some")
                .isBetween(FILES, FILES + 2 * FOLDERS + 50);
        assertThat(cost.rows()).isZero();
        assertThat(cost.commits()).isZero();
        assertThat(cost.forces()).isZero();
    }

    @Test
    void oneChangedFileCostsOneWalkAndItself() throws IOException {
        writeTree();
        bench.sync();
        bench.tree().write("d09/n299.md", "# Note\n\nchanged\n");
        Cost cost = costOf();
        assertThat(cost.report().files().indexed()).isEqualTo(1);
        assertThat(cost.opened()).isEqualTo(1);
        assertThat(cost.listed()).isLessThanOrEqualTo(FOLDERS + 5);
        assertThat(cost.stats()).isLessThanOrEqualTo(FILES + 2 * FOLDERS + 100);
        assertThat(cost.rows()).isLessThanOrEqualTo(5);
        assertThat(cost.commits()).isLessThanOrEqualTo(2);
        assertThat(cost.forces()).isLessThan(80);
    }

    private Cost costOf() throws IOException {
        countRows();
        long before = commit();
        Stream.of(Operation.values()).forEach(disk::countAnew);
        Path events = bench.outside("events.jfr");
        RunReport report;
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileForce").withoutThreshold();
            recording.start();
            report = bench.sync();
            recording.stop();
            recording.dump(events);
        }
        assertThat(report.problem()).isNull();
        int rows = bench.asking(database -> new JdbcTemplate(database.dataSource())
                .queryForList("SELECT row FROM rows_written")
                .size());
        return new Cost(report, disk.countAnew(Operation.STAT), disk.countAnew(Operation.OPEN),
                disk.countAnew(Operation.LIST), rows, commit() - before,
                forces(events));
    }

    /// Spring Batch records events of its own.
    private static long forces(Path events) throws IOException {
        return RecordingFile.readAllEvents(events)
                .stream()
                .filter(event -> event.getEventType().getName().equals("jdk.FileForce"))
                .count();
    }

    private void countRows() {
        try (StateDatabase database = StateDatabase.openBesideARun(bench.home().database())) {
            JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
            jdbc.execute("CREATE TABLE IF NOT EXISTS rows_written (row INTEGER)");
            jdbc.execute("DELETE FROM rows_written");
            for (String table : List.of("md_change_state", "md_indexed")) {
                for (String change : List.of("INSERT", "UPDATE", "DELETE")) {
                    jdbc.execute("""
                            CREATE TRIGGER IF NOT EXISTS count_%2$s_%1$s AFTER %2$s ON %1$s
                            BEGIN INSERT INTO rows_written VALUES (1); END"""
                            .formatted(table, change));
                }
            }
        }
    }

    /// The number of the index's last commit, as it stands in the name of a file.
    private long commit() throws IOException {
        try (Stream<Path> files = Files.list(bench.home().index(1))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("segments_"))
                    .mapToLong(name -> Long.parseLong(name.substring("segments_".length()), 36))
                    .max()
                    .orElseThrow();
        }
    }
}
