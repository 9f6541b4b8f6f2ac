package dev.cascade.steps.parse;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.cascade.config.Digests;
import dev.cascade.steps.memory.MemoryPath;

/// A file as it was read, with the files that belong to it.
///
/// @param bytes
///            what the file holds; not copied, never changed
/// @param companions
///            what the files beside it hold, by file name
@SuppressWarnings("ArrayRecordComponent")
public record SourceFile(MemoryPath path, byte[] bytes, SortedMap<String, byte[]> companions) {

    public SourceFile {
        companions = Collections.unmodifiableSortedMap(new TreeMap<>(companions));
    }

    /// The digest of everything that was read, names of companions included.
    public String sha256() {
        MessageDigest digest = Digests.newSha256();
        digest.update(bytes);
        companions.forEach((name, content) -> {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            String head = "\n%d:%d:".formatted(utf8.length, content.length);
            digest.update(head.getBytes(StandardCharsets.US_ASCII));
            digest.update(utf8);
            digest.update(content);
        });
        return HexFormat.of().formatHex(digest.digest());
    }
}
