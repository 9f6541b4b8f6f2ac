package dev.cascade.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.PropertySource;

import dev.cascade.config.CascadeProperties.Embedding;
import dev.cascade.config.Settings.Setting;

/// Where the key of the embedder may go, and what a root may not say.
///
/// A root is data that may come from elsewhere. Its file may name an endpoint, but not one that gets
/// the key of the person who runs Cascade, and it may not name a file whose content is sent as a key.
/// Nor may it name a model, which native code runs: a root could bring its own along.
final class KeyCustody {

    private static final String BASE_URL = "cascade.embedding.base-url";
    private static final String API_KEY = "cascade.embedding.api-key";
    private static final String API_KEY_FILE = "cascade.embedding.api-key-file";

    private static final String MODEL_FOLDER = "cascade.embedding.model-folder";

    private static final Pattern LOOPBACK = Pattern
            .compile("localhost|.*\\.localhost|127(\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

    private final @Nullable String rootFile;
    private final List<Setting> settings;
    private final List<ConfigurationPropertySource> sources;

    KeyCustody(@Nullable Path rootFile, List<Setting> settings,
            List<ConfigurationPropertySource> sources) {
        this.rootFile = rootFile == null ? null : rootFile.toString();
        this.settings = settings;
        this.sources = sources;
    }

    /// The embedding settings, without a key that must not go where they say.
    ///
    /// @throws ConfigurationProblem
    ///             if the root's file names a key file or a model
    Embedding trusted(Embedding embedding) {
        refuseOfRoot(API_KEY_FILE, embedding.apiKeyFile());
        refuseOfRoot(MODEL_FOLDER, embedding.modelFolder());
        return isWithheld(embedding) ? embedding.withoutKey() : embedding;
    }

    private void refuseOfRoot(String key, String value) {
        if (isFromRoot(key) && !value.isBlank()) {
            throw new ConfigurationProblem(
                    "%s: %s cannot be set by a root, whose files may come from elsewhere"
                            .formatted(rootFile, key),
                    "Say it in your own file, in the environment or with --set.");
        }
    }

    List<String> warnings(Embedding embedding) {
        if (embedding.provider() != Embedding.Provider.OPENAI) {
            return List.of();
        }
        List<String> warnings = new ArrayList<>();
        if (isWithheld(embedding)) {
            warnings.add(
                    "the API key is not sent to %s, which only %s names; say %s in your own file, in the environment or with --set if it is to be"
                            .formatted(embedding.baseUrl(), rootFile, BASE_URL));
        }
        URI url = URI.create(embedding.baseUrl());
        if (url.getScheme().equals("http") && !LOOPBACK.matcher(url.getHost()).matches()) {
            boolean sendsKey = hasKey(embedding) && !isWithheld(embedding);
            warnings.add(
                    "%s sends texts%s over the network unencrypted; use https if the endpoint has it"
                            .formatted(embedding.baseUrl(), sendsKey ? " and the API key" : ""));
        }
        return List.copyOf(warnings);
    }

    private boolean isWithheld(Embedding embedding) {
        String key = embedding.apiKeyFile().isBlank() ? API_KEY : API_KEY_FILE;
        return hasKey(embedding) && isFromRoot(BASE_URL) && !isFromRoot(key)
                && !isNamedElsewhere(embedding.baseUrl());
    }

    private static boolean hasKey(Embedding embedding) {
        return !embedding.apiKey().isBlank() || !embedding.apiKeyFile().isBlank();
    }

    private boolean isFromRoot(String key) {
        return rootFile != null && settings.stream()
                .anyMatch(setting -> setting.key().equals(key)
                        && setting.origin().equals(rootFile));
    }

    /// Whether another source than the root's file names the same address.
    private boolean isNamedElsewhere(String url) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(BASE_URL);
        return sources.stream()
                .filter(source -> !(source.getUnderlyingSource() instanceof PropertySource<?> known
                        && known.getName().equals(rootFile)))
                .map(source -> source.getConfigurationProperty(name))
                .anyMatch(property -> property != null && url.equals(property.getValue()));
    }
}
