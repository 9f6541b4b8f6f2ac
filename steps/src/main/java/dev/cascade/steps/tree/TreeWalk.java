package dev.cascade.steps.tree;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Sighting;

/// One pass over a tree: the files that count, in the order of their paths, one `stat` each.
///
/// Only one folder of each level is held in memory. Whatever cannot be read throws
/// [UnreadableTree], for a walk with a hole in it must not be taken for a whole one.
public final class TreeWalk implements Iterator<Sighting> {

    private static final int MAX_WARNINGS = 100;

    private final Tree tree;
    private final Selection selection;
    private final Deque<Folder> open = new ArrayDeque<>();
    private final List<String> warnings = new ArrayList<>();
    private @Nullable Sighting next;

    TreeWalk(Tree tree, Selection selection) {
        this.tree = tree;
        this.selection = selection;
        try {
            open.push(new Folder("", list(tree.root(), "", tree.rulesBelow(null, tree.root()))));
        } catch (IOException ex) {
            throw new UnreadableTree(tree.root(), ex);
        }
    }

    @Override
    public boolean hasNext() {
        while (next == null && !open.isEmpty()) {
            Folder folder = open.element();
            if (folder.children.hasNext()) {
                visit(folder, folder.children.next());
            } else {
                open.pop();
            }
        }
        return next != null;
    }

    @Override
    public Sighting next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        Sighting sighting = next;
        next = null;
        return sighting;
    }

    /// What was passed over although someone may have meant it to count, one sentence each.
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    private void visit(Folder parent, Child child) {
        MemoryPath path = new MemoryPath(parent.prefix + child.name);
        if (child.isFolder) {
            enter(path, child);
            return;
        }
        Optional<KindSpec> claiming = tree.claiming(path);
        if (claiming.isPresent()) {
            claiming.filter(kind -> selection.contains(path, kind.name()))
                    .ifPresent(kind -> sight(path, child, kind));
        } else if (child.stat.nature() == Stat.Nature.LINK && Files.isDirectory(child.path)) {
            warnAbout(path, child.path);
        }
    }

    private void enter(MemoryPath path, Child folder) {
        if (!selection.reaches(path)) {
            return;
        }
        if (tree.claiming(path).isPresent()) {
            warn("%s: is a folder with the name of a file; the files in it are indexed".formatted(
                    path));
        }
        try {
            open.push(new Folder(path.value() + "/", list(folder.path, path.value() + "/",
                    tree.rulesBelow(folder.rules, folder.path))));
        } catch (NoSuchFileException ex) {
            // Deleted since its parent was listed: nothing stands there any more.
            return;
        } catch (IOException ex) {
            throw new UnreadableTree(folder.path, ex);
        }
    }

    private void sight(MemoryPath path, Child child, KindSpec kind) {
        try {
            Stat stat = kind.companionFolder().isEmpty() ? child.stat : Stat.of(child.path, kind);
            if (stat.nature() == Stat.Nature.LINK) {
                warnAbout(path, child.path);
            } else {
                next = new Sighting(path, kind.name(), stat.fingerprint());
            }
        } catch (NoSuchFileException ex) {
            // Deleted since its folder was listed.
            return;
        } catch (IOException ex) {
            throw new UnreadableTree(child.path, ex);
        }
    }

    /// A link to a file of the root says nothing new; any other is worth a word.
    private void warnAbout(MemoryPath path, Path link) {
        try {
            Path target = link.toRealPath();
            if (!target.startsWith(tree.root().toRealPath())) {
                warn(("%s: is a symbolic link that leaves the root and is not followed; "
                        + "copy what it leads to into the root, or make that a root of its own")
                        .formatted(path));
            }
        } catch (IOException ex) {
            warn("%s: is a symbolic link that leads nowhere; remove it or mend it".formatted(
                    path));
        }
    }

    private void warn(String sentence) {
        if (warnings.size() < MAX_WARNINGS) {
            warnings.add(sentence);
        }
    }

    private List<Child> list(Path folder, String prefix, Tree.Rules rules) throws IOException {
        List<Child> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                look(entry, prefix, rules, children);
            }
        } catch (DirectoryIteratorException ex) {
            throw ex.getCause();
        }
        children.sort(Comparator.comparing(Child::sortKey, MemoryPath::compareUtf8));
        return children;
    }

    private void look(Path entry, String prefix, Tree.Rules rules, List<Child> into) {
        String name = Stat.name(entry);
        Stat stat;
        try {
            stat = Stat.of(entry);
        } catch (NoSuchFileException ex) {
            // Deleted since the folder was opened.
            return;
        } catch (IOException ex) {
            throw new UnreadableTree(entry, ex);
        }
        if (stat.nature() == Stat.Nature.FOLDER) {
            if (rules.admitFolder(entry, name)) {
                into.add(new Child(name, entry, stat, true, rules));
            }
            if (!claimsAsFile(prefix + name)) {
                return;
            }
        }
        if (rules.admitFile(name)) {
            into.add(new Child(name, entry, stat, false, rules));
        }
    }

    private boolean claimsAsFile(String path) {
        Optional<KindSpec> kind = tree.claiming(new MemoryPath(path));
        return kind.isPresent() && kind.get().scoped();
    }

    private record Folder(String prefix, Iterator<Child> children) {
        Folder(String prefix, List<Child> children) {
            this(prefix, children.iterator());
        }
    }

    /// A name in a folder; a folder sorts as `name/`, so that its files stand in path order.
    private record Child(String name, Path path, Stat stat, boolean isFolder, Tree.Rules rules) {
        String sortKey() {
            return isFolder ? name + "/" : name;
        }
    }
}
