package dev.cascade.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import tools.jackson.databind.JsonNode;

/// The settings in force and where each of them was said.
///
/// Later sources win: shipped defaults, the user's file, the root's file, the environment, options.
public final class Settings {

    private static final String PREFIX = "cascade";

    private final CascadeProperties properties;
    private final List<Setting> list;
    private final List<String> warnings;

    private Settings(CascadeProperties properties, List<Setting> list, List<String> warnings) {
        this.properties = properties;
        this.list = list;
        this.warnings = warnings;
    }

    /// One key with the value in force.
    ///
    /// @param key
    ///            the full name, such as `cascade.reconcile.chunk-size`
    /// @param value
    ///            what is in force
    /// @param origin
    ///            the file, `environment`, `option` or `default`
    public record Setting(String key, String value, String origin) {}

    public CascadeProperties properties() {
        return properties;
    }

    /// What is odd about the settings, one sentence each.
    public List<String> warnings() {
        return warnings;
    }

    /// Every key, in the order of its name.
    public List<Setting> list() {
        return list;
    }

    /// Reads and checks all sources.
    ///
    /// @param userFile
    ///            the user's own file, if there is one
    /// @param rootFile
    ///            the root's file, if there is one
    /// @param environment
    ///            variables such as `CASCADE_RECONCILE_CHUNK_SIZE`
    /// @param options
    ///            `key=value` pairs of the command line, which win over everything
    /// @throws ConfigurationProblem
    ///             for an unknown key or a value out of range, naming both
    public static Settings load(@Nullable Path userFile, @Nullable Path rootFile,
            Map<String, String> environment, Map<String, String> options) {
        List<PropertySource<?>> sources = new ArrayList<>();
        sources.add(new MapPropertySource("option", new LinkedHashMap<>(options)));
        sources.add(new SystemEnvironmentPropertySource(
                "environment-systemEnvironment", new LinkedHashMap<>(environment)));
        addFile(sources, rootFile);
        addFile(sources, userFile);
        List<ConfigurationPropertySource> bindable = new ArrayList<>();
        ConfigurationPropertySources.from(sources).forEach(bindable::add);
        CascadeProperties properties = bind(bindable);
        refuseUnknownKeys(sources);
        List<Setting> list = describe(properties, bindable);
        refuseOfRoot(rootFile, list);
        if (!properties.embedding().isOn()) {
            return new Settings(properties, list, List.of());
        }
        KeyCustody custody = new KeyCustody(rootFile, list, bindable);
        List<String> warnings = new ArrayList<>(custody.warnings(properties.embedding()));
        CascadeProperties.Embedding embedding = told(custody.trusted(properties.embedding()),
                warnings);
        return new Settings(properties.with(embedding), list, List.copyOf(warnings));
    }

    /// The settings with what tells a model of this machine apart from others. One that cannot be
    /// looked at stops nothing here: no vector is made or found until it can be.
    private static CascadeProperties.Embedding told(CascadeProperties.Embedding embedding,
            List<String> warnings) {
        if (embedding.provider() != CascadeProperties.Embedding.Provider.ONNX) {
            return embedding;
        }
        ModelFolder folder = embedding.localModel();
        try {
            return embedding.withLocalModel();
        } catch (IOException ex) {
            warnings.add(
                    "%s cannot be read (%s); correct cascade.embedding.model-folder, or nothing is found by meaning"
                            .formatted(folder.model(), ModelFolder.reason(ex)));
            return embedding.withUnknownModel();
        }
    }

    private static void addFile(List<PropertySource<?>> sources, @Nullable Path file) {
        if (file == null || !YamlFile.exists(file)) {
            return;
        }
        Map<String, Object> flat = new LinkedHashMap<>();
        flatten("", YamlFile.read(file), flat);
        sources.add(new MapPropertySource(file.toString(), flat));
    }

    private static void flatten(String key, JsonNode node, Map<String, Object> flat) {
        if (node.isObject()) {
            node.properties()
                    .forEach(child -> flatten(
                            key.isEmpty() ? child.getKey() : key + "." + child.getKey(),
                            child.getValue(),
                            flat));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten("%s[%d]".formatted(key, i), node.get(i), flat);
            }
        } else if (!node.isNull()) {
            flat.put(key, node.asString());
        }
    }

    private static CascadeProperties bind(List<ConfigurationPropertySource> sources) {
        try {
            return new Binder(sources).bindOrCreate(PREFIX, Bindable.of(CascadeProperties.class));
        } catch (BindException ex) {
            throw new ConfigurationProblem(reason(ex),
                    "Correct the value; docs/configuration.md lists every key with its unit and range.",
                    ex);
        }
    }

    private static String reason(BindException ex) {
        Throwable root = ex;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String seen = Optional.ofNullable(ex.getProperty())
                .map(property -> "%s is '%s' (from %s): ".formatted(property.getName(),
                        property.getValue(), origin(property.getSource())))
                .orElse("");
        String message = String.valueOf(root.getMessage());
        return message.startsWith(PREFIX) ? message : seen + message;
    }

    private static void refuseUnknownKeys(List<PropertySource<?>> sources) {
        List<String> known = Keys.of(CascadeProperties.class, PREFIX);
        for (PropertySource<?> source : sources) {
            if (source instanceof SystemEnvironmentPropertySource
                    || !(source instanceof MapPropertySource map)) {
                continue;
            }
            for (String key : map.getPropertyNames()) {
                if (!known.contains(Keys.canonical(key))) {
                    throw new ConfigurationProblem(
                            "%s: unknown key %s".formatted(map.getName(), key),
                            Keys.nearest(key, known)
                                    .map(near -> "Did you mean %s?".formatted(near))
                                    .orElse("docs/configuration.md lists every key."));
                }
            }
        }
    }

    /// A root is data that may come from elsewhere: it says neither who may look at others, nor where on
    /// this machine something is to be written.
    private static void refuseOfRoot(@Nullable Path rootFile, List<Setting> settings) {
        settings.stream()
                .filter(setting -> (setting.key().startsWith(PREFIX + ".serve.")
                        || setting.key().equals(PREFIX + ".backup.folder"))
                        && rootFile != null && setting.origin().equals(rootFile.toString()))
                .findFirst()
                .ifPresent(setting -> {
                    throw new ConfigurationProblem(
                            "%s: %s cannot be set by a root, whose files may come from elsewhere"
                                    .formatted(rootFile, setting.key()),
                            "Say it in your own file, in the environment or with --set.");
                });
    }

    private static List<Setting> describe(CascadeProperties properties,
            List<ConfigurationPropertySource> sources) {
        return Keys.values(properties, PREFIX)
                .entrySet()
                .stream()
                .map(entry -> new Setting(entry.getKey(), entry.getValue(),
                        originOf(entry.getKey(), sources)))
                .sorted(Comparator.comparing(Setting::key))
                .toList();
    }

    private static String originOf(String key, List<ConfigurationPropertySource> sources) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(key);
        return sources.stream()
                .filter(source -> source.getConfigurationProperty(name) != null)
                .findFirst()
                .map(Settings::origin)
                .orElse("default");
    }

    private static String origin(@Nullable ConfigurationPropertySource source) {
        if (source != null && source.getUnderlyingSource() instanceof PropertySource<?> named) {
            return named.getName().startsWith("environment") ? "environment" : named.getName();
        }
        return "default";
    }
}
