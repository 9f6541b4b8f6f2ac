package dev.cascade.cron;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import dev.cascade.config.Home;
import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.cron.CascadeProcess.Running;
import dev.cascade.jobs.Described;
import dev.cascade.steps.embed.EmbeddingEndpoint;

import static org.assertj.core.api.Assertions.assertThat;

/// Runs that are killed over a tree that never rests, while others look on and try to run too: every
/// process ends as its situation allows, and afterwards the index equals a rebuild from nothing and no
/// vector is owed.
///
/// `-Dcascade.torture.minutes=N` goes on for so long, `-Dcascade.torture.seed=S` makes the same choices
/// again, though not at the same moments. `mvn -Ptorture verify` runs this alone.
@Tag("EV-12")
@Tag("EV-18")
@Tag("EV-32")
@Tag("FM-1")
@Tag("FM-2")
@Tag("FM-3")
class TortureIT {

    private static final long MINUTES = Long.getLong("cascade.torture.minutes", 0);
    private static final long SEED = Long.getLong("cascade.torture.seed",
            System.nanoTime() % 1_000_000);
    private static final int SHORT = 6;
    /// Exit code 5, and a gate that says what is held.
    private static final int HELD = -5;
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
    private static final boolean CAN_STEP_DOWN = Files
            .isExecutable(Path.of("/usr/bin/setpriv"));

    /// What becomes of a run.
    private enum Fate {
        KILL(137), TERM(143), INT(130), LEFT_ALONE(0);

        private final int exit;

        Fate(int exit) {
            this.exit = exit;
        }
    }

    /// How the embedder is in a round.
    private enum Mood {
        WELL, DOWN, BUSY, OUT_OF_QUOTA, RESET, EMPTY
    }

    private void set(Mood mood) {
        endpoint.forgetRequests();
        endpoint.always(switch (mood) {
            case WELL -> null;
            case DOWN -> EmbeddingEndpoint.status(503);
            case BUSY -> EmbeddingEndpoint.with("Retry-After", "1",
                    EmbeddingEndpoint.status(429));
            case OUT_OF_QUOTA -> EmbeddingEndpoint.status(429, "insufficient_quota",
                    "insufficient_quota", "no quota left");
            case RESET -> EmbeddingEndpoint.reset();
            case EMPTY -> EmbeddingEndpoint.body("{\"data\": []}");
        });
    }

    /// What another process does meanwhile.
    private enum Other {
        SYNC("sync"), STATUS("status --json"), SEARCH("search note"), VERIFY("verify");

        private final String words;

        Other(String words) {
            this.words = words;
        }
    }

    @TempDir
    Path folder;

    private final EmbeddingEndpoint endpoint = new EmbeddingEndpoint();
    private final Map<Mood, Integer> moods = new EnumMap<>(Mood.class);
    private final Random random = new Random(SEED);
    private final Map<Fate, Integer> struck = new EnumMap<>(Fate.class);
    private final Map<String, Integer> ends = new TreeMap<>();

    private CascadeProcess cascade(Path root) {
        CascadeProcess cascade = CascadeProcess.in(folder)
                .env("CASCADE_ROOT", root.toString())
                .env("CASCADE_EMBEDDING_PROVIDER", "openai")
                .env("CASCADE_EMBEDDING_BASE_URL", endpoint.baseUrl())
                .env("CASCADE_EMBEDDING_MODEL", "m")
                .env("CASCADE_EMBEDDING_TIMEOUT", "3s")
                .env("CASCADE_RETRY_MAX_ATTEMPTS", "1");
        return ROOT && CAN_STEP_DOWN ? cascade.asNobody() : cascade;
    }

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void whateverHappensTheIndexEqualsARebuildInTheEnd() throws Exception {
        System.out.printf("torture: -Dcascade.torture.seed=%d%n", SEED);
        try {
            torture(folder.resolve("root"));
        } catch (Exception | AssertionError failed) {
            throw new AssertionError("begin again with -Dcascade.torture.seed=" + SEED, failed);
        }
    }

    private void torture(Path root) throws Exception {
        boolean locks = !ROOT || CAN_STEP_DOWN;
        RestlessTree tree = new RestlessTree(root, new Random(SEED + 1), locks);
        if (ROOT && CAN_STEP_DOWN) {
            Result given = CascadeProcess.in(folder)
                    .shell("chmod 777 . && chown -R 65534:65534 root");
            assertThat(given.exit()).as(given.stderr()).isZero();
        }
        assertThat(cascade(root).run("sync").exit()).isZero();

        long until = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
        int rounds = 0;
        try (tree) {
            tree.begin();
            while (MINUTES > 0 ? System.nanoTime() < until : rounds < SHORT) {
                round(root, tree, rounds++);
            }
        }
        set(Mood.WELL);
        System.out.printf("torture: %d rounds; %s; struck %s; embedder %s; ends %s%n", rounds,
                tree.happened(), struck, moods, ends);
        settle(root);
        assertEqualsRebuild(root);
        assertThatItReallyHappened(tree);
    }

