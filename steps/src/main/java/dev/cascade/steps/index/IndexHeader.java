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
/// @param schemaId
///            a digest of format, analyzer and all kinds
/// @param lucene
///            the version of Lucene that wrote it
public record IndexHeader(String rootId, long generation, IndexSchema schema, String schemaId,
        String lucene) {

    /// Stands in the id of every kind, and is never to change: then all files would be read again.
    private static final String KIND = "2\nicu-bigram-kstem-1\n";

    private static final int SHOWN_DIGITS = 12;

    /// What an index that is written now says of itself.
    public static IndexHeader of(String rootId, long generation, Kinds kinds) {
        String all = kinds.inOrder()
                .stream()
                .map(kind -> kind.name() + "=" + schemaId(kind))
                .sorted()
                .collect(Collectors.joining("\n"));
        return new IndexHeader(rootId, generation, IndexSchema.of(kinds),
                digest("%d\n%s\n%s".formatted(IndexSchema.FORMAT, MemoryAnalyzer.ID, all)),
                Version.LATEST.toString());
    }

    /// Changes whenever files of `kind` would be indexed differently than before, while those of other
    /// kinds would not.
    public static String schemaId(KindSpec kind) {
        return digest(KIND + kind.digest());
    }

    private static String digest(String text) {
        return Digests.sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, SHOWN_DIGITS);
    }
}
