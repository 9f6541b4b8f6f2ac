package dev.cascade.steps.search;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.jspecify.annotations.Nullable;

import dev.cascade.steps.index.Columns;
import dev.cascade.steps.index.CommitData;
import dev.cascade.steps.index.Conflict;
import dev.cascade.steps.index.Counts;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.IndexView.Shown;
import dev.cascade.steps.index.IndexedEntry;
import dev.cascade.steps.index.IndexedFile;
import dev.cascade.steps.index.MemoryAnalyzer;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.RowId;

/// Answers questions about one generation of the index, as of its last commit when it was opened.
///
/// It can be used by several threads at once.
public final class Searcher implements Closeable {

    private static final Sort BY_SCORE_THEN_NAME = new Sort(SortField.FIELD_SCORE,
            new SortField(Columns.PATH, SortField.Type.STRING),
            new SortField(Columns.ID, SortField.Type.STRING_VAL));
    private static final int LARGEST_PAGE = 1000;
    /// So many of them are shown as one; a page that leaves too few is asked for anew from the start.
    private static final int SECTIONS_OF_A_NOTE = 2;
    private static final int MOST_PARENTS = 64;
    /// How deep the two lists are read that are fused.
    private static final int FUSED = 100;
    private static final int MOST_NEAREST = 50_000;

    private final IndexView view;
    private final IndexSearcher lucene;
    private final MemoryAnalyzer analyzer = new MemoryAnalyzer();
    private final Fields fields;

    private Searcher(IndexView view) {
        this.view = view;
        this.lucene = view.searcher();
        this.fields = new Fields(view.fields());
    }

