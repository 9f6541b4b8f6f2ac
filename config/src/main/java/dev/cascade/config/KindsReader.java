package dev.cascade.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads kinds out of a `kinds.yaml` and refuses what makes no sense, naming the file and the key.
final class KindsReader {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

    private static final Set<String> KIND_KEYS = Set.of("glob", "shape", "scoped", "prefix", "type",
            "owner", "entry-id", "list-field", "title", "parent", "timestamp", "deprecations",
            "companions", "fields", "hashed", "embedded", "tokenised");

    private static final Set<String> FIELD_KEYS = Set.of("type", "required", "default");

    private final String file;

    KindsReader(String file) {
        this.file = file;
    }

    List<KindSpec> read(ObjectNode document) {
        refuseOtherKeys(document, "", Set.of("kinds"));
        if (!(document.path("kinds") instanceof ObjectNode kinds)) {
            throw problem("kinds", "is missing or no mapping",
                    "List the kinds below the key 'kinds:', each with a glob and a shape.");
        }
        return kinds.properties()
                .stream()
                .map(entry -> kind(entry.getKey(), entry.getValue()))
                .toList();
    }

    private KindSpec kind(String name, JsonNode node) {
        String at = "kinds." + name;
        if (!NAME.matcher(name).matches()) {
            throw problem(at, "is no name for a kind",
                    "Use lower-case letters, digits and underscores, a letter first.");
        }
        if (!(node instanceof ObjectNode kind)) {
            throw problem(at, "is no mapping", "Give it a glob and a shape.");
        }
        refuseOtherKeys(kind, at + ".", KIND_KEYS);
        Shape shape = constant(Shape.class, required(kind, at, "shape"), at + ".shape");
        Map<FieldRef, FieldSpec> fields = fields(kind, at, shape);
        KindSpec spec = new KindSpec(name, glob(kind, at), shape, flag(kind, at, "scoped"),
                text(kind, at, "prefix"), text(kind, at, "type"), ref(kind, at, "owner", fields),
                ref(kind, at, "entry-id", fields), text(kind, at, "list-field"),
                ref(kind, at, "title", fields), ref(kind, at, "parent", fields),
                ref(kind, at, "timestamp", fields), flag(kind, at, "deprecations"),
                text(kind, at, "companions"), fields, refs(kind, at, "hashed", fields),
                refs(kind, at, "embedded", fields), refs(kind, at, "tokenised", fields));
        refuseContradictions(spec, at);
        return spec;
    }

    private void refuseContradictions(KindSpec spec, String at) {
        refuseFieldsOutOfPlace(spec, at);
        refuseSharedColumns(spec, at);
        if (spec.owner() != null && spec.owner().place() != FieldRef.Place.FRONTMATTER) {
            throw problem(at + ".owner", "is %s, which is not in the frontmatter"
                    .formatted(spec.owner()), "A file has one owner; name a frontmatter field.");
        }
        if (spec.shape() == Shape.FRONTMATTER_LIST && spec.listField() == null) {
            throw problem(at + ".list-field", "is missing",
                    "Name the frontmatter list that holds the entries.");
        }
        boolean needsId = spec.shape() == Shape.FRONTMATTER_LIST
                || spec.shape() == Shape.SINGLE_ENTITY;
        if (needsId && spec.entryId() == null) {
            throw problem(at + ".entry-id", "is missing",
                    "Name the field that tells one entry from another.");
        }
        if (spec.tokenised().isEmpty()) {
            throw problem(at + ".tokenised", "is empty",
                    "Name at least one field to search, or take the kind away.");
        }
        if (spec.hashed().isEmpty()) {
            throw problem(at + ".hashed", "is empty",
                    "Name the fields whose change makes an entry a different one.");
        }
    }

    private void refuseFieldsOutOfPlace(KindSpec spec, String at) {
        Set<FieldRef.Place> places = switch (spec.shape()) {
            case DAILY_LOG -> EnumSet.of(FieldRef.Place.FRONTMATTER, FieldRef.Place.INLINE,
                    FieldRef.Place.SECTION);
            case SINGLE_ENTITY -> EnumSet.of(FieldRef.Place.FRONTMATTER, FieldRef.Place.BODY,
                    FieldRef.Place.REFERENCES_CONTENT);
            case FRONTMATTER_LIST -> EnumSet.of(FieldRef.Place.FRONTMATTER, FieldRef.Place.ITEM);
            case NOTE -> EnumSet.of(FieldRef.Place.FRONTMATTER, FieldRef.Place.BODY);
        };
        for (FieldRef ref : spec.fields().keySet()) {
            if (!places.contains(ref.place())) {
                throw problem(at + ".fields." + ref,
                        "has no place in the shape " + spelling(spec.shape()),
                        "Such a file has values in: %s.".formatted(places.stream()
                                .map(place -> place.name().toLowerCase(Locale.ROOT))
                                .sorted()
                                .collect(Collectors.joining(", "))));
            }
        }
    }

    private void refuseSharedColumns(KindSpec spec, String at) {
        Map<String, FieldRef> byColumn = new TreeMap<>();
        spec.fields()
                .keySet()
                .stream()
                .sorted(Comparator.comparing(FieldRef::toString))
                .forEach(
                        ref -> {
                            FieldRef other = byColumn.put(ref.column(), ref);
                            if (other != null) {
                                throw problem(at + ".fields." + ref,
                                        "is kept under the same name as " + other,
                                        "Rename one of the two.");
                            }
                        });
    }

