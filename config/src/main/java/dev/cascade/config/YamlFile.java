package dev.cascade.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.commons.io.input.BOMInputStream;
import org.apache.commons.io.input.BoundedInputStream;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A configuration file in YAML: small, one mapping, no key twice.
final class YamlFile {

    /// A larger file is refused before it is parsed: one long scalar costs quadratic time.
    private static final int MAX_BYTES = 256 * 1024;

    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private YamlFile() {}

    /// The mapping in `file`; an empty one if the file is empty.
    static ObjectNode read(Path file) {
        try (InputStream in = BOMInputStream.builder().setPath(file).get()) {
            return read(in, file.toString());
        } catch (IOException ex) {
            throw new ConfigurationProblem("%s cannot be read: %s".formatted(file, ex.getMessage()),
                    "Make it readable, or take it away.", ex);
        }
    }

    static ObjectNode read(InputStream in, String name) throws IOException {
        byte[] bytes = BoundedInputStream.builder()
                .setInputStream(in)
                .setMaxCount(MAX_BYTES + 1L)
                .setPropagateClose(false)
                .get()
                .readAllBytes();
        if (bytes.length > MAX_BYTES) {
            throw new ConfigurationProblem(
                    "%s is larger than %d KiB".formatted(name, MAX_BYTES / 1024),
                    "Shorten it; a configuration file has no use for so much text.");
        }
        try {
            return switch (MAPPER.readTree(bytes)) {
                case ObjectNode mapping -> mapping;
                case tools.jackson.databind.node.MissingNode _ -> MAPPER.createObjectNode();
                case tools.jackson.databind.node.NullNode _ -> MAPPER.createObjectNode();
                case tools.jackson.databind.JsonNode other -> throw new ConfigurationProblem(
                        "%s holds a %s where a mapping is expected".formatted(name,
                                other.getNodeType()),
                        "Begin it with a key and a colon, such as 'cascade:'.");
            };
        } catch (JacksonException ex) {
            throw new ConfigurationProblem("%s, line %d: %s".formatted(name,
                    ex.getLocation() == null ? 0 : ex.getLocation().getLineNr(),
                    ex.getOriginalMessage().lines().findFirst().orElse("not YAML")),
                    "Mend the YAML in that line.", ex);
        }
    }

    static boolean exists(Path file) {
        return Files.isRegularFile(file);
    }
}
