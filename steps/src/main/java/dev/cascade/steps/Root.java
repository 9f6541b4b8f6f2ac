package dev.cascade.steps;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.KindSpec;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.index.IndexHeader;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.RootIdentity;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.tree.Reason;
import dev.cascade.steps.tree.Tree;
import dev.cascade.steps.tree.UnreadableTree;

/// A root whose identity is established: the tree, its kinds, and who it is.
///
/// @param identity which root this is; it stands in the database and beside it
public record Root(Home home, RootIdentity identity, Kinds kinds, Tree tree) {

    /// Takes the root of `home` for the one that its ledger speaks of.
    ///
    /// @throws ConfigurationProblem if there is no such folder or it cannot be read
    /// @throws GuardStop if it is another root, or one that is not mounted
    public static Root known(Home home, CascadeProperties properties, Ledger ledger) {
        requireReadable(home.root());
        RootIdentity recorded = ledger.identity()
                .orElseThrow(() -> new GuardStop(
                        "%s does not say which root it belongs to".formatted(home.database()),
                        "Move it away and run `cascade sync`, which makes it anew."));
        String beside = readId(home);
        if (!recorded.id().equals(beside)) {
            throw new GuardStop(
                    "%s belongs to root %s, but the state database beside it to %s".formatted(
                            home.state(), beside.isEmpty() ? "(no id)" : beside, recorded.id()),
                    "Is another disk mounted here? If the state was copied by hand, move %s away and run `cascade sync`."
                            .formatted(home.state()));
        }
        boolean elsewhere = !home.state().startsWith(home.root());
        if (elsewhere && !recorded.path().equals(home.root().toString())) {
            throw new GuardStop(
                    "%s was made for the root %s, not for %s".formatted(home.state(),
                            recorded.path(), home.root()),
                    "Name the right --state-dir; if the root was moved, move the state away and run `cascade sync`.");
        }
        return of(home, properties, recorded);
    }

    /// Gives a root that has no state yet its identity. One whose database was lost keeps the identity
    /// that stands beside it, for the index of that root is still good to start from.
    ///
    /// @throws ConfigurationProblem if there is no such folder or the state cannot be written
    public static Root adopt(Home home, CascadeProperties properties, Ledger ledger) {
        requireReadable(home.root());
        String beside = readId(home);
        Root root = of(home, properties, new RootIdentity(
                beside.isEmpty() ? UUID.randomUUID().toString() : beside, home.root().toString(),
                layout(home, properties)));
        RootIdentity identity = root.identity();
        try {
            Files.writeString(home.rootId(), identity.id() + "\n");
        } catch (IOException ex) {
            throw new ConfigurationProblem(
                    "%s cannot be written: %s".formatted(home.rootId(), Reason.of(ex)),
                    "Make the folder writable, or keep the state elsewhere with --state-dir.", ex);
        }
        ledger.adopt(identity);
        return root;
    }

    /// A root as it would be adopted, with a fresh identity that stands nowhere yet.
    public static Root unadopted(Home home, CascadeProperties properties) {
        return of(home, properties, new RootIdentity(UUID.randomUUID().toString(),
                home.root().toString(), layout(home, properties)));
    }

    /// A root as far as it can be told, for who only looks; whether the state is its own is not asked.
    ///
    /// @param recorded
    ///            what the ledger says, if it can be asked
    public static Root unproven(Home home, CascadeProperties properties,
            Optional<RootIdentity> recorded) {
        return recorded.map(identity -> of(home, properties, identity))
                .orElseGet(() -> unadopted(home, properties));
    }

    private static Root of(Home home, CascadeProperties properties, RootIdentity identity) {
        Layout layout = switch (properties.layout()) {
            case AUTO -> identity.layout();
            case EVEROS -> Layout.EVEROS;
            case NOTES -> Layout.NOTES;
        };
        Kinds kinds = Kinds.of(home, layout);
        return new Root(home, identity, kinds, new Tree(home, kinds, layout));
    }

    /// How files of each kind are indexed now.
    public Map<String, String> schemaIds() {
        return kinds.inOrder()
                .stream()
                .collect(Collectors.toMap(KindSpec::name, IndexHeader::schemaId));
    }

    /// Refuses a folder that is not there or cannot be listed.
    ///
    /// @throws ConfigurationProblem if it is none, or is not to be read by this user
    /// @throws UnreadableTree if the disk does not give it
    public static void requireReadable(Path root) {
        try (DirectoryStream<Path> _ = Files.newDirectoryStream(root)) {
            return; // it could be opened, which is all that can be known before the walk
        } catch (NoSuchFileException ex) {
            throw new ConfigurationProblem("the root %s does not exist".formatted(root),
                    "Name a folder that holds Markdown with --root; if it is a mount, mount it.",
                    ex);
        } catch (NotDirectoryException ex) {
            throw new ConfigurationProblem("the root %s is no folder".formatted(root),
                    "Name a folder that holds Markdown with --root.", ex);
        } catch (AccessDeniedException ex) {
            throw new ConfigurationProblem(
                    "the root %s cannot be read: %s".formatted(root, Reason.of(ex)),
                    "Let the user who runs Cascade read it.", ex);
        } catch (IOException ex) {
            throw new UnreadableTree(root, ex);
        }
    }

    /// Refuses a path that leads through a symbolic link: the walk follows none, so nothing there is
    /// ever seen, and it could lead out of the root.
    public void requireDirect(MemoryPath path) {
        Path top = home.root();
        try {
            Path folder = path.in(top).resolveSibling("").normalize();
            if (!folder.toRealPath()
                    .equals(top.toRealPath().resolve(top.relativize(folder)).normalize())) {
                throw new ConfigurationProblem(
                        "%s leads through a symbolic link, which is not followed".formatted(path),
                        "Name the file by its own path below the root.");
            }
        } catch (IOException ex) {
            throw new ConfigurationProblem("%s: %s".formatted(path, Reason.of(ex)),
                    "Let the user who runs Cascade read it.", ex);
        }
    }

    /// Refuses a folder in which no file counts: a disk that is not mounted looks like that.
    public static void requireMarkdown(Home home, CascadeProperties properties) {
        if (!unadopted(home, properties).tree().walk(Selection.everything()).hasNext()) {
            throw new ConfigurationProblem(
                    "the root %s holds no Markdown that any kind claims".formatted(home.root()),
                    "Name another folder with --root; if it is a mount, mount it.");
        }
    }

    private static Layout layout(Home home, CascadeProperties properties) {
        return switch (properties.layout()) {
            case AUTO -> Layout.of(home.root());
            case EVEROS -> Layout.EVEROS;
            case NOTES -> Layout.NOTES;
        };
    }

    private static String readId(Home home) {
        try {
            List<String> lines = Files.readAllLines(home.rootId());
            return lines.isEmpty() ? "" : lines.getFirst().strip();
        } catch (NoSuchFileException ex) {
            return "";
        } catch (IOException ex) {
            throw new GuardStop("%s cannot be read: %s".formatted(home.rootId(), Reason.of(ex)),
                    "Make it readable; it says which root the state belongs to.");
        }
    }
}
