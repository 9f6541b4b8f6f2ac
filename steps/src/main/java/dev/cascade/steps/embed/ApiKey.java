package dev.cascade.steps.embed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;

/// The secret that opens an endpoint. It is in no message and no log.
///
/// @param secret
///            empty if there is none
record ApiKey(String secret) {

    private static final int LONGEST_FILE = 16_384;
    private static final String MASK = "********";

    /// The key that the settings hold, or the one in the file that they name.
    ///
    /// @throws ConfigurationProblem
    ///             if there is no such file, or it holds no key
    static ApiKey of(CascadeProperties.Embedding settings) {
        String key = settings.apiKeyFile().isBlank() ? settings.apiKey().strip()
                : read(Path.of(settings.apiKeyFile()));
        if (key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new ConfigurationProblem(
                    "the API key of the embedder holds characters that no key can have",
                    "Correct cascade.embedding.api-key, or the file that api-key-file names.");
        }
        return new ApiKey(key);
    }

    private static String read(Path file) {
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw new ConfigurationProblem("%s is too large to hold a key".formatted(file),
                        "Correct cascade.embedding.api-key-file.");
            }
            String key = Files.readString(file).strip();
            if (key.isEmpty()) {
                throw new ConfigurationProblem("%s holds no key".formatted(file),
                        "Write the key into it, or take cascade.embedding.api-key-file out.");
            }
            return key;
        } catch (IOException ex) {
            throw new ConfigurationProblem(
                    "the key file %s cannot be read".formatted(file),
                    "Correct cascade.embedding.api-key-file, or let the user who runs Cascade read it.",
                    ex);
        }
    }

    boolean isGiven() {
        return !secret.isEmpty();
    }

    /// `text` without the key, and without what an endpoint may repeat of it.
    String masked(String text) {
        String masked = isGiven() ? text.replace(secret, MASK) : text;
        return masked.replaceAll("(?i)\\b(sk-|bearer\\s+)[\\w*.-]+", "$1" + MASK);
    }

    @Override
    public String toString() {
        return isGiven() ? MASK : "";
    }
}
