package dev.cascade.steps.search;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

import org.apache.lucene.document.LongField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

import dev.cascade.steps.index.Columns;
import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.Conflict;
import dev.cascade.steps.index.Counts;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.IndexedEntry;
import dev.cascade.steps.index.IndexedFile;
import dev.cascade.steps.index.MemoryAnalyzer;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.RowId;

/// Answers questions about one generation of the index, as of its last commit when it was opened.
///
/// It can be used by several threads at once.
public final class Searcher implements Closeable {

    private static final Sort BY_SCORE_THEN_PATH = new Sort(SortField.FIELD_SCORE,
            new SortField(Columns.PATH, SortField.Type.STRING));
    private static final int LARGEST_PAGE = 1000;
    private static final int MOST_PARENTS = 64;
    /// How deep the two lists are read that are fused.
    private static final int FUSED = 100;
    private static final int MOST_NEAREST = 50_000;

    private final IndexView view;
    private final IndexSearcher lucene;
    private final MemoryAnalyzer analyzer = new MemoryAnalyzer();

    private Searcher(IndexView view) {
        this.view = view;
        this.lucene = view.searcher();
    }

    /// Opens the index in `folder`, whoever may be writing there.
    ///
    /// @throws dev.cascade.steps.index.MissingIndex
    ///             if there is none
    /// @throws dev.cascade.steps.index.DamagedIndex
    ///             if it cannot be read
    public static Searcher open(Path folder) {
        return new Searcher(IndexView.open(folder));
    }

    /// What the index says of itself.
    public CommitData commit() {
        return view.commit();
    }

    public Counts counts() {
        return view.counts();
    }

    /// Whether any entry has a vector of `space`.
    public boolean hasVectors(String space) {
        return view.vectorWidth(space) > 0;
    }

    /// The width of the vectors of `space`; 0 if there are none.
    public int width(String space) {
        return view.vectorWidth(space);
    }

    /// Whether any entry has a vector at all.
    public boolean hasVectors() {
        return view.hasVectors();
    }

    /// The best answers, best first; equal ones in the order of their paths. Deprecated rows are
    /// left out; a row that several files claim is represented by the first of them alone.
    public List<Hit> search(SearchRequest request) {
        Optional<TextQuery> text = TextQuery.of(request.query(), analyzer);
        return view.reading(() -> {
            List<ScoreDoc> ranked = switch (request.mode()) {
                case TEXT -> byText(request, text, request.limit());
                case VECTOR -> byMeaning(request, text, request.limit());
                case HYBRID -> {
                    int depth = Math.max(FUSED, 2 * request.limit());
                    yield Fusion.of(byText(request, text, depth),
                            byMeaning(request, text, depth), request.limit());
                }
            };
            return hits(ranked, text);
        });
    }

    private List<Hit> hits(List<ScoreDoc> ranked, Optional<TextQuery> text) throws IOException {
        Snippets snippets = new Snippets(
                text.map(TextQuery::wanted).orElse(MatchNoDocsQuery.INSTANCE), analyzer);
        List<Hit> hits = new ArrayList<>();
        for (ScoreDoc shown : ranked) {
            hits.add(Hit.of(hits.size() + 1, shown.score, view.entry(shown.doc),
                    snippets.of(String.join("\n", view.searched(shown.doc)))));
        }
        return hits;
    }

    private List<ScoreDoc> byText(SearchRequest request, Optional<TextQuery> text, int limit)
            throws IOException {
        if (text.isEmpty()) {
            return List.of();
        }
        BooleanQuery.Builder query = new BooleanQuery.Builder().add(text.get().wanted(),
                Occur.MUST);
        return shown(narrowed(query, request, text).build(), limit);
    }

    /// The nearest entries. Filters, phrases and exclusions apply while the graph is walked, so that
    /// a narrow filter still finds its best ones.
    private List<ScoreDoc> byMeaning(SearchRequest request, Optional<TextQuery> text, int limit)
            throws IOException {
        SearchRequest.Meaning meaning = request.meaning();
        if (meaning == null || view.vectorWidth(meaning.space()) != meaning.vector().width()) {
            return List.of();
        }
        BooleanQuery.Builder filter = new BooleanQuery.Builder()
                .add(new TermQuery(new Term(Columns.TYPE, Columns.ENTRY)), Occur.FILTER);
        text.ifPresent(words -> words.required()
                .forEach(phrase -> filter.add(phrase, Occur.FILTER)));
        Query narrowed = narrowed(filter, request, text).build();
        IntPredicate isShown = view.visibility();
        for (int nearest = limit + 1;; nearest *= 4) {
            ScoreDoc[] found = lucene.search(
                    new KnnFloatVectorQuery(Columns.vector(meaning.space()),
                            meaning.vector().values(), nearest, narrowed),
                    nearest).scoreDocs;
            List<ScoreDoc> shown = Arrays.stream(found)
                    .filter(candidate -> isShown.test(candidate.doc))
                    .limit(limit)
                    .toList();
            if (shown.size() == limit || found.length < nearest || nearest > MOST_NEAREST) {
                return shown;
            }
        }
    }

