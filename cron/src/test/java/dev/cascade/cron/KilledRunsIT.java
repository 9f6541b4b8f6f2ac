package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cascade.config.Home;
import dev.cascade.jobs.Described;
import dev.cascade.jobs.RandomTree;

import static org.assertj.core.api.Assertions.assertThat;

/// The great property again, with real processes that are really killed.
///
/// `-Dcascade.kill.histories=N` lives that many, `-Dcascade.history.seed=S` begins with that seed.
@Tag("EV-12")
class KilledRunsIT {

    private static final int HISTORIES = Integer.getInteger("cascade.kill.histories", 2);
    private static final long FIRST_SEED = Long.getLong("cascade.history.seed", 1);
    private static final int ROUNDS = 4;
    private static final int NOTES = 120;

    @TempDir
    Path folder;

    private int killedInMidRun;

    @Test
    void afterAnyNumberOfKillsTheIndexEqualsARebuildFromNothing() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
            try {
                live(seed);
            } catch (Exception | AssertionError failed) {
                throw new AssertionError(
                        "replay it with -Dcascade.kill.histories=1 -Dcascade.history.seed=" + seed,
                        failed);
            }
        }
        assertThat(killedInMidRun).as("runs that were cut off while they wrote").isPositive();
    }

    private void live(long seed) throws Exception {
        Random random = new Random(seed);
        Path root = Files.createDirectories(folder.resolve("h" + seed));
        RandomTree tree = new RandomTree(root, random, seed % 2 == 0);
        for (int i = 0; i < NOTES; i++) {
            tree.happen();
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < 20; i++) {
                tree.happen();
            }
            kill(root, round % 2 == 0, random);
        }
        tree.mendAll();
        settle(root, "sync", "--root", root.toString());
        Path elsewhere = folder.resolve("rebuild" + seed);
        settle(root, "sync", "--root", root.toString(), "--state-dir", elsewhere.toString());

        assertThat(Described.of(Home.of(root, null)))
                .isEqualTo(Described.of(Home.of(root, elsewhere)));
        assertThat(CascadeProcess.in(folder)
                .run("verify", "--deep", "--root", root.toString())
                .exit()).isZero();
    }

    /// Kills a run at some moment after it took the lock, or soon after its first commit.
    private void kill(Path root, boolean afterCommit, Random random) throws Exception {
        Path index = root.resolve(".cascade/index/g000001");
        Set<String> before = commits(index);
        Process process = CascadeProcess.in(folder)
                .start("sync", "--root", root.toString(), "--set", "reconcile.chunk-size=2");
        Path lock = root.resolve(".cascade/lock");
        waitFor(process, () -> Files.exists(lock)
                && Files.readString(lock).contains("pid " + process.pid()));
        if (afterCommit) {
            waitFor(process, () -> !before.containsAll(commits(index)));
        }
        if (process.waitFor(random.nextInt(afterCommit ? 60 : 1200), TimeUnit.MILLISECONDS)) {
            return;
        }
        process.destroyForcibly().waitFor();
        boolean began = Files.exists(root.resolve(".cascade/state.db"));
        if (began && CascadeProcess.in(folder)
                .run("jobs", "list", "--root", root.toString())
                .stdout()
                .contains("STARTED")) {
            killedInMidRun++;
        }
    }

    private interface Question {
        boolean ask() throws IOException;
    }

    private static void waitFor(Process process, Question until) throws Exception {
        while (process.isAlive() && !until.ask()) {
            Thread.sleep(2);
        }
    }

    /// The names of the index's commit points.
    private static Set<String> commits(Path index) throws IOException {
        if (!Files.isDirectory(index)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(index)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("segments_"))
                    .collect(Collectors.toSet());
        }
    }

    private void settle(Path root, String... sync) throws Exception {
        for (int i = 0; i < 5; i++) {
            CascadeProcess.Result result = CascadeProcess.in(folder).run(sync);
            assertThat(result.exit()).as(result.stderr()).isIn(0, 4);
            if (result.stdout().startsWith("Nothing to do")) {
                return;
            }
        }
        throw new AssertionError("five runs over %s at rest still found something to do"
                .formatted(root));
    }
}
