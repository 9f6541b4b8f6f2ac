package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.cascade.config.Home;
import dev.cascade.jobs.Check.Answer;

/// Files in Cascade's own folder that a process wrote for a moment, and did not live to take away.
final class Leftovers {

    private static final Pattern DRAFT = Pattern.compile("doctor-(\\d+)\\.tmp");

    private final Home home;

    Leftovers(Home home) {
        this.home = home;
    }

    /// A file of this process to measure with.
    static Path draft(Home home) {
        return home.state().resolve("doctor-%d.tmp".formatted(ProcessHandle.current().pid()));
    }

    Answer look() throws IOException {
        List<Path> left = left();
        return left.isEmpty() ? Answer.ok("no temporary files of dead processes")
                : Answer.warning("%d temporary files of dead processes".formatted(left.size()),
                        "cascade doctor --apply")
                        .listing(left.stream().map(Path::toString).toList())
                        .curedBy(this::sweep);
    }

    private String sweep() throws IOException, RunLock.Held {
        try (RunLock _ = RunLock.take(home.lock(), Duration.ZERO)) {
            List<Path> left = left();
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
            return "%d temporary files were deleted".formatted(left.size());
        }
    }

    private List<Path> left() throws IOException {
        List<Path> left = new ArrayList<>();
        if (Files.isDirectory(home.state())) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(home.state(), "*.tmp")) {
                for (Path file : files) {
                    if (isLeft(file)) {
                        left.add(file);
                    }
                }
            }
        }
        return left;
    }

    /// Notes about the database are written by who holds the root's lock; what has another name is not
    /// ours.
    private boolean isLeft(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        Matcher draft = DRAFT.matcher(name);
        return draft.matches()
                ? ProcessHandle.of(Long.parseLong(draft.group(1))).isEmpty()
                : name.equals(home.schemaRepair().getFileName() + ".tmp")
                        && RunLock.isFreeOrOurs(home.lock());
    }
}
