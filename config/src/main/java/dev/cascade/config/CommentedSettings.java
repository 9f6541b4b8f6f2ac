package dev.cascade.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// The `cascade.yaml` that a new root gets: every key with its default, commented out.
public final class CommentedSettings {

    private CommentedSettings() {}

    public static String text() {
        try (InputStream in = Objects.requireNonNull(
                CommentedSettings.class.getResourceAsStream("cascade.yaml"),
                "cascade.yaml is part of the jar")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException ex) {
            throw new UncheckedIOException("cascade.yaml cannot be read from the jar", ex);
        }
    }
}