    /// Opens the index in `folder`, whoever may be writing there.
    ///
    /// @throws dev.cascade.steps.index.MissingIndex
    ///             if there is none
    /// @throws dev.cascade.steps.index.DamagedIndex
    ///             if it cannot be read
    public static Searcher open(Path folder) {
        MemoryAnalyzer.warmUp();
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

    /// How many entries have a text and no vector of `space`.
    public long owingVectors(String space) {
        return view.countOwingVectors(space);
    }

    /// What of `query` is meant to be understood: its words and phrases, without fields and without
    /// what is left out. Blank if nothing is.
    public String prose(String query) {
        return clauses(query).stream()
                .filter(clause -> !clause.isInField() && !clause.isExcluded())
                .map(Clause::text)
                .collect(Collectors.joining(" "));
    }

    /// The query that was probably meant, if it holds words that no entry holds.
    public Optional<String> corrected(String query) {
        return view.reading(() -> new Spelling(lucene.getIndexReader(), analyzer).corrected(query,
                clauses(query)));
    }

    private List<Clause> clauses(String query) {
        return Clause.read(query, fields::isKnown);
    }

    /// The best answers, best first; equal ones in the order of their paths and ids. Deprecated rows are
    /// left out; a row that several files claim is represented by the first of them alone.
    public List<Hit> search(SearchRequest request) {
        List<Clause> clauses = clauses(request.query());
        return view.reading(() -> {
            Optional<TextQuery> text = TextQuery.of(clauses, fields, analyzer,
                    new Spelling(lucene.getIndexReader(), analyzer).meant(clauses));
            Shown shown = view.shown();
            List<Candidate> ranked = switch (request.mode()) {
                case TEXT -> byText(request, text, request.limit(), shown);
                case VECTOR -> byMeaning(request, text, request.limit(), shown);
                case HYBRID -> {
                    int depth = Math.max(FUSED, 2 * request.limit());
                    yield Fusion.of(byText(request, text, depth, shown),
                            byMeaning(request, text, depth, shown), request.limit());
                }
            };
            return hits(ranked, text, shown);
        });
    }

    private List<Hit> hits(List<Candidate> ranked, Optional<TextQuery> text, Shown shown)
            throws IOException {
        Snippets snippets = new Snippets(
                text.map(TextQuery::wanted).orElse(MatchNoDocsQuery.INSTANCE), analyzer);
        List<Hit> hits = new ArrayList<>();
        for (Candidate next : ranked) {
            String whole = String.join("\n", shown.searched(next.document()));
            hits.add(Hit.of(hits.size() + 1, next.score(), shown.entry(next.document()), whole,
                    snippets.of(whole)));
        }
        return hits;
    }

    private List<Candidate> byText(SearchRequest request, Optional<TextQuery> text, int limit,
            Shown shown) throws IOException {
        if (text.isEmpty()) {
            return List.of();
        }
        Query query = narrowed(
                new BooleanQuery.Builder().add(text.get().wanted(), Occur.MUST), request, text);
        Gathering gathered = new Gathering(request, limit, shown);
        @Nullable
        ScoreDoc last = null;
        int enough = request.allSections() ? limit : SECTIONS_OF_A_NOTE * limit;
        int page = Math.min(enough + 1, LARGEST_PAGE);
        while (true) {
            ScoreDoc[] found = lucene.searchAfter(last, query, page,
                    BY_SCORE_THEN_NAME).scoreDocs;
            for (ScoreDoc next : found) {
                next.score = (float) ((FieldDoc) next).fields[0];
            }
            if (gathered.isFullWith(found) || found.length < page) {
                return gathered.candidates();
            }
            last = found[found.length - 1];
            page = Math.min(2 * page, LARGEST_PAGE);
        }
    }

    /// The nearest entries. Filters, phrases and exclusions apply while the graph is walked, so that
    /// a narrow filter still finds its best ones.
    private List<Candidate> byMeaning(SearchRequest request, Optional<TextQuery> text, int limit,
            Shown shown) throws IOException {
        SearchRequest.Meaning meaning = request.meaning();
        if (meaning == null || view.vectorWidth(meaning.space()) != meaning.vector().width()) {
            return List.of();
        }
        BooleanQuery.Builder filter = new BooleanQuery.Builder()
                .add(new TermQuery(new Term(Columns.TYPE, Columns.ENTRY)), Occur.FILTER);
        text.ifPresent(words -> words.required()
                .forEach(phrase -> filter.add(phrase, Occur.FILTER)));
        Query narrowed = narrowed(filter, request, text);
        for (int nearest = limit + 1;; nearest *= 4) {
            ScoreDoc[] found = lucene.search(
                    new KnnFloatVectorQuery(Columns.vector(meaning.space()),
                            meaning.vector().values(), nearest, narrowed),
                    nearest).scoreDocs;
            Gathering gathered = new Gathering(request, limit, shown);
            if (gathered.isFullWith(found) || found.length < nearest || nearest > MOST_NEAREST) {
                return gathered.candidates();
            }
        }
    }

    /// A document that may be shown.
    ///
    /// @param group
    ///            equal for those of which only the best is shown
    record Candidate(int document, float score, String group) {}

    /// Takes from a ranked list what may be shown, until there is enough.
    private static final class Gathering {

        private final boolean allSections;
        private final int limit;
        private final Shown shown;
        private final Map<String, Candidate> best = new LinkedHashMap<>();

        Gathering(SearchRequest request, int limit, Shown shown) {
            this.allSections = request.allSections();
            this.limit = limit;
            this.shown = shown;
        }

        boolean isFullWith(ScoreDoc[] ranked) {
            for (ScoreDoc next : ranked) {
                shown.row(next.doc)
                        .map(row -> new Candidate(next.doc, next.score, group(row)))
                        .ifPresent(candidate -> best.putIfAbsent(candidate.group(), candidate));
                if (best.size() == limit) {
                    return true;
                }
            }
            return false;
        }

        /// Sections of one note stand for the note; every other entry stands for itself, for the
        /// entries of a log have nothing in common but their day.
        private String group(RowId row) {
            return allSections || row.file().isEmpty() ? row.key() : row.file();
        }

        List<Candidate> candidates() {
            return List.copyOf(best.values());
        }
    }

    private static Query narrowed(BooleanQuery.Builder query, SearchRequest request,
            Optional<TextQuery> text) {
        text.ifPresent(words -> words.excluded()
                .forEach(excluded -> query.add(excluded, Occur.MUST_NOT)));
        request.filter().narrow(query);
        return query.build();
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
