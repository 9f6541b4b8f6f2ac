package dev.cascade.steps;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A root on disk, made in one line:
///
///     MemoryTree.in(dir).with(episode("u1").entry("hello"))
public final class MemoryTree {

    /// What stands before every path of a memory root here.
    public static final String SCOPE = "default_app/default_project/";

    private final Path root;

    private MemoryTree(Path root) {
        this.root = root;
    }

    public static MemoryTree in(Path root) {
        return new MemoryTree(root);
    }

    /// A file with its place and its text.
    public interface Written {

        String path();

        String text();
    }

    public Path root() {
        return root;
    }

    public Path path(String relative) {
        return root.resolve(relative);
    }

    public MemoryTree with(Written... files) {
        for (Written file : files) {
            write(file.path(), file.text());
        }
        return this;
    }

    public MemoryTree write(String relative, String text) {
        return doing(() -> {
            Files.createDirectories(path(relative).getParent());
            Files.writeString(path(relative), text);
        });
    }

    public MemoryTree delete(String relative) {
        return doing(() -> {
            try (Stream<Path> below = Files.walk(path(relative))) {
                for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        });
    }

    public MemoryTree move(String from, String to) {
        return doing(() -> {
            Files.createDirectories(path(to).getParent());
            Files.move(path(from), path(to));
        });
    }

    public MemoryTree link(String relative, Path target) {
        return doing(() -> {
            Files.createDirectories(path(relative).getParent());
            Files.createSymbolicLink(path(relative), target);
        });
    }

    /// What stands below a folder: for a file its size and time, or nothing but that it is there.
    public static SortedMap<String, String> snapshot(Path folder) {
        SortedMap<String, String> seen = new TreeMap<>();
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path path : below.filter(Files::isRegularFile).toList()) {
                seen.put(folder.relativize(path).toString(), "%d bytes, %s".formatted(
                        Files.size(path),
                        Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)));
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return seen;
    }

    private MemoryTree doing(Deed deed) {
        try {
            deed.run();
            return this;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private interface Deed {
        void run() throws IOException;
    }

    /// A day of episodes of a user.
    public static Episodes episode(String user) {
        return new Episodes(user, "2026-03-04", List.of(), "{}");
    }

    /// A daily log of episodes.
    public record Episodes(String user, String date, List<String> texts, String deprecations)
            implements
                Written {

        public Episodes {
            texts = List.copyOf(texts);
        }

        public Episodes on(String day) {
            return new Episodes(user, day, texts, deprecations);
        }

        /// Adds an entry; its id counts up from 1.
        public Episodes entry(String text) {
            return new Episodes(user, date,
                    Stream.concat(texts.stream(), Stream.of(text)).toList(), deprecations);
        }

        /// Declares replacements.
        ///
        /// @param mapping old entry id to new, as YAML
        public Episodes deprecating(String mapping) {
            return new Episodes(user, date, texts, mapping);
        }

        /// The id of the entry at `number`, counted from 1.
        public String id(int number) {
            return "ep_%s_%08d".formatted(date.replace("-", ""), number);
        }

        @Override
        public String path() {
            return SCOPE + "users/%s/episodes/episode-%s.md".formatted(user, date);
        }

        @Override
        public String text() {
            StringBuilder text = new StringBuilder("""
                    ---
                    id: episode_log_%s_%s
                    type: episode_daily
                    user_id: %s
                    date: '%s'
                    entry_count: %d
                    deprecated_entries: %s
                    ---
                    """.formatted(user, date, user, date, texts.size(), deprecations));
            for (int i = 0; i < texts.size(); i++) {
                text.append("""
                        <!-- entry:%1$s -->
                        **timestamp**: %2$sT09:15:00Z
                        ### Subject
                        Day
                        ### Content
                        %3$s
                        <!-- /entry:%1$s -->
                        """.formatted(id(i + 1), date, texts.get(i)));
            }
            return text.toString();
        }
    }

    /// The skill of an agent, in a folder of the same name.
    public static Skill skill(String name) {
        return new Skill(name, name, "Do it.");
    }

    /// A skill; its name in the file need not be that of its folder.
    public record Skill(String folder, String name, String body) implements Written {

        public Skill named(String other) {
            return new Skill(folder, other, body);
        }

        public Skill in(String other) {
            return new Skill(other, name, body);
        }

        @Override
        public String path() {
            return SCOPE + "agents/gardener/skills/skill_%s/SKILL.md".formatted(folder);
        }

        /// The path of one of its references.
        public String reference(String file) {
            return SCOPE + "agents/gardener/skills/skill_%s/references/%s".formatted(folder, file);
        }

        @Override
        public String text() {
            return """
                    ---
                    id: gardener_%1$s
                    type: agent_skill
                    agent_id: gardener
                    name: %1$s
                    description: What to do
                    confidence: 0.9
                    maturity_score: 0.6
                    source_case_ids: []
                    ---
                    %2$s
                    """.formatted(name, body);
        }
    }
}
