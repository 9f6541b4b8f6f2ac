package dev.cascade.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The kinds that count in a root, in the order in which they claim files.
///
/// A root's own `kinds.yaml` comes first, then the kinds of the root's layout.
public final class Kinds {

    private static final String NOTE = "note";

    private final Map<String, KindSpec> byName = new LinkedHashMap<>();
    private final Map<String, PathMatcher> matchers = new LinkedHashMap<>();
    private final Set<String> dotFolders;

    private Kinds(List<KindSpec> inOrder) {
        for (KindSpec kind : inOrder) {
            byName.put(kind.name(), kind);
            matchers.put(kind.name(), kind.matcher());
        }
        dotFolders = inOrder.stream()
                .flatMap(kind -> kind.dotFolders().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// The kinds of the root of `home`.
    ///
    /// @throws ConfigurationProblem
    ///             if the root's `kinds.yaml` makes no sense
    public static Kinds of(Home home, Layout layout) {
        List<KindSpec> builtIn = builtIn();
        List<KindSpec> inOrder = new ArrayList<>(own(home.kindsFile(), builtIn));
        builtIn.stream()
                .filter(kind -> kind.name().equals(NOTE) == (layout == Layout.NOTES))
                .forEach(inOrder::add);
        return new Kinds(inOrder);
    }

    private static List<KindSpec> own(Path file, List<KindSpec> builtIn) {
        if (!YamlFile.exists(file)) {
            return List.of();
        }
        List<KindSpec> own = new KindsReader(file.toString()).read(YamlFile.read(file));
        for (KindSpec kind : own) {
            if (builtIn.stream().anyMatch(known -> known.name().equals(kind.name()))) {
                throw new ConfigurationProblem(
                        "%s: kinds.%s takes the name of a built-in kind".formatted(file,
                                kind.name()),
                        "Choose another name; your kinds are asked before the built-in ones.");
            }
        }
        return own;
    }

    private static List<KindSpec> builtIn() {
        try (InputStream in = Objects.requireNonNull(Kinds.class.getResourceAsStream("kinds.yaml"),
                "kinds.yaml is part of the jar")) {
            return new KindsReader("kinds.yaml").read(YamlFile.read(in, "kinds.yaml"));
        } catch (IOException ex) {
            throw new UncheckedIOException("kinds.yaml cannot be read from the jar", ex);
        }
    }

    /// The kind that claims the file at `relative`, a path below the root.
    public Optional<KindSpec> claiming(Path relative) {
        for (Map.Entry<String, PathMatcher> candidate : matchers.entrySet()) {
            if (candidate.getValue().matches(relative)) {
                return Optional.ofNullable(byName.get(candidate.getKey()));
            }
        }
        return Optional.empty();
    }

    public Optional<KindSpec> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public List<KindSpec> inOrder() {
        return List.copyOf(byName.values());
    }

    /// The hidden folders that a walk enters, because a kind names them.
    public Set<String> dotFolders() {
        return dotFolders;
    }
}
