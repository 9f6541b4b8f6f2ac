package dev.cascade.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// How a root is organised.
///
/// - `EVEROS`: a memory root, `<app>/<project>/users|agents|knowledge/…`; only files that a kind
///   claims count
/// - `NOTES`: any other tree; every Markdown file counts
public enum Layout {

    EVEROS, NOTES;

    private static final List<String> AREAS = List.of("users", "agents", "knowledge");

    /// The layout that the folders of `root` show.
    public static Layout of(Path root) {
        for (Path app : folders(root)) {
            for (Path project : folders(app)) {
                if (AREAS.stream().anyMatch(area -> isFolder(project.resolve(area)))) {
                    return EVEROS;
                }
            }
        }
        return NOTES;
    }

    private static List<Path> folders(Path parent) {
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Layout::isFolder)
                    .filter(child -> !String.valueOf(child.getFileName()).startsWith("."))
                    .toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "cannot list %s to find out how the root is organised".formatted(parent), ex);
        }
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }
}
