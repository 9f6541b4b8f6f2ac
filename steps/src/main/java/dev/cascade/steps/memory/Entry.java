package dev.cascade.steps.memory;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/// One piece of a file that is hashed, embedded and found on its own.
///
/// @param row
///            its identity beyond the file
/// @param line
///            where it begins in the file, counted from 1
/// @param title
///            what a hit shows first
/// @param headings
///            the headings that it stands under, outermost first; its own included
/// @param timestamp
///            when it happened; null if it does not say
/// @param parentId
///            the entry it came from; null if it does not say
/// @param fields
///            the values by column name, in the form in which they are kept
/// @param contentSha256
///            the digest of what the kind hashes; equal content needs no new vector
public record Entry(RowId row, int line, String title, List<String> headings,
        @Nullable Instant timestamp, @Nullable String parentId,
        SortedMap<String, List<String>> fields, String contentSha256) {

    public Entry {
        headings = List.copyOf(headings);
        SortedMap<String, List<String>> copy = new TreeMap<>();
        fields.forEach((column, values) -> copy.put(column, List.copyOf(values)));
        fields = Collections.unmodifiableSortedMap(copy);
    }

    /// The id within its file.
    public String id() {
        return row.entryId();
    }

    /// What is turned into a vector: the headings that it stands under, and the values of `columns`.
    /// Empty if these are blank, for a heading alone means little.
    public String text(List<String> columns) {
        String values = columns.stream()
                .flatMap(column -> fields.getOrDefault(column, List.of()).stream())
                .filter(value -> !value.isBlank())
                .map(String::strip)
                .collect(Collectors.joining("\n"));
        if (values.isEmpty()) {
            return "";
        }
        return headings.isEmpty() ? values : String.join(" > ", headings) + "\n" + values;
    }

    /// Changes whenever the entry would be indexed differently. The line is left out: it is kept
    /// once for the whole file, so that an inserted line does not rewrite every entry below it.
    public String digest() {
        MessageDigest digest = sha256();
        add(digest, row.key());
        add(digest, title);
        headings.forEach(heading -> add(digest, heading));
        add(digest, String.valueOf(timestamp));
        add(digest, String.valueOf(parentId));
        add(digest, contentSha256);
        for (Map.Entry<String, List<String>> field : fields.entrySet()) {
            add(digest, field.getKey());
            add(digest, Integer.toString(field.getValue().size()));
            field.getValue().forEach(value -> add(digest, value));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static void add(MessageDigest digest, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException ex) {
            throw new AssertionError("every Java platform has SHA-256", ex);
        }
    }
}
