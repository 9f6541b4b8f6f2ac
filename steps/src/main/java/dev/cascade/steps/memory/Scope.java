package dev.cascade.steps.memory;

import java.util.Set;
import java.util.regex.Pattern;

/// Whose a file is, as its path tells: app, project, and whether it belongs to a user or an agent.
///
/// @param app
///            the id of the app; empty for a kind without scope
/// @param project
///            the id of the project; empty for a kind without scope
/// @param ownerType
///            `user` or `agent`; empty for a kind without scope
public record Scope(String app, String project, String ownerType) {

    /// The scope of kinds that have none.
    public static final Scope NONE = new Scope("", "", "");

    private static final Pattern ID = Pattern.compile("[a-z0-9_.@+-]{1,128}");
    private static final Pattern DEVICE = Pattern
            .compile("(aux|con|nul|prn|com[1-9]|lpt1|lpt[2-9])(\\..*)?");
    private static final Set<String> RESERVED_APPS = Set.of(".index", ".lock", ".projection.lock",
            ".tmp", "everos.toml", "ome.toml");

    /// The scope of a file in the EverOS layout.
    ///
    /// @throws MalformedMemory
    ///             if a scope folder has no valid name
    public static Scope of(MemoryPath path) {
        String app = id(path, "app", path.component(0), "default_app");
        String project = id(path, "project", path.component(1), "default_project");
        return new Scope(app, project, path.component(2).equals("agents") ? "agent" : "user");
    }

    private static String id(MemoryPath path, String what, String folder, String defaultFolder) {
        if (folder.equals(defaultFolder)) {
            return "default";
        }
        if (folder.equals("default")) {
            throw new MalformedMemory(path, 0,
                    "the %s folder 'default' would be taken for '%s'".formatted(what,
                            defaultFolder),
                    "rename the folder");
        }
        if (what.equals("app") && RESERVED_APPS.contains(folder)) {
            throw new MalformedMemory(path, 0,
                    "the %s folder '%s' has a reserved name".formatted(what, folder),
                    "rename the folder");
        }
        if (!ID.matcher(folder).matches() || folder.equals(".") || folder.endsWith(".")
                || DEVICE.matcher(folder).matches()) {
            throw new MalformedMemory(path, 0,
                    "the %s folder '%s' is no valid id".formatted(what, folder),
                    "use 1 to 128 of a-z 0-9 _ . @ + - with no dot at the end and no device name");
        }
        return folder;
    }
}
