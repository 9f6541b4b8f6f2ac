package dev.cascade.steps.tree;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.eclipse.jgit.ignore.IgnoreNode;
import org.jspecify.annotations.Nullable;

import dev.cascade.config.Home;
import dev.cascade.config.KindSpec;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// A root and the rules that say which of its files count.
public final class Tree {

    /// Folders that hold no memories in any layout.
    private static final Set<String> NEVER_ENTERED = Set.of(Home.FOLDER, ".git", "node_modules");

    /// What editors and atomic writers leave beside a file for a moment.
    private static final Pattern TEMPORARY = Pattern
            .compile("\\.#.*|#.*#|.*~|.*\\.sw[a-p]|.*\\.tmp|.*\\.tmp\\.[0-9a-f]{32}");

    /// What most names end in that are not temporary; asking the pattern takes longer.
    private static final String LASTING = ".md";

    private static final List<String> IGNORE_FILES = List.of(".gitignore", ".cascadeignore");

    private final Home home;
    private final Kinds kinds;
    private final Layout layout;

    public Tree(Home home, Kinds kinds, Layout layout) {
        this.home = home;
        this.kinds = kinds;
        this.layout = layout;
    }

    public Path root() {
        return home.root();
    }

    /// Walks over the selected files that count, in the order of their paths.
    public TreeWalk walk(Selection selection) {
        return new TreeWalk(this, selection);
    }

    /// Looks at all that stands here, for people.
    ///
    /// @param memory the kinds of a memory root, by which older ones are told
    /// @param now what is dated later lies in the future
    /// @throws UnreadableTree
    ///             if it cannot be read to its end
    public Survey survey(Kinds memory, Instant now) {
        return new Surveyor(this, kinds, memory, now).survey();
    }

    /// Whether a file at `path` would be seen by a walk, by its name and its folders.
    ///
    /// @throws UnreadableTree
    ///             if an ignore file on the way cannot be read
    public boolean covers(MemoryPath path) {
        Rules rules = rulesBelow(null, home.root());
        Path folder = home.root();
        int depth = folder.relativize(path.in(home.root())).getNameCount();
        for (int i = 0; i < depth - 1; i++) {
            String name = path.component(i);
            if (!rules.admitFolder(folder.resolve(name), name)) {
                return false;
            }
            folder = folder.resolve(name);
            if (Files.isSymbolicLink(folder)) {
                return false;
            }
            rules = rulesBelow(rules, folder);
        }
        return rules.admitFile(path.name()) && claiming(path).isPresent();
    }

    /// The kind that claims `path`, whether or not a walk would come by.
    public Optional<KindSpec> claiming(MemoryPath path) {
        return kinds.claiming(path.in(Path.of("")));
    }

    Rules rulesBelow(@Nullable Rules parent, Path folder) {
        IgnoreNode ignore = new IgnoreNode();
        if (layout == Layout.NOTES) {
            IGNORE_FILES.forEach(name -> read(folder.resolve(name), ignore));
        }
        return new Rules(parent, parent == null ? "" : String.valueOf(folder.getFileName()),
                ignore);
    }

    private static void read(Path file, IgnoreNode into) {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return; // as in most folders, where an exception that says so would be dear
        }
        try {
            if (isThere(file)) {
                parse(file, into);
            }
        } catch (NoSuchFileException ex) {
            // Taken away since the look above: then it excludes nothing.
            return;
        } catch (IOException ex) {
            throw new UnreadableTree(file, ex);
        }
    }

    /// Where nothing in a folder may be looked at, the folder itself is what must be told of, by whoever
    /// lists it or reads from it next.
    private static boolean isThere(Path file) throws IOException {
        try {
            return Stat.isFile(file);
        } catch (AccessDeniedException ex) {
            return false;
        }
    }

    private static void parse(Path file, IgnoreNode into) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            into.parse(in);
        }
    }

    /// What may be entered and seen in one folder.
    final class Rules {

        private final @Nullable Rules parent;
        private final String name;
        private final IgnoreNode ignore;

        private Rules(@Nullable Rules parent, String name, IgnoreNode ignore) {
            this.parent = parent;
            this.name = name;
            this.ignore = ignore;
        }

        boolean admitFolder(Path folder, String child) {
            if (NEVER_ENTERED.contains(child) || folder.equals(home.state())) {
                return false;
            }
            if (child.startsWith(".") && !kinds.dotFolders().contains(child)) {
                return false;
            }
            return !isIgnored(child, true);
        }

        boolean admitFile(String child) {
            return !isTemporary(child) && !isIgnored(child, false);
        }

        private static boolean isTemporary(String name) {
            boolean lasts = name.endsWith(LASTING) && !name.startsWith(".#");
            return !lasts && TEMPORARY.matcher(name).matches();
        }

        /// The ignore file nearest to the child decides; then the one above it, and so on.
        private boolean isIgnored(String child, boolean folder) {
            String path = child;
            for (Rules rules = this; rules != null; rules = rules.parent) {
                if (!rules.ignore.getRules().isEmpty()) {
                    Boolean verdict = rules.ignore.checkIgnored(path, folder);
                    if (verdict != null) {
                        return verdict;
                    }
                }
                path = rules.name + "/" + path;
            }
            return false;
        }
    }
}