    private Map<FieldRef, FieldSpec> fields(ObjectNode kind, String at, Shape shape) {
        Map<FieldRef, FieldSpec> fields = new LinkedHashMap<>();
        if (shape == Shape.NOTE || shape == Shape.SINGLE_ENTITY) {
            fields.put(FieldRef.BODY, new FieldSpec(FieldRef.BODY, FieldType.TEXT, false, null));
        }
        JsonNode listed = kind.path("fields");
        if (!listed.isMissingNode() && !listed.isObject()) {
            throw problem(at + ".fields", "is no mapping",
                    "Write one line for each field, such as 'frontmatter:status: {type: keyword}'.");
        }
        for (Map.Entry<String, JsonNode> field : listed.properties()) {
            String where = at + ".fields." + field.getKey();
            FieldRef ref = parse(field.getKey(), where);
            fields.put(ref, field(ref, field.getValue(), where));
        }
        return fields;
    }

    private FieldSpec field(FieldRef ref, JsonNode node, String at) {
        if (!(node instanceof ObjectNode field)) {
            throw problem(at, "is no mapping", "Use {} for a field of plain text.");
        }
        refuseOtherKeys(field, at + ".", FIELD_KEYS);
        String type = text(field, at, "type");
        FieldType kept = type == null ? FieldType.TEXT
                : constant(FieldType.class, type, at + ".type");
        String fallback = text(field, at, "default");
        if (fallback != null && !isDefaultOf(kept, fallback)) {
            throw problem(at + ".default", "is '%s', which is no %s".formatted(fallback,
                    spelling(kept)), "Write a default of the field's type, or none.");
        }
        try {
            return new FieldSpec(ref, kept, flag(field, at, "required"), fallback);
        } catch (IllegalArgumentException ex) {
            throw problem(at, "contradicts itself: " + ex.getMessage(),
                    "Take one of the two away.");
        }
    }

    private static boolean isDefaultOf(FieldType type, String text) {
        return switch (type) {
            case TEXT, KEYWORD, JSON -> true;
            case LIST -> text.startsWith("[") && text.endsWith("]");
            case TIMESTAMP -> text.isEmpty();
            case INTEGER -> text.matches("[+-]?[0-9]{1,18}");
            case DECIMAL -> text.matches("[+-]?[0-9]{1,18}(\\.[0-9]{1,18})?");
        };
    }

    private String glob(ObjectNode kind, String at) {
        String glob = required(kind, at, "glob");
        if (glob.startsWith("/") || Stream.of(glob.split("/", -1)).anyMatch(".."::equals)) {
            throw problem(at + ".glob", "leaves the root: " + glob,
                    "Write it relative to the root, with / between folders.");
        }
        try {
            java.nio.file.FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException ex) {
            throw problem(at + ".glob", "is no glob: " + ex.getDescription(),
                    "Use * for one path component and **/ for any number of folders.");
        }
        return glob;
    }

    private List<FieldRef> refs(ObjectNode kind, String at, String key,
            Map<FieldRef, FieldSpec> fields) {
        JsonNode listed = kind.path(key);
        if (listed.isMissingNode()) {
            return List.of();
        }
        if (!listed.isArray()) {
            throw problem(at + "." + key, "is no list", "Write it as [section:A, section:B].");
        }
        List<FieldRef> refs = new ArrayList<>();
        for (JsonNode element : listed) {
            refs.add(declared(parse(element.asString(), at + "." + key), at + "." + key, fields));
        }
        return refs;
    }

    private @Nullable FieldRef ref(ObjectNode kind, String at, String key,
            Map<FieldRef, FieldSpec> fields) {
        String text = text(kind, at, key);
        return text == null ? null
                : declared(parse(text, at + "." + key), at + "." + key, fields);
    }

    private FieldRef declared(FieldRef ref, String at, Map<FieldRef, FieldSpec> fields) {
        if (!fields.containsKey(ref)) {
            throw problem(at, "names %s, which is not among the fields".formatted(ref),
                    "Add it below 'fields:', or correct the name.");
        }
        return ref;
    }

    private FieldRef parse(String text, String at) {
        try {
            return FieldRef.parse(text);
        } catch (IllegalArgumentException ex) {
            throw problem(at, "cannot be read: " + ex.getMessage(), "Correct the name.");
        }
    }

    private <E extends Enum<E>> E constant(Class<E> type, String text, String at) {
        for (E candidate : type.getEnumConstants()) {
            if (spelling(candidate).equals(text)) {
                return candidate;
            }
        }
        throw problem(at, "is '%s'".formatted(text), "Use one of: %s."
                .formatted(Stream.of(type.getEnumConstants())
                        .map(KindsReader::spelling)
                        .collect(Collectors.joining(", "))));
    }

    private static String spelling(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String required(ObjectNode node, String at, String key) {
        String text = text(node, at, key);
        if (text == null || text.isBlank()) {
            throw problem(at + "." + key, "is missing", "Every kind has a glob and a shape.");
        }
        return text;
    }

    private @Nullable String text(ObjectNode node, String at, String key) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isValueNode()) {
            throw problem(at + "." + key, "is no plain value", "Write a single word or text.");
        }
        return value.asString();
    }

    private boolean flag(ObjectNode node, String at, String key) {
        JsonNode value = node.path(key);
        if (value.isMissingNode()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw problem(at + "." + key, "is '%s'".formatted(value.asString()),
                    "Use true or false.");
        }
        return value.booleanValue();
    }

    private void refuseOtherKeys(ObjectNode node, String at, Set<String> known) {
        for (String key : node.propertyNames()) {
            if (!known.contains(key)) {
                throw problem(at + key, "is unknown",
                        "Use one of: %s.".formatted(
                                known.stream().sorted().collect(Collectors.joining(", "))));
            }
        }
    }

    private ConfigurationProblem problem(String key, String what, String remedy) {
        return new ConfigurationProblem("%s: %s %s".formatted(file, key, what), remedy);
    }
}
