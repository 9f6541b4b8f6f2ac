package dev.cascade.steps.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.apache.lucene.document.Document;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;

import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.MemoryAnalyzer;
import dev.cascade.steps.memory.Vector;
import dev.cascade.steps.search.SearchRequest.Meaning;

/// How long queries take in an index that is open and warm, beside the same queries asked of Lucene
/// without anything around them: no spelling, no grouping, no snippets, no check of rows that two files
/// claim; ten stored documents are fetched all the same.
///
/// `SearchSpeed INDEX QUERIES MODE` prints, for each query, two numbers of nanoseconds. Where meaning counts,
/// each query means something at random.
public final class SearchSpeed {

    private static final int HITS = 10;

    private SearchSpeed() {}

    static void main(String[] args) throws IOException {
        Path index = Path.of(args[0]);
        List<String> queries = Files.readAllLines(Path.of(args[1]));
        SearchRequest.Mode mode = SearchRequest.Mode.valueOf(args[2]);
        Random chance = new Random(1);
        try (Searcher searcher = Searcher.open(index); IndexView view = IndexView.open(index)) {
            IndexSearcher bare = view.searcher();
            Fields fields = new Fields(view.fields());
            MemoryAnalyzer analyzer = new MemoryAnalyzer();
            List<long[]> took = new ArrayList<>();
            // The first pass warms both up.
            for (int pass = 0; pass < 2; pass++) {
                took.clear();
                for (String query : queries) {
                    Query same = TextQuery.of(Clause.read(query, fields::isKnown), fields, analyzer,
                            Map.of()).orElseThrow().wanted();
                    SearchRequest request = mode == SearchRequest.Mode.TEXT
                            ? SearchRequest.of(query)
                            : SearchRequest.of(query).meaning(mode, meaning(view, chance));
                    long began = System.nanoTime();
                    int ours = searcher.search(request).size();
                    long between = System.nanoTime();
                    int theirs = 0;
                    for (ScoreDoc hit : bare.search(same, HITS).scoreDocs) {
                        Document stored = bare.storedFields().document(hit.doc);
                        theirs += stored.getFields().isEmpty() ? 0 : 1;
                    }
                    long ended = System.nanoTime();
                    if (ours == 0 || theirs == 0) {
                        throw new IllegalStateException("nothing answers " + query);
                    }
                    took.add(new long[]{between - began, ended - between});
                }
            }
            took.forEach(pair -> System.out.println(pair[0] + " " + pair[1]));
        }
    }

    private static Meaning meaning(IndexView view, Random chance) {
        String space = view.vectorsBeside("").getFirst();
        float[] values = new float[view.vectorWidth(space)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) chance.nextGaussian();
        }
        return new Meaning(space, Vector.of(values));
    }
}
