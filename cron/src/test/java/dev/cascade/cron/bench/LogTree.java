package dev.cascade.cron.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Random;
import java.util.stream.IntStream;

/// Daily logs of an agent's memory: for each of 50 users one file a day, with a hundred entries. The same seed
/// gives the same bytes.
final class LogTree {

    static final int ENTRIES = 100;

    private static final int USERS = 50;
    private static final LocalDate FIRST_DAY = LocalDate.of(2024, 1, 1);

    private final Path root;
    private final long seed;

    LogTree(Path root, long seed) {
        this.root = root;
        this.seed = seed;
    }

    Path root() {
        return root;
    }

    /// Writes `count` logs.
    void writeAll(int count) {
        IntStream.range(0, count).parallel().forEach(this::write);
    }

    Path file(int number) {
        return root.resolve("default_app/default_project/users/%s/episodes/episode-%s.md"
                .formatted(user(number), day(number)));
    }

    private static String user(int number) {
        return "user-%02d".formatted(number % USERS);
    }

    private static LocalDate day(int number) {
        return FIRST_DAY.plusDays(number / USERS);
    }

    private void write(int number) {
        Path file = file(number);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text(number));
        } catch (IOException ex) {
            throw new IllegalStateException("the tree cannot be written", ex);
        }
    }

    private String text(int number) {
        Random chance = new Random(seed * 1_000_003 + number);
        Vocabulary words = Vocabulary.of(chance);
        String user = user(number);
        LocalDate day = day(number);
        StringBuilder text = new StringBuilder("""
                ---
                id: episode_log_%1$s_%2$s
                type: episode_daily
                file_type: episode_daily
                schema_version: 1
                user_id: %1$s
                track: user
                date: '%2$s'
                entry_count: %3$d
                ---
                """.formatted(user, day, ENTRIES));
        for (int entry = 1; entry <= ENTRIES; entry++) {
            String id = "ep_%s_%08d".formatted(day.toString().replace("-", ""), entry);
            StringBuilder content = new StringBuilder();
            for (int sentence = 1 + chance.nextInt(6); sentence > 0; sentence--) {
                content.append(words.some(chance, 5 + chance.nextInt(15))).append(". ");
            }
            text.append("""

                    <!-- entry:%1$s -->
                    ## %1$s

                    **owner_id**: %2$s
                    **session_id**: s-%3$d
                    **timestamp**: %4$sT%5$02d:%6$02d:00Z
                    **parent_type**: memcell
                    **parent_id**: mc_%7$08x
                    **sender_ids**: [%2$s, agent]

                    ### Subject
                    %8$s

                    ### Content
                    %9$s
                    <!-- /entry:%1$s -->
                    """.formatted(id, user, number, day, entry / 5, entry % 5 * 10,
                    chance.nextInt(), words.some(chance, 2 + chance.nextInt(5)),
                    content.toString().strip()));
        }
        return text.toString();
    }
}
