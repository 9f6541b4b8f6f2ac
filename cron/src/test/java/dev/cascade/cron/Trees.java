package dev.cascade.cron;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.commons.io.FileUtils;

/// Trees of Markdown for tests that run the product.
final class Trees {

    private Trees() {}

    /// The memory root of the documentation, with all ten kinds, copied to `folder`.
    static Path memory(Path folder) {
        try {
            FileUtils.copyDirectory(
                    CascadeProcess.launcher().resolveSibling("docs/examples/memory").toFile(),
                    folder.toFile());
            return folder;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /// A note of one section in which its own name stands.
    static Path note(Path root, String path) {
        return file(root, path, "# %s\n\nhere stands a note\n".formatted(path));
    }

    static Path file(Path root, String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /// So many notes that a run in small chunks takes long enough to be met halfway.
    static Path notes(Path root, int count) {
        for (int i = 0; i < count; i++) {
            file(root, "d%02d/n%04d.md".formatted(i % 60, i),
                    "# Note %d\n\nwords of note %d\n\n## Section\n\nmore words\n".formatted(i, i));
        }
        return root;
    }
}
