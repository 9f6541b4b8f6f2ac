package dev.cascade.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A real tree of Markdown that lives: files come, change, move, break, return and go.
public final class RandomTree {

    /// What can happen to a tree.
    public enum Event {
        ADD, EDIT, APPEND, MOVE, DELETE, DUPLICATE, PUT_BACK_OLDER, RESET_TIMES, TOUCH, BREAK, MEND, DEPRECATE, UNDEPRECATE, CHANGE_OWNER, EDIT_REFERENCE
    }

    private static final List<String> WORDS = List.of("humidity", "sensor", "north", "wall",
            "cable", "greenhouse", "salt", "probe", "Wärme", "été", "湿度", "bracket", "pump",
            "motor", "reading");

    private final Path root;
    private final Random random;
    private final boolean everos;
    private final Map<Path, List<byte[]>> past = new TreeMap<>();
    private final Map<Event, Integer> happened = new EnumMap<>(Event.class);
    private int sequence;

    public RandomTree(Path root, Random random, boolean everos) throws IOException {
        this.root = root;
        this.random = random;
        this.everos = everos;
        for (int i = 0; i < 4; i++) {
            add();
        }
    }

    /// How often each kind of event really happened.
    public Map<Event, Integer> happened() {
        return happened;
    }

    /// Lets one random thing happen.
    public void happen() throws IOException {
        Event event = Event.values()[random.nextInt(Event.values().length)];
        if (happen(event)) {
            happened.merge(event, 1, Integer::sum);
        }
    }

