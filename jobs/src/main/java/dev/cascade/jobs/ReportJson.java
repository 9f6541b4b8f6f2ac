package dev.cascade.jobs;

import java.nio.file.Path;
import java.util.Locale;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/// Objects as JSON: keys and constants in snake_case, times in ISO-8601 UTC, paths as text,
/// nulls kept.
public final class ReportJson {

    private static final long LONGEST_READ = 64 * 1024;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxDocumentLength(LONGEST_READ).build())
            .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .addModule(new SimpleModule().addSerializer(new PathText())
                    .addSerializer(
                            new ConstantText()))
            .build();

    private ReportJson() {}

    /// What writes it, for those who speak to streams. It reads no more than 64 KB.
    public static JsonMapper mapper() {
        return MAPPER;
    }

    public static String write(Object object) {
        return MAPPER.writeValueAsString(object);
    }

    /// The same over several lines, for a person.
    public static String pretty(Object object) {
        return MAPPER.writer()
                .with(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(object);
    }

    private static final class PathText extends StdSerializer<Path> {

        PathText() {
            super(Path.class);
        }

        @Override
        public void serialize(Path value, JsonGenerator generator, SerializationContext context) {
            generator.writeString(value.toString());
        }
    }

    @SuppressWarnings("rawtypes")
    private static final class ConstantText extends StdSerializer<Enum> {

        ConstantText() {
            super(Enum.class);
        }

        @Override
        public void serialize(Enum value, JsonGenerator generator, SerializationContext context) {
            generator.writeString(value.name().toLowerCase(Locale.ROOT));
        }
    }
}
