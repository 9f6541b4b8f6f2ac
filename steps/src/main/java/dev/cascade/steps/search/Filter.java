package dev.cascade.steps.search;

import java.time.Instant;
import java.util.Set;

import org.apache.lucene.document.LongField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

import dev.cascade.steps.index.Columns;
import dev.cascade.steps.memory.MemoryPath;

/// What an entry must be, whatever the words of a query say.
///
/// @param kinds
///            one of these; empty for any
/// @param below
///            in this file or folder
/// @param since
///            dated, and not before this
/// @param until
///            dated, and before this
/// @param tags
///            with each of these in its column `tags`; a tag stands for those below it, `a` for `a/b`
public record Filter(Set<String> kinds, @Nullable String app, @Nullable String project,
        @Nullable String owner, @Nullable MemoryPath below, @Nullable Instant since,
        @Nullable Instant until, Set<String> tags) {

    /// Everything passes.
    public static final Filter NONE = new Filter(Set.of(), null, null, null, null, null, null,
            Set.of());

    /// Lucene takes no more than 1,024 clauses, and each tag is two.
    private static final int MOST_TAGS = 30;
    private static final String TAGS = Columns.keyword("tags");

    public Filter {
        kinds = Set.copyOf(kinds);
        tags = Set.copyOf(tags);
        if (tags.size() > MOST_TAGS) {
            throw new IllegalArgumentException(
                    "%d tags are more than %d".formatted(tags.size(), MOST_TAGS));
        }
        if (since != null && until != null && !since.isBefore(until)) {
            throw new IllegalArgumentException(
                    "nothing is dated since %s and before %s".formatted(since, until));
        }
    }

    void narrow(BooleanQuery.Builder query) {
        if (!kinds.isEmpty()) {
            query.add(new TermInSetQuery(Columns.KIND,
                    kinds.stream().map(kind -> new BytesRef(Columns.term(kind))).toList()),
                    Occur.FILTER);
        }
        whole(query, Columns.APP, app);
        whole(query, Columns.PROJECT, project);
        whole(query, Columns.OWNER, owner);
        if (below != null) {
            query.add(atOrBelow(Columns.PATH, below.value()), Occur.FILTER);
        }
        if (since != null || until != null) {
            query.add(LongField.newRangeQuery(Columns.TIMESTAMP,
                    since == null ? Long.MIN_VALUE : since.toEpochMilli(),
                    until == null ? Long.MAX_VALUE : until.toEpochMilli() - 1), Occur.FILTER);
        }
        tags.forEach(tag -> query.add(atOrBelow(TAGS, tag), Occur.FILTER));
    }

    private static void whole(BooleanQuery.Builder query, String column, @Nullable String value) {
        if (value != null) {
            query.add(new TermQuery(new Term(column, Columns.term(value))), Occur.FILTER);
        }
    }

    /// The value itself, or what stands behind it and a slash.
    private static Query atOrBelow(String column, String value) {
        return new BooleanQuery.Builder()
                .add(new TermQuery(new Term(column, Columns.term(value))), Occur.SHOULD)
                .add(new PrefixQuery(new Term(column, value + "/")), Occur.SHOULD)
                .build();
    }
}
