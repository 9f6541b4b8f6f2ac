package dev.cascade.steps.index;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.cascade.config.Digests;

/// The names of the fields in the index, and how a value becomes a term.
public final class Columns {

    /// Which of the three sorts of document this is.
    public static final String TYPE = "type";
    public static final String ENTRY = "entry";
    public static final String FILE = "file";
    public static final String DEPRECATION = "deprecation";

    /// The file that a document belongs to, whatever its type.
    public static final String PATH = "path";
    /// Path and entry id: what an entry is replaced by.
    public static final String KEY = "key";
    /// The path again, on those documents that are written anew with each version of a file.
    public static final String ABOUT = "about";

    public static final String ROW = "row";
    public static final String SHOWN = "shown";
    public static final String ENTRY_ID = "entry_id";
    /// The entry id beside the digest, for a quick look at all entries of a file.
    public static final String ID = "id";
    public static final String DIGEST = "digest";
    public static final String KIND = "kind";
    public static final String APP = "app";
    public static final String PROJECT = "project";
    public static final String OWNER = "owner";
    public static final String ROW_FILE = "row_file";
    public static final String OWNER_TYPE = "owner_type";
    public static final String PARENT = "parent";
    public static final String TIMESTAMP = "timestamp";
    public static final String CONTENT = "content_sha256";
    public static final String SCHEMA = "schema";
    public static final String LINES = "lines";
    /// The lsn under which the file was written. It tells nothing of the content.
    public static final String REVISION = "revision";
    /// Columns of the source that are there and hold no value.
    public static final String EMPTY = "empty";

    /// On a deprecation: the key of the row that it hides, and the id that takes its place.
    public static final String DEPRECATES = "deprecates";
    public static final String REPLACED_BY = "replaced_by";

    /// On an entry with a text that can be turned into a vector.
    public static final String EMBEDS = "embeds";
    /// The digest of the text that the entry's vector is of.
    public static final String VECTOR_TEXT = "vector_text";
    private static final String VECTOR = "vector.";

    /// What words, phrases and prefixes are looked up in.
    public static final String TITLE = "title";
    public static final String HEADINGS = "headings";
    public static final String BODY = "body";

    /// The fields above in which words stand in their order, by the names that a query calls them. A column
    /// of the source that is called so is never asked for by [#words], so it has none.
    public static final Map<String, String> PROSE = Map.of("title", TITLE, "heading", HEADINGS,
            "headings", HEADINGS, "body", BODY);

    /// The longest term kept as it is, in bytes of UTF-8; Lucene refuses more than 32,766.
    private static final int LONGEST_TERM = 8192;
    private static final int KEPT_OF_LONGER = 1024;

    private Columns() {}

    /// The vectors of one space; they cannot be compared with those of another.
    public static String vector(String space) {
        return VECTOR + space;
    }

    /// The space whose vectors the field holds; empty if it holds none.
    static String space(String field) {
        return field.startsWith(VECTOR) ? field.substring(VECTOR.length()) : "";
    }

    /// The stored values of a column of the source.
    public static String source(String column) {
        return "source." + column;
    }

    /// The stored form of one of the fields above; the indexed form is kept apart, because Lucene
    /// wants a field to look alike in all documents.
    public static String stored(String field) {
        return "stored." + field;
    }

    /// The words of one searched column of the source.
    public static String words(String column) {
        return "words." + column;
    }

    /// The values of a keyword or list column, compared whole.
    public static String keyword(String column) {
        return "keyword." + column;
    }

    public static String integer(String column) {
        return "integer." + column;
    }

    public static String decimal(String column) {
        return "decimal." + column;
    }

    /// A timestamp column, in milliseconds since 1970.
    public static String time(String column) {
        return "time." + column;
    }

    /// The form of `value` that is indexed whole. A long one is cut and told apart by its digest,
    /// so equal values still have equal terms and different ones different terms.
    public static String term(String value) {
        if (value.length() <= LONGEST_TERM / 3) {
            return value;
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= LONGEST_TERM
                ? value
                : value.substring(0, KEPT_OF_LONGER) + '\u0000' + Digests.sha256(bytes);
    }

    /// The term that names one entry of one file.
    static String key(String path, String entryId) {
        return term(path + '\u0000' + entryId);
    }
}
