package dev.cascade.steps.index;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

import org.apache.lucene.util.Version;

import dev.cascade.config.Digests;
import dev.cascade.config.KindSpec;
import dev.cascade.config.Kinds;

/// What an index is of and how it was made; part of every commit.
///
/// @param rootId
///            the root that it was made from
/// @param generation
///            counts the rebuilds of that root
/// @param format
///            the layout of documents and fields
/// @param schemaId
///            a digest of format, analyzer and all kinds
/// @param lucene
///            the version of Lucene that wrote it
public record IndexHeader(String rootId, long generation, int format, String schemaId,
        String lucene) {

    /// Grows whenever the same entry would be written in another way.
    public static final int FORMAT = 2;

    private static final int SHOWN_DIGITS = 12;

    /// What an index that is written now says of itself.
    public static IndexHeader of(String rootId, long generation, Kinds kinds) {
        return new IndexHeader(rootId, generation, FORMAT,
                digest(kinds.inOrder()
                        .stream()
                        .map(kind -> kind.name() + "=" + schemaId(kind))
                        .sorted()
                        .collect(Collectors.joining("\n"))),
                Version.LATEST.toString());
    }

    /// Changes whenever files of `kind` would be indexed differently.
    public static String schemaId(KindSpec kind) {
        return digest("%d\n%s\n%s".formatted(FORMAT, MemoryAnalyzer.ID, kind.digest()));
    }

    private static String digest(String text) {
        return Digests.sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, SHOWN_DIGITS);
    }
}
