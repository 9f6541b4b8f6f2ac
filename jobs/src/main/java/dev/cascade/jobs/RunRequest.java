package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.steps.tree.Reason;

/// A file that asks whoever runs the schedule of a root for a run at once. Anyone may touch it.
///
/// A run takes it away before it walks, so that what is asked for during the walk is asked of the next.
public record RunRequest(Path file) {

    public static RunRequest of(Home home) {
        return new RunRequest(home.runRequest());
    }

    /// When it was left; empty if it was not, or if that cannot be seen. The run itself says what is wrong
    /// then.
    public Optional<Instant> left() {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            return seen.isRegularFile() ? Optional.of(seen.lastModifiedTime().toInstant())
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// Asks for a run.
    public void leave(Instant now) {
        try {
            Files.writeString(file, now + "\n");
        } catch (IOException ex) {
            throw new ConfigurationProblem(
                    "a run cannot be asked for: %s: %s".formatted(file, Reason.of(ex)),
                    "Make the folder writable.", ex);
        }
    }

    void take() {
        try {
            if (left().isPresent()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException ex) {
            throw new ConfigurationProblem(
                    "%s cannot be taken away: %s".formatted(file, Reason.of(ex)),
                    "Delete it; a run would be asked for again and again.", ex);
        }
    }
}
