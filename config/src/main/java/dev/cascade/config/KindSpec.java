package dev.cascade.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.io.FilenameUtils;
import org.jspecify.annotations.Nullable;

/// One kind of file: which paths it covers, how they are read, and what of them is searched.
///
/// @param name how people and the index call it
/// @param glob the paths it covers, relative to the root: `*` stays within one path component and
/// matches dot-names too, `**/` stands for any number of folders, none included
/// @param shape how a file is divided into entries
/// @param scoped whether the first two folders are app and project
/// @param prefix what entry ids begin with; only a daily log has one
/// @param type the frontmatter `type` without which a file is passed over and not indexed
/// @param owner the frontmatter field that names the owner
/// @param entryId the field that names the entry, in shapes without entry markers
/// @param listField the frontmatter list that holds the entries of a [Shape#FRONTMATTER_LIST]
/// @param title the field shown as title
/// @param parent the field that names the parent entry
/// @param timestamp the field that dates an entry
/// @param deprecations whether `deprecated_entries` in the frontmatter counts
/// @param companions files that belong to a file, as a glob relative to its folder
/// @param fields everything that is read, by place
/// @param hashed what makes two entries different
/// @param embedded what is turned into a vector
/// @param tokenised what keywords are looked up in
public record KindSpec(String name, String glob, Shape shape, boolean scoped,
        @Nullable String prefix, @Nullable String type, @Nullable FieldRef owner,
        @Nullable FieldRef entryId, @Nullable String listField, @Nullable FieldRef title,
        @Nullable FieldRef parent, @Nullable FieldRef timestamp, boolean deprecations,
        @Nullable String companions, Map<FieldRef, FieldSpec> fields, List<FieldRef> hashed,
        List<FieldRef> embedded, List<FieldRef> tokenised) {

    /// A glob that looks at the ending alone: `**/*.md`, or one with several endings in braces.
    private static final Pattern BY_ENDING = Pattern
            .compile("\\*\\*/\\*\\.(?:(\\w+)|\\{(\\w+(?:,\\w+)*)})");

    public KindSpec {
        fields = Map.copyOf(fields);
        hashed = List.copyOf(hashed);
        embedded = List.copyOf(embedded);
        tokenised = List.copyOf(tokenised);
    }

    /// The fields of one part of the file, by name.
    public Map<String, FieldSpec> fieldsIn(FieldRef.Place place) {
        return fields.values()
                .stream()
                .filter(field -> field.ref().place() == place)
                .collect(Collectors.toMap(field -> field.ref().name(), field -> field, (a, b) -> a,
                        TreeMap::new));
    }

    public Optional<FieldSpec> field(FieldRef ref) {
        return Optional.ofNullable(fields.get(ref));
    }

    /// A matcher for relative paths; made once for each walk, for making it is not free.
    PathMatcher matcher() {
        return matcher(glob);
    }

    /// Tells whether `sibling`, a path relative to the folder of a file of this kind, belongs
    /// to it.
    public boolean hasCompanion(Path sibling) {
        return companions != null && matcher(companions).matches(sibling);
    }

    /// The folder that holds the companions, relative to the file's own; empty if the kind
    /// has none.
    public Optional<String> companionFolder() {
        return Optional.ofNullable(companions).map(FilenameUtils::getPathNoEndSeparator);
    }

    /// Whether files of this kind stand in `folder`, a path below the root.
    public boolean standsIn(Path folder) {
        return matcher(FilenameUtils.getPathNoEndSeparator(glob)).matches(folder);
    }

    /// What files of this kind are called, as a glob.
    public String namePattern() {
        return FilenameUtils.getName(glob);
    }

    /// The hidden folders that this kind names and a walk therefore enters.
    Set<String> dotFolders() {
        return Stream.of(glob.split("/", -1))
                .filter(segment -> segment.startsWith(".") && !segment.endsWith(".md"))
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Changes whenever files of this kind would be indexed differently.
    public String digest() {
        String canonical = String.join("\n", name, shape.name(), String.valueOf(scoped),
                String.valueOf(prefix), String.valueOf(type), String.valueOf(owner),
                String.valueOf(entryId), String.valueOf(listField), String.valueOf(title),
                String.valueOf(parent), String.valueOf(timestamp), String.valueOf(deprecations),
                String.valueOf(companions),
                new TreeMap<>(fields.values()
                        .stream()
                        .collect(
                                Collectors.toMap(field -> field.ref().toString(),
                                        FieldSpec::toString)))
                        .toString(),
                hashed.toString(), embedded.toString(), tokenised.toString());
        return Digests.sha256(canonical.getBytes(StandardCharsets.UTF_8));
    }

    /// A walk asks for every file, so the plainest globs are told without a regular expression.
    private static PathMatcher matcher(String glob) {
        Matcher byEnding = BY_ENDING.matcher(glob);
        if (byEnding.matches()) {
            List<String> endings = Stream
                    .of(Objects.requireNonNullElse(byEnding.group(1), byEnding.group(2)).split(","))
                    .map(ending -> "." + ending)
                    .toList();
            return path -> {
                String name = path.toString();
                return endings.stream().anyMatch(name::endsWith);
            };
        }
        return FileSystems.getDefault().getPathMatcher("glob:" + glob.replace("**/", "{**/,}"));
    }
}
