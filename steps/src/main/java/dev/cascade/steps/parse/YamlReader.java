package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/// Reads a block of YAML into values that know their lines.
///
/// It takes the tokens rather than a tree, because a tree would lose how numbers are written, the
/// lines, and that a value was only an alias.
final class YamlReader {

    /// A longer block is refused unread: one long scalar costs quadratic time.
    static final int MAX_CHARS = 64 * 1024;

    private static final int MAX_DEPTH = 50;

    private static final Set<String> NULLS = Set.of("", "~", "Null", "NULL");

    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build())
            .build();

    private final String block;
    private final int firstLine;
    private final YAMLParser parser;
    private int line;

    private YamlReader(String block, int firstLine, YAMLParser parser) {
        this.block = block;
        this.firstLine = firstLine;
        this.parser = parser;
        line = firstLine;
    }

    /// The one value in `block`; nothing if it holds only blanks and comments.
    ///
    /// @param firstLine
    ///            the line of the file in which the block begins
    static YamlValue read(String block, int firstLine) throws YamlProblem {
        if (block.length() > MAX_CHARS) {
            throw new YamlProblem(firstLine,
                    "it is longer than %d KiB".formatted(MAX_CHARS / 1024));
        }
        try (YAMLParser parser = (YAMLParser) MAPPER.createParser(block)) {
            YamlReader reader = new YamlReader(block, firstLine, parser);
            try {
                return reader.document();
            } catch (JacksonException ex) {
                throw new YamlProblem(reader.lineOf(ex), reason(ex));
            }
        }
    }

    private YamlValue document() throws YamlProblem {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return new YamlValue.Nothing(firstLine);
        }
        YamlValue value = value(first);
        if (parser.nextToken() != null) {
            throw new YamlProblem(here(), "a second document begins");
        }
        return value;
    }

    private YamlValue value(JsonToken token) throws YamlProblem {
        int at = here();
        if (parser.isCurrentAlias()) {
            throw new YamlProblem(at,
                    "'*%s' is an alias, which is not followed; write the value out"
                            .formatted(parser.getString()));
        }
        return switch (token) {
            case START_OBJECT -> mapping(at);
            case START_ARRAY -> sequence(at);
            case VALUE_NULL -> new YamlValue.Nothing(at);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                new YamlValue.Scalar(at, parser.getString(), true);
            default -> isUnwritten() ? new YamlValue.Nothing(at)
                    : YamlValue.text(at, parser.getString());
        };
    }

    private YamlValue mapping(int at) throws YamlProblem {
        Map<String, YamlValue> entries = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            here();
            String key = parser.currentName();
            entries.put(key, value(parser.nextToken()));
        }
        return new YamlValue.Mapping(at, entries);
    }

    private YamlValue sequence(int at) throws YamlProblem {
        List<YamlValue> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser
                .nextToken()) {
            items.add(value(token));
        }
        return new YamlValue.Sequence(at, items);
    }

    /// Whether the text is one of YAML's other spellings of null, written without quotes.
    private boolean isUnwritten() {
        if (!NULLS.contains(parser.getString())) {
            return false;
        }
        int offset = (int) parser.currentTokenLocation().getCharOffset();
        boolean quoted = offset >= 0 && offset < block.length()
                && "'\"|>!&".indexOf(block.charAt(offset)) >= 0;
        return !quoted;
    }

    private int here() {
        line = firstLine + parser.currentTokenLocation().getLineNr() - 1;
        return line;
    }

    private int lineOf(JacksonException ex) {
        return ex.getLocation() == null || ex.getLocation().getLineNr() < 1 ? line
                : firstLine + ex.getLocation().getLineNr() - 1;
    }

    /// The library's own sentences, without the excerpt that it draws below them.
    private static String reason(JacksonException ex) {
        List<String> sentences = ex.getOriginalMessage()
                .lines()
                .filter(line -> !line.startsWith(" ") && !line.isBlank())
                .toList();
        return Blanks.shorten(String.join(", ", sentences), 200);
    }
}