    private boolean happen(Event event) throws IOException {
        List<Path> files = files();
        Path some = files.get(random.nextInt(files.size()));
        switch (event) {
            case ADD -> add();
            case EDIT -> write(some, text(some, false));
            case APPEND -> write(some, new String(Files.readAllBytes(some), StandardCharsets.UTF_8)
                    + entry(some, ++sequence));
            case MOVE -> {
                Path target = freePath(some);
                Files.createDirectories(target.resolveSibling("."));
                Files.move(some, target);
            }
            case DELETE -> {
                if (files.size() < 4) {
                    return false;
                }
                Files.delete(some);
            }
            case DUPLICATE -> {
                Path target = freePath(some);
                Files.createDirectories(target.resolveSibling("."));
                Files.copy(some, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
            case PUT_BACK_OLDER -> {
                List<byte[]> versions = past.getOrDefault(some, List.of());
                if (versions.isEmpty()) {
                    return false;
                }
                FileTime time = Files.getLastModifiedTime(some);
                Files.write(some, versions.get(random.nextInt(versions.size())));
                if (random.nextBoolean()) {
                    Files.setLastModifiedTime(some, time);
                }
            }
            case RESET_TIMES -> Files.setLastModifiedTime(some, FileTime
                    .from(Instant.ofEpochSecond(1_600_000_000L + random.nextInt(1_000_000))));
            case TOUCH -> Files.setLastModifiedTime(some, FileTime.from(Instant.now()));
            case BREAK -> Files.write(some, broken(some));
            case MEND -> {
                for (Path file : files) {
                    write(file, text(file, false));
                    if (random.nextBoolean()) {
                        break;
                    }
                }
            }
            case DEPRECATE -> write(some, text(some, true));
            case UNDEPRECATE -> write(some, text(some, false));
            case CHANGE_OWNER -> write(some,
                    new String(Files.readAllBytes(some), StandardCharsets.UTF_8)
                            .replaceFirst("(user|agent)_id: \\w+",
                                    "$1_id: owner" + random.nextInt(3)));
            case EDIT_REFERENCE -> {
                return editReference(files);
            }
        }
        return true;
    }

    private boolean editReference(List<Path> files) throws IOException {
        for (Path file : files) {
            if (file.getFileName().toString().equals("SKILL.md")) {
                Path reference = file.resolveSibling("references").resolve("r.md");
                Files.createDirectories(reference.resolveSibling("."));
                if (Files.exists(reference) && random.nextInt(4) == 0) {
                    Files.delete(reference);
                } else {
                    Files.writeString(reference, sentence());
                }
                return true;
            }
        }
        return false;
    }

    /// Writes every file anew, so that none is broken.
    public void mendAll() throws IOException {
        for (Path file : files()) {
            write(file, text(file, false));
        }
    }

    public void editSome() throws IOException {
        List<Path> files = files();
        Path some = files.get(random.nextInt(files.size()));
        write(some, text(some, random.nextBoolean()));
    }

    private void add() throws IOException {
        Path path = everos ? memory() : note();
        Files.createDirectories(path.resolveSibling("."));
        write(path, text(path, false));
    }

    private Path memory() {
        String user = "u" + random.nextInt(2);
        Path scope = root.resolve("default_app/p" + random.nextInt(2));
        return switch (random.nextInt(4)) {
            case 0 -> scope.resolve("agents/a/skills/skill_" + random.nextInt(3) + "/SKILL.md");
            case 1 -> scope.resolve("users/" + user + "/.atomic_facts/atomic_fact-2026-03-0%d.md"
                    .formatted(random.nextInt(9)));
            default -> scope.resolve("users/" + user + "/episodes/episode-2026-03-0%d.md"
                    .formatted(random.nextInt(9)));
        };
    }

    private Path note() {
        String folder = List.of("", "a/", "a/b/", "a-b/", "ü/").get(random.nextInt(5));
        return root.resolve(folder + "note%d.md".formatted(random.nextInt(30)));
    }

    /// Another path of the same kind at which nothing stands.
    private Path freePath(Path like) {
        String name = like.getFileName().toString();
        while (true) {
            int number = sequence++;
            Path path = name.equals("SKILL.md")
                    ? like.resolveSibling("../skill_n" + number).normalize().resolve(name)
                    : like.resolveSibling(name.replaceFirst("(-x\\d+)?\\.md$",
                            "-x" + number + ".md"));
            if (!Files.exists(path)) {
                return path;
            }
        }
    }

    private void write(Path file, String text) throws IOException {
        if (Files.exists(file)) {
            past.computeIfAbsent(file, _ -> new ArrayList<>()).add(Files.readAllBytes(file));
        }
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        Files.writeString(temporary, text);
        if (random.nextBoolean()) {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.delete(temporary);
            Files.writeString(file, text);
        }
    }

    private String text(Path file, boolean deprecating) {
        String path = file.toString();
        if (!everos) {
            StringBuilder note = new StringBuilder(
                    random.nextBoolean() ? "---\ntags: [a, b]\n---\n" : "");
            for (int i = 0; i <= random.nextInt(4); i++) {
                note.append(entry(file, i));
            }
            return note.toString();
        }
        if (path.endsWith("SKILL.md")) {
            return "---\nagent_id: a\nname: s%d\ndescription: %s\n---\n%s\n"
                    .formatted(random.nextInt(3), sentence(), sentence());
        }
        StringBuilder log = new StringBuilder("---\nuser_id: mira\n");
        if (deprecating) {
            log.append("deprecated_entries: {e%d: e%d}\n".formatted(random.nextInt(4),
                    random.nextInt(4)));
        }
        log.append("---\n");
        int first = random.nextInt(3);
        for (int i = 0; i < random.nextInt(5); i++) {
            log.append(entry(file, first + i));
        }
        return log.toString();
    }

    private String entry(Path file, int number) {
        if (!everos) {
            return "\n# Heading %d\n\n%s\n".formatted(number % 3, sentence());
        }
        if (file.toString().endsWith("SKILL.md")) {
            return sentence() + "\n";
        }
        String section = file.toString().contains("atomic_fact") ? "Fact" : "Content";
        return """
                <!-- entry:e%d -->
                **timestamp**: 2026-03-04T09:15:%02dZ
                **parent_id**: mc_%d
                ### %s
                %s
                <!-- /entry:e%d -->
                """.formatted(number, random.nextInt(60), random.nextInt(3), section, sentence(),
                number);
    }

    private byte[] broken(Path file) {
        return switch (random.nextInt(3)) {
            case 0 -> new byte[]{'a', (byte) 0xe9, 'b', '\n'};
            case 1 -> "---\nuser_id: [\n---\n<!-- entry:e1 -->\nnever closed"
                    .getBytes(StandardCharsets.UTF_8);
            default -> ("no frontmatter " + file.getFileName() + "\0")
                    .getBytes(StandardCharsets.UTF_8);
        };
    }

    private String sentence() {
        StringBuilder sentence = new StringBuilder();
        for (int i = 0; i < 3 + random.nextInt(8); i++) {
            sentence.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
        }
        return sentence.toString().strip();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .filter(path -> path.toString().endsWith(".md"))
                    .filter(path -> !path.toString().contains("/references/"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }
}