    private void round(Path root, RestlessTree tree, int number) throws Exception {
        Fate fate = Fate.values()[number < 4 ? number : random.nextInt(Fate.values().length)];
        Other other = Other.values()[number < 8 ? number % 4
                : random.nextInt(Other.values().length)];
        Mood mood = Mood.values()[random.nextInt(Mood.values().length)];
        set(mood);
        long begun = System.nanoTime();
        try (Running sync = cascade(root).background("sync", "--set",
                "reconcile.chunk-size=" + (1 + random.nextInt(4)));
                Running beside = cascade(root).background(other.words.split(" "))) {
            Thread.sleep(random.nextInt(400, 1800));
            if (fate != Fate.LEFT_ALONE && sync.isAlive()) {
                sync.signal(fate.name());
            }
            Result ended = sync.end(LIMIT);
            Result seen = beside.end(LIMIT);
            boolean locked = tree.hadALockedFolderSince(begun);
            check("sync", ended, allowed(fate, other, locked));
            check(other.name().toLowerCase(Locale.ROOT), seen,
                    allowedBeside(other, locked));
            decide(root);
            if (!endpoint.requests().isEmpty()) {
                moods.merge(mood, 1, Integer::sum);
            }
            if (fate == Fate.LEFT_ALONE || ended.exit() == fate.exit) {
                struck.merge(fate, 1, Integer::sum);
            }
        }
    }

    /// A person now and then says what is to become of held removals.
    private void decide(Path root) {
        for (JsonNode gate : gates(root)) {
            if (gate.at("/status").asString().equals("pending") && random.nextInt(3) == 0) {
                say(root, random.nextBoolean() ? "approve" : "reject", gate);
            }
        }
    }

    private JsonNode gates(Path root) {
        return cascade(root).run("gates", "--json").json().at("/gates");
    }

    private void say(Path root, String word, JsonNode gate) {
        Result said = cascade(root).run(word, gate.at("/id").asString(), "--reason", "torture");
        check(word, said, Set.of(0, 2)); // 2: the files came back in the meantime
    }

    /// What a run may end with: all is well; files wait or are refused; a folder cannot be read;
    /// another one runs; or the signal that it got, unless it was faster. 5 is looked at more closely.
    private static Set<Integer> allowed(Fate fate, Other other, boolean locked) {
        Set<Integer> allowed = new HashSet<>(List.of(0, 4, HELD, fate.exit));
        if (locked) {
            allowed.add(5);
        }
        if (other == Other.SYNC) {
            allowed.add(3);
        }
        return allowed;
    }

    private static Set<Integer> allowedBeside(Other other, boolean locked) {
        return switch (other) {
            case SYNC -> locked ? Set.of(0, 3, 4, 5, HELD) : Set.of(0, 3, 4, HELD);
            case STATUS, SEARCH -> Set.of(0);
            case VERIFY -> locked ? Set.of(0, 5, 6) : Set.of(0, 6);
        };
    }

    private void check(String what, Result result, Set<Integer> allowed) {
        boolean held = result.exit() == 5 && result.stdout().contains("gate ");
        ends.merge(held ? what + " held" : what + " " + result.exit(), 1, Integer::sum);
        String said = "%s ended with %d%n%s%n%s".formatted(what, result.exit(), result.stdout(),
                result.stderr());
        assertThat(allowed).as(said).contains(held ? HELD : result.exit());
        assertThat(result.stdout() + result.stderr()).as(said)
                .doesNotContain("\tat ", "SQLITE_BUSY", "unexpected", "internal error");
    }

    private void settle(Path root) {
        Result waiting = cascade(root).run("fix", "--apply");
        check("fix", waiting, Set.of(0, 4, HELD));
        Result result = waiting;
        for (int i = 0; i < 5; i++) {
            letGo(root);
            result = cascade(root).run("sync");
            check("sync", result, Set.of(0, 4, HELD));
            if (result.exit() == 0 && result.stdout().startsWith("Nothing to do")) {
                return;
            }
        }
        throw new AssertionError("five runs over a tree at rest still found something to do:\n"
                + result.stdout());
    }

    /// What a person kept cannot equal a rebuild; so at last everything is let go.
    private void letGo(Path root) {
        for (JsonNode gate : gates(root)) {
            boolean open = Set.of("pending", "rejected").contains(gate.at("/status").asString());
            if (open && gate.at("/files").asInt() > 0) {
                say(root, "approve", gate);
            }
        }
    }

    private void assertEqualsRebuild(Path root) {
        Result verified = cascade(root).run("verify", "--deep");
        assertThat(verified.exit()).as(verified.stdout() + verified.stderr()).isZero();
        JsonNode status = cascade(root).run("status", "--json").json();
        assertThat(status.at("/vectors/owed").asInt(-1)).as(status.toString()).isZero();
        Path elsewhere = folder.resolve("rebuilt");
        Result rebuilt = cascade(root).run("sync", "--state-dir", elsewhere.toString());
        assertThat(rebuilt.exit()).as(rebuilt.stdout() + rebuilt.stderr()).isZero();
        assertThat(Described.of(Home.of(root, null))).isNotEmpty()
                .isEqualTo(Described.of(Home.of(root, elsewhere)));
    }

    private void assertThatItReallyHappened(RestlessTree tree) {
        assertThat(struck).as("runs that met their fate").isNotEmpty();
        if (MINUTES < 5) {
            assertThat(tree.happened()).as("kinds of events").hasSizeGreaterThan(8);
            return;
        }
        Set<RestlessTree.Event> events = EnumSet.allOf(RestlessTree.Event.class);
        if (!tree.locks()) {
            events.removeIf(event -> event.name().contains("LOCK"));
        }
        assertThat(tree.happened().keySet()).isEqualTo(events);
        assertThat(struck).containsOnlyKeys(Fate.values());
        assertThat(moods).as("requests in each mood of the embedder")
                .containsOnlyKeys(Mood.values());
        assertThat(ends.keySet()).contains("sync 0", "sync 3", "sync 4", "status 0", "search 0",
                "verify 6", "sync held", "approve 0", "reject 0");
        if (tree.locks()) {
            assertThat(ends.keySet()).contains("sync 5");
        }
    }
}
