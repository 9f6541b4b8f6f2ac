package dev.cascade.steps.tree;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.cascade.config.KindSpec;
import dev.cascade.config.Kinds;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.tree.Survey.Some;

/// Makes a [Survey]: unlike a walk it looks at what does not count, too.
final class Surveyor {

    /// Clocks of file systems tick seldom, and some round.
    private static final Duration GRAIN = Duration.ofSeconds(2);

    /// Where a memory root without apps, or without projects, has what they now hold.
    private static final Pattern OLDER = Pattern
            .compile("(?:[^/]+/)?(?:users|agents|knowledge)/.*");

    private final Tree tree;
    private final Kinds kinds;
    private final Kinds memory;
    private final Instant latest;
    private final Counted unclaimed = new Counted(20);
    private final Counted older = new Counted(20);
    private final Counted inFuture = new Counted(5);
    private final Counted alike = new Counted(20);
    private long files;
    private long folders;
    private Optional<Boolean> foldsCase = Optional.empty();

    Surveyor(Tree tree, Kinds kinds, Kinds memory, Instant now) {
        this.tree = tree;
        this.kinds = kinds;
        this.memory = memory;
        this.latest = now.plus(GRAIN);
    }

    Survey survey() {
        try {
            enter(tree.root(), "", tree.rulesBelow(null, tree.root()));
        } catch (IOException ex) {
            throw new UnreadableTree(tree.root(), ex);
        }
        return new Survey(files, folders, unclaimed.told(), older.told(), inFuture.told(),
                alike.told(), foldsCase);
    }

    private void enter(Path folder, String prefix, Tree.Rules rules) throws IOException {
        List<Path> children = list(folder);
        folders++;
        Map<String, String> spellings = new HashMap<>();
        for (Path child : children) {
            visit(child, prefix, rules, spellings);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(children::add);
        } catch (DirectoryIteratorException ex) {
            throw ex.getCause();
        }
        children.sort(Comparator.naturalOrder());
        return children;
    }

    private void visit(Path child, String prefix, Tree.Rules rules,
            Map<String, String> spellings) {
        try {
            look(child, prefix, rules, spellings);
        } catch (NoSuchFileException _) {
            // Deleted since its folder was listed.
            return;
        } catch (IOException ex) {
            throw new UnreadableTree(child, ex);
        }
    }

    private void look(Path child, String prefix, Tree.Rules rules, Map<String, String> spellings)
            throws IOException {
        String name = Stat.name(child);
        Stat stat = Stat.of(child);
        MemoryPath path = new MemoryPath(prefix + name);
        switch (stat.nature()) {
            case FOLDER -> {
                if (rules.admitFolder(child, name)) {
                    compare(child, path, spellings);
                    enter(child, prefix + name + "/", tree.rulesBelow(rules, child));
                }
            }
            case FILE -> {
                Optional<KindSpec> kind = tree.claiming(path);
                if ((kind.isPresent() || isMarkdown(name)) && rules.admitFile(name)) {
                    compare(child, path, spellings);
                    file(path, kind, stat);
                }
            }
            case LINK, OTHER -> {
            }
        }
    }

    private void file(MemoryPath path, Optional<KindSpec> kind, Stat stat) {
        Optional<String> missing = missingLevels(path, kind);
        missing.ifPresent(levels -> older.add("%s: %s".formatted(path, levels)));
        if (kind.isPresent()) {
            files++;
            Instant modified = Instant.EPOCH.plusNanos(stat.fingerprint().modified());
            if (modified.isAfter(latest)) {
                inFuture.add("%s: %s".formatted(path, modified));
            }
        } else if (missing.isEmpty() && !isCompanion(path)) {
            unclaimed.add("%s: %s".formatted(path, whyUnclaimed(path)));
        }
    }

    /// What stands before the path of such a file in a memory root of today. A note may happen to stand
    /// at such a path; a file that a more special kind claims does not.
    private Optional<String> missingLevels(MemoryPath path, Optional<KindSpec> kind) {
        boolean isSpecial = kind.isPresent() && kind.get().scoped();
        if (isSpecial || !OLDER.matcher(path.value()).matches()) {
            return Optional.empty();
        }
        Path file = path.in(Path.of(""));
        return memory.claiming(Path.of("app", "project").resolve(file)).isPresent()
                ? Optional.of("the levels of app and project are missing")
                : memory.claiming(Path.of("app").resolve(file)).isPresent()
                        ? Optional.of("one of the levels of app and project is missing")
                        : Optional.empty();
    }

    private String whyUnclaimed(MemoryPath path) {
        String lower = path.value().toLowerCase(Locale.ROOT);
        if (!lower.equals(path.value()) && kinds.claiming(Path.of(lower)).isPresent()) {
            return "its name is not written in lower case";
        }
        Path folder = path.in(Path.of("")).resolveSibling("");
        return kinds.inOrder()
                .stream()
                .filter(kind -> kind.standsIn(folder))
                .map(KindSpec::namePattern)
                .findFirst()
                .map("files in this folder are called %s"::formatted)
                .orElse("no kind expects a file in this folder");
    }

    /// Whether it is read as a part of another file.
    private boolean isCompanion(MemoryPath path) {
        Path file = path.in(Path.of(""));
        return kinds.inOrder()
                .stream()
                .filter(kind -> kind.companionFolder().isPresent())
                .anyMatch(kind -> {
                    for (Path up = file.getParent(); up != null; up = up.getParent()) {
                        if (kind.hasCompanion(up.relativize(file)) && kind.standsIn(up)) {
                            return true;
                        }
                    }
                    return false;
                });
    }

    private static boolean isMarkdown(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".md") || lower.endsWith(".markdown");
    }

    /// @param spellings the names of the same folder that were seen before, by what is left of them
    /// without case and form
    private void compare(Path child, MemoryPath path, Map<String, String> spellings)
            throws IOException {
        String name = path.name();
        String form = Normalizer.normalize(name, Normalizer.Form.NFC);
        String other = spellings.put(
                form.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), name);
        if (other != null) {
            boolean byForm = form.equals(Normalizer.normalize(other, Normalizer.Form.NFC));
            alike.add("%s: differs from %s by %s alone".formatted(path, other,
                    byForm ? "its Unicode form" : "case"));
        }
        String swapped = swapped(name);
        if (foldsCase.isEmpty() && path.isUtf8() && !swapped.equals(name)) {
            Path same = child.resolveSibling(swapped);
            foldsCase = Optional.of(Files.exists(same) && Files.isSameFile(child, same));
        }
    }

    /// With `a` to `z` in upper case.
    private static String swapped(String name) {
        StringBuilder swapped = new StringBuilder(name.length());
        name.chars()
                .forEach(c -> swapped.append((char) (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c)));
        return swapped.toString();
    }

    private static final class Counted {

        private final int most;
        private final List<String> first = new ArrayList<>();
        private long count;

        Counted(int most) {
            this.most = most;
        }

        void add(String sentence) {
            if (count++ < most) {
                first.add(sentence);
            }
        }

        Some told() {
            return new Some(count, first);
        }
    }
}
