package dev.cascade.cron.schedule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;

/// A file by which a process that serves a root shows itself to others on this machine.
///
/// It names the process and when it began, so that one which was killed is taken for dead, and another
/// that got its number is not taken for it. It is no lock: a file that is kept open would keep the disk from
/// being unmounted, and what must not happen twice is held apart by the lock of each run.
record Presence(Path file) {

    /// The system tells the beginning of a process by a clock that may be set meanwhile.
    private static final Duration GRAIN = Duration.ofSeconds(10);

    static Presence in(Home home) {
        return new Presence(home.serving());
    }

    /// Says that this process serves the root, unless that stands there already.
    void show() {
        try {
            String own = told(ProcessHandle.current());
            if (!Files.exists(file) || !Files.readString(file).equals(own)) {
                Files.writeString(file, own);
            }
        } catch (IOException ex) {
            throw new ConfigurationProblem("%s cannot be written: %s".formatted(file, ex),
                    "Make the folder writable, or keep the state elsewhere with --state-dir.", ex);
        }
    }

    /// Takes it back.
    void end() {
        try {
            if (Files.exists(file)
                    && Files.readString(file).equals(told(ProcessHandle.current()))) {
                Files.delete(file);
            }
        } catch (IOException _) {
            return; // the next who looks finds that this process is dead
        }
    }

    /// The living process that serves the root, this one or another.
    Optional<ProcessHandle> served() {
        try {
            return Files.exists(file) ? living(Files.readString(file)) : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<ProcessHandle> living(String text) {
        String[] words = text.strip().split(" ", -1);
        if (words.length != 4) {
            return Optional.empty();
        }
        try {
            Instant began = Instant.parse(words[3]);
            return ProcessHandle.of(Long.parseLong(words[1]))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> Duration.between(began, began(process))
                            .abs()
                            .compareTo(GRAIN) < 0);
        } catch (NumberFormatException | DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static String told(ProcessHandle process) {
        return "pid %d since %s\n".formatted(process.pid(), began(process));
    }

    private static Instant began(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }
}