    /// Asks for more until enough of the answers may be shown.
    private List<ScoreDoc> shown(Query query, int limit) throws IOException {
        IntPredicate isShown = view.visibility();
        List<ScoreDoc> shown = new ArrayList<>();
        @Nullable
        ScoreDoc last = null;
        int page = Math.min(limit + 1, LARGEST_PAGE);
        while (true) {
            ScoreDoc[] found = lucene.searchAfter(last, query, page, BY_SCORE_THEN_PATH,
                    true).scoreDocs;
            for (ScoreDoc candidate : found) {
                if (isShown.test(candidate.doc)) {
                    shown.add(candidate);
                }
                if (shown.size() == limit) {
                    return shown;
                }
            }
            if (found.length < page) {
                return shown;
            }
            last = found[found.length - 1];
            page = Math.min(2 * page, LARGEST_PAGE);
        }
    }

    private static BooleanQuery.Builder narrowed(BooleanQuery.Builder query,
            SearchRequest request, Optional<TextQuery> text) {
        text.ifPresent(words -> words.excluded()
                .forEach(excluded -> query.add(excluded, Occur.MUST_NOT)));
        if (!request.kinds().isEmpty()) {
            query.add(new TermInSetQuery(Columns.KIND,
                    request.kinds()
                            .stream()
                            .map(kind -> new BytesRef(Columns.term(kind)))
                            .toList()),
                    Occur.FILTER);
        }
        filter(query, Columns.APP, request.app());
        filter(query, Columns.PROJECT, request.project());
        filter(query, Columns.OWNER, request.owner());
        if (request.below() != null) {
            query.add(below(request.below()), Occur.FILTER);
        }
        if (request.since() != null) {
            query.add(LongField.newRangeQuery(Columns.TIMESTAMP, request.since().toEpochMilli(),
                    Long.MAX_VALUE), Occur.FILTER);
        }
        return query;
    }

    private static void filter(BooleanQuery.Builder query, String column, @Nullable String value) {
        if (value != null) {
            query.add(new TermQuery(new Term(column, Columns.term(value))), Occur.FILTER);
        }
    }

    private static Query below(MemoryPath ancestor) {
        return new BooleanQuery.Builder()
                .add(new TermQuery(new Term(Columns.PATH, ancestor.value())), Occur.SHOULD)
                .add(new PrefixQuery(new Term(Columns.PATH, ancestor.value() + "/")),
                        Occur.SHOULD)
                .build();
    }

    /// The rows with this key, or shown under this id: more than one if owners of several apps or
    /// kinds share the id. Each is represented by the first file that claims it.
    public List<IndexedEntry> byRow(String shownIdOrKey) {
        Set<RowId> seen = new HashSet<>();
        return view.named(shownIdOrKey)
                .stream()
                .filter(found -> seen.add(found.entry().row()))
                .toList();
    }

    /// What is known of a file; empty if it is not in the index.
    public Optional<IndexedFile> file(MemoryPath path) {
        return view.file(path);
    }

    /// The entries of a file in the order of their lines.
    public List<IndexedEntry> byPath(MemoryPath path) {
        return view.entries(path);
    }

    /// The parent of `child`, its parent, and so on, as far as they are in the index and belong to
    /// the same owner, app and project.
    public List<IndexedEntry> parents(IndexedEntry child) {
        List<IndexedEntry> parents = new ArrayList<>();
        Set<RowId> seen = new HashSet<>(Set.of(child.entry().row()));
        Optional<IndexedEntry> parent = parent(child);
        while (parent.isPresent() && parents.size() < MOST_PARENTS
                && seen.add(parent.get().entry().row())) {
            parents.add(parent.get());
            parent = parent(parent.get());
        }
        return parents;
    }

    private Optional<IndexedEntry> parent(IndexedEntry child) {
        RowId row = child.entry().row();
        return Optional.ofNullable(child.entry().parentId())
                .flatMap(id -> view.siblings(row.scope(), row.owner(), id).stream().findFirst());
    }

    /// Rows that more than one file claims, at most `limit` of them.
    public List<Conflict> conflicts(int limit) {
        return view.conflicts(limit);
    }

    @Override
    public void close() {
        view.close();
    }
}
