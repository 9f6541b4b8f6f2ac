package dev.cascade.cron.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.cron.schedule.Triggers;
import dev.cascade.jobs.Drift;
import dev.cascade.steps.Root;

/// What a command gets to work with; the root and the settings are looked up when they are
/// asked for.
final class Session {

    private final Options options;
    private final Map<String, String> environment;
    private final Output output;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /// The global options as they were given.
    ///
    /// @param roots
    ///            more than one for `cascade serve` only
    /// @param set
    ///            settings of this one command, each `key=value`
    record Options(List<Path> roots, @Nullable Path config, @Nullable Path stateDir,
            List<String> set, boolean verbose) {}

    Session(Options options, Map<String, String> environment, Output output) {
        this.options = options;
        this.environment = environment;
        this.output = output;
    }

    Output output() {
        return output;
    }

    Map<String, String> environment() {
        return environment;
    }

    boolean isVerbose() {
        return options.verbose();
    }

    /// The root that was meant, with Cascade's folder for it.
    ///
    /// @throws CliProblem
    ///             if none was named and none is near, or if it is no folder
    Home home() {
        return rootIfAny().map(this::home)
                .orElseThrow(() -> CliProblem.refused(
                        "no root: neither --root nor CASCADE_ROOT is set, and no folder from %s upwards holds a .cascade/"
                                .formatted(here()),
                        "Run `cascade init --root DIR` once, or name the folder with --root DIR."));
    }

    /// The root that was meant, whether it can be read just now or not.
    Home homeAsNamed() {
        return rootIfAny().map(root -> Home.of(root, options.stateDir())).orElseGet(this::home);
    }

    /// All roots that were meant, whether they can be read just now or not.
    List<Home> homes() {
        List<Path> roots = options.roots().isEmpty() ? rootIfAny().stream().toList()
                : options.roots();
        List<Home> homes = roots.stream()
                .map(root -> Home.of(root, options.stateDir()))
                .distinct()
                .toList();
        if (homes.size() > 1 && options.stateDir() != null) {
            throw CliProblem.refused("--state-dir cannot hold the state of several roots",
                    "Leave it out, or serve each root by itself.");
        }
        return homes.isEmpty() ? List.of(home()) : homes;
    }

    /// The root that was meant, which must have state already.
    ///
    /// @throws CliProblem
    ///             if nothing was ever indexed there
    Home initialised() {
        Home home = home();
        if (!home.isInitialised()) {
            throw CliProblem.refused("nothing is indexed in %s yet".formatted(home.root()),
                    "Run `cascade sync%s` first.".formatted(rootOption()));
        }
        return home;
    }

    /// The same, with a remark if its index was made in another way than one is made now.
    Home initialisedToldOfDrift() {
        Home home = initialised();
        try {
            Drift.of(home, load(home).properties(), Clock.systemUTC())
                    .ifPresent(drift -> output.note("%s", drift.told()));
        } catch (ConfigurationProblem ex) {
            return home; // the command itself says so, if that is in its way
        }
        return home;
    }

    /// ` --root DIR` as it was typed, for a command to be typed next; empty if it was not typed.
    String rootOption() {
        return options.roots().isEmpty() ? "" : " --root " + options.roots().getFirst();
    }

    /// The root that was named, else the current folder.
    Home homeToBe() {
        return home(namedRoot().orElseGet(Session::here));
    }

    /// The settings of the root, or those without a root if there is none.
    Settings settings() {
        return settings(rootIfAny().map(this::home).orElse(null));
    }

    Settings settings(@Nullable Home home) {
        Settings settings = load(home);
        settings.warnings()
                .stream()
                .filter(warned::add)
                .forEach(
                        warning -> output.note("%s", warning));
        return settings;
    }

    /// The settings without a word about what is odd about them.
    Settings load(@Nullable Home home) {
        Settings settings = Settings.load(userFile(), home == null ? null : home.settingsFile(),
                environment, set());
        Triggers.requireUnderstood(settings.properties().schedule(), Clock.systemUTC().instant());
        return settings;
    }

    /// The files that [#load] reads, whether they exist or not.
    List<Path> settingsFiles(Home home) {
        return Stream.of(Optional.ofNullable(userFileToBe()), Optional.of(home.settingsFile()))
                .flatMap(Optional::stream)
                .toList();
    }

    Optional<Path> rootIfAny() {
        return namedRoot().or(() -> Home.nearestRoot(here()));
    }

    private Home home(Path root) {
        boolean missing = Files.notExists(root);
        if (missing || Files.isRegularFile(root)) {
            throw CliProblem.refused("root %s %s".formatted(root,
                    missing ? "does not exist" : "is no folder"),
                    "Correct --root or CASCADE_ROOT; if it is a mount, see that it is mounted.");
        }
        Root.requireReadable(root);
        return Home.of(root, options.stateDir());
    }

    private Optional<Path> namedRoot() {
        if (options.roots().size() > 1) {
            throw CliProblem.refused("--root is given more than once",
                    "Name one folder; only `cascade serve` takes several.");
        }
        return options.roots()
                .stream()
                .findFirst()
                .or(() -> variable("CASCADE_ROOT").map(Path::of));
    }

    private @Nullable Path userFile() {
        Path file = userFileToBe();
        if (options.config() != null && file != null && !Files.isRegularFile(file)) {
            throw CliProblem.refused("--config %s: there is no such file".formatted(file),
                    "Correct the path, or leave --config out.");
        }
        return file;
    }

    private @Nullable Path userFileToBe() {
        return Optional.ofNullable(options.config())
                .or(() -> variable("XDG_CONFIG_HOME").map(Path::of)
                        .filter(Path::isAbsolute)
                        .or(() -> variable("HOME").map(home -> Path.of(home, ".config")))
                        .map(folder -> folder.resolve("cascade").resolve("cascade.yaml")))
                .orElse(null);
    }

    private Map<String, String> set() {
        Map<String, String> full = new LinkedHashMap<>();
        for (String setting : options.set()) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw CliProblem.refused("--set %s has no key and value".formatted(setting),
                        "Write it as --set reconcile.chunk-size=100.");
            }
            String key = setting.substring(0, equals).strip();
            full.put(key.startsWith("cascade.") ? key : "cascade." + key,
                    setting.substring(equals + 1).strip());
        }
        return full;
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static Path here() {
        return Path.of("").toAbsolutePath();
    }
}
