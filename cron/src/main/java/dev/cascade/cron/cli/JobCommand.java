package dev.cascade.cron.cli;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// A command that starts a job and waits for its end.
abstract class JobCommand extends Subcommand {

    @Option(names = "--wait", paramLabel = "DURATION", description = "wait this long for another run to end, such as 30s or 5m (default: not at all)")
    @Nullable
    Duration wait;

    /// What the command asks of the jobs.
    interface Request {
        RunReport of(Jobs jobs, Duration patience) throws Held;
    }

    final ExitCode launch(Session session, Home home, Request request) {
        Jobs jobs = new Jobs(home, session.settings(home).properties(), Clock.systemUTC());
        Duration patience = patience();
        return Interruptible.run(jobs, () -> {
            RunReport report;
            try (Progress _ = Progress.of(jobs, session.output())) {
                report = request.of(jobs, patience);
            } catch (Held held) {
                throw busy(held);
            }
            return new RunOutput(session).tell(report);
        });
    }

    static CliProblem busy(Held held) {
        return new CliProblem(ExitCode.BUSY, String.valueOf(held.getMessage()),
                "Wait for it (--wait 5m), or see `cascade jobs list`.", held);
    }

    final Duration patience() {
        return wait == null ? Duration.ZERO : wait;
    }

    /// The files at or below `paths`, as they were typed.
    static Selection selection(Home home, List<Path> paths, @Nullable String kind) {
        Selection selection = Selection.everything();
        if (!paths.isEmpty()) {
            List<MemoryPath> below = new ArrayList<>();
            for (Path path : paths) {
                MemoryPath relative = relative(home, path);
                if (relative == null) {
                    return kind == null ? Selection.everything()
                            : Selection.everything().ofKind(kind);
                }
                below.add(relative);
            }
            selection = selection.below(below);
        }
        return kind == null ? selection : selection.ofKind(kind);
    }

    /// The path below the root; null for the root itself.
    static @Nullable MemoryPath relative(Home home, Path typed) {
        Path absolute = inRoot(home, typed);
        if (absolute.equals(home.root())) {
            return null;
        }
        return MemoryPath.of(home.root().relativize(absolute));
    }

    /// A relative path is meant from here if something stands there, else from the root.
    private static Path inRoot(Home home, Path typed) {
        List<Path> candidates = typed.isAbsolute() ? List.of(typed.normalize())
                : List.of(typed.toAbsolutePath().normalize(),
                        home.root().resolve(typed).normalize());
        return candidates.stream()
                .filter(candidate -> candidate.startsWith(home.root()))
                .filter(candidate -> Files.exists(candidate, LinkOption.NOFOLLOW_LINKS))
                .findFirst()
                .or(() -> candidates.stream()
                        .filter(candidate -> candidate.startsWith(home.root()))
                        .reduce((_, last) -> last))
                .orElseThrow(() -> CliProblem.refused(
                        "%s is not under the memory root %s".formatted(typed, home.root()),
                        "Name a file or folder below the root, or another --root."));
    }
}
