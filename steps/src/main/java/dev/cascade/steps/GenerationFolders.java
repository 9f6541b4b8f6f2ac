package dev.cascade.steps;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

import org.apache.commons.io.file.PathUtils;

import dev.cascade.config.Home;

/// The folders of the generations of an index.
public final class GenerationFolders {

    private final Home home;

    public GenerationFolders(Home home) {
        this.home = home;
    }

    /// The highest number of any folder; 0 if there is none.
    public long highest() throws IOException {
        long highest = 0;
        if (Files.isDirectory(home.index(), LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(home.index())) {
                for (Path folder : folders) {
                    highest = Math.max(highest, number(folder).orElse(0));
                }
            }
        }
        return highest;
    }

    /// Deletes the folders of generations that are no more. Who still reads there keeps what is open.
    ///
    /// @param known the numbers of those that are
    /// @return how many
    public int sweep(Collection<Long> known) throws IOException {
        List<Path> beyond = beyond(known);
        for (Path folder : beyond) {
            PathUtils.deleteDirectory(folder);
        }
        return beyond.size();
    }

    /// The folders of generations that are no more.
    ///
    /// @param known the numbers of those that are
    public List<Path> beyond(Collection<Long> known) throws IOException {
        List<Path> beyond = new ArrayList<>();
        if (!Files.isDirectory(home.index(), LinkOption.NOFOLLOW_LINKS)) {
            return beyond;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(home.index())) {
            for (Path folder : folders) {
                OptionalLong number = number(folder);
                if (number.isPresent() && !known.contains(number.getAsLong())) {
                    beyond.add(folder);
                }
            }
        }
        return beyond;
    }

    /// What stands there under another name is not ours.
    private OptionalLong number(Path folder) {
        String name = String.valueOf(folder.getFileName());
        if (!name.matches("g\\d{6,18}")) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(name.substring(1));
        return home.index(number).equals(folder) ? OptionalLong.of(number) : OptionalLong.empty();
    }
}
