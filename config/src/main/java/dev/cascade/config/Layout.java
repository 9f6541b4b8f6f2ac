package dev.cascade.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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
            return children
                    .filter(child -> !String.valueOf(child.getFileName()).startsWith("."))
                    .filter(Layout::isFolder)
                    .toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "cannot list %s to find out how the root is organised".formatted(parent), ex);
        }
    }

    /// The layout is recorded for good, so a folder that cannot be looked at is not taken for none.
    private static boolean isFolder(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isDirectory();
        } catch (NoSuchFileException ex) {
            return false;
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "cannot look at %s to find out how the root is organised".formatted(path), ex);
        }
    }
}
