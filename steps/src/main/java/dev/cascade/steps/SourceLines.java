package dev.cascade.steps;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.tree.Reason;

/// Some lines of a file of the tree, as it is on disk now.
///
/// @param from the first of them, counted from 1
/// @param total how many the file has
public record SourceLines(int from, List<String> lines, int total) {

    /// The most lines that are read at once.
    public static final int MOST = 2000;

    public SourceLines {
        lines = List.copyOf(lines);
    }

    /// Reads the lines from `from` to `to`, or to the end of the file if that comes first.
    ///
    /// @throws ConfigurationProblem if the path is none that an index could hold, leads through a link,
    /// or cannot be read
    /// @throws IllegalArgumentException if the range is empty or too long
    public static SourceLines read(Root root, CascadeProperties properties, MemoryPath path,
            int from, int to, Clock clock) {
        if (from < 1 || to < from || to - from >= MOST) {
            throw new IllegalArgumentException(
                    "lines %d to %d are no range of 1 to %d lines".formatted(from, to, MOST));
        }
        Optional<KindSpec> kind = root.tree().covers(path) ? root.tree().claiming(path)
                : Optional.empty();
        if (kind.isEmpty()) {
            throw new ConfigurationProblem(
                    "%s does not match any kind, or is excluded from the walk".formatted(path),
                    "Name a file as `search` shows it.");
        }
        root.requireDirect(path);
        try {
            byte[] bytes = new SourceReader(root.home().root(),
                    properties.reconcile().maxFileSize().toBytes(), clock).read(path, kind.get())
                    .file()
                    .bytes();
            List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return new SourceLines(from, all.subList(Math.min(from - 1, all.size()),
                    Math.min(to, all.size())), all.size());
        } catch (NoSuchFileException ex) {
            throw new ConfigurationProblem("%s is not there any more".formatted(path),
                    "Run `cascade sync`, and search again.", ex);
        } catch (IOException | MalformedMemory ex) {
            throw new ConfigurationProblem("%s cannot be read: %s".formatted(path,
                    ex instanceof IOException io ? Reason.of(io) : ex.getMessage()),
                    "Let the user who runs Cascade read it, or mend it.", ex);
        }
    }
}
