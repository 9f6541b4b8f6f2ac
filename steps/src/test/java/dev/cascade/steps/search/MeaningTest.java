package dev.cascade.steps.search;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.embed.Embedder.Purpose;
import dev.cascade.steps.embed.FakeEmbedder;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.index.Written;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.TextVector;
import dev.cascade.steps.memory.Vector;
import dev.cascade.steps.memory.Watermark;
import dev.cascade.steps.search.SearchRequest.Meaning;
import dev.cascade.steps.search.SearchRequest.Mode;

import static org.assertj.core.api.Assertions.assertThat;

/// Search by meaning, and by meaning and words together. The fake embedder puts texts that share words
/// near each other; that checks the plumbing and says nothing of quality.
class MeaningTest {

    private static final String SPACE = "space";

    @TempDir
    private Path root;

    private final FakeEmbedder embedder = new FakeEmbedder();
    private @Nullable Searcher open;

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    private Searcher over(Written... files) {
        Path folder = root.resolve("index");
        try (MemoryIndex index = MemoryIndex.open(folder, "root", 1,
                Kinds.of(Home.of(root, null), Layout.NOTES), DataSize.ofMegabytes(16))) {
            index.apply(Arrays.stream(files)
                    .<Outcome>map(file -> withVectors(file.against(index), index))
                    .toList());
            index.commit(new Watermark(1, 1));
        }
        open = Searcher.open(folder);
        return open;
    }

    private Outcome withVectors(Outcome.Indexed indexed, MemoryIndex index) {
        Map<String, TextVector> vectors = new HashMap<>();
        for (Entry entry : indexed.diff().upserts()) {
            String text = index.text(entry);
            if (!text.contains("vectorless")) {
                vectors.put(entry.id(), new TextVector(SPACE, "sha", vector(text)));
            }
        }
        return indexed.with(vectors);
    }

    private Vector vector(String text) {
        return embedder.embed(Purpose.DOCUMENT, List.of(text)).getFirst();
    }

    private SearchRequest by(Mode mode, String query, String meaning) {
        return SearchRequest.of(query).meaning(mode, new Meaning(SPACE, vector(meaning)));
    }

    private static List<String> ids(List<Hit> hits) {
        return hits.stream().map(Hit::entryId).toList();
    }

    private final Written notes = Written.note("notes.md")
            .entry("boat", "the boat leaves the harbour")
            .entry("ship", "a ship sails from the port")
            .entry("cake", "bake the cake for an hour");

    @Test
    void theNearestEntryComesFirst() {
        Searcher searcher = over(notes);
        assertThat(ids(searcher.search(by(Mode.VECTOR, "vessel", "a ship sails from the harbour"))))
                .startsWith("ship")
                .hasSize(3);
    }

    @Test
    void wordsAndMeaningAreFused() {
        Searcher searcher = over(notes);
        List<Hit> hits = searcher
                .search(by(Mode.HYBRID, "boat", "a ship sails from the port"));
        assertThat(ids(hits)).startsWith("boat").contains("ship");
        assertThat(hits.getFirst().snippet().marks()).isNotEmpty();
    }

    @Test
    void eitherLegAloneStillAnswers() {
        Searcher searcher = over(notes);
        assertThat(ids(searcher.search(by(Mode.HYBRID, "?!", "bake the cake"))))
                .startsWith("cake");
        SearchRequest other = SearchRequest.of("cake")
                .meaning(Mode.HYBRID, new Meaning("another", vector("cake")));
        assertThat(ids(searcher.search(other))).containsExactly("cake");
        SearchRequest wide = SearchRequest.of("cake")
                .meaning(Mode.HYBRID, new Meaning(SPACE, Vector.of(new float[]{1, 2})));
        assertThat(ids(searcher.search(wide))).containsExactly("cake");
    }

    @Test
    void anEntryWithoutAVectorIsFoundByItsWords() {
        Searcher searcher = over(Written.note("a.md")
                .entry("bare", "vectorless boat")
                .entry("full", "some other text"));
        assertThat(ids(searcher.search(by(Mode.HYBRID, "boat", "some other text"))))
                .containsExactlyInAnyOrder("bare", "full");
    }

    @Test
    void filtersApplyInsideTheSearchForMeaning() {
        Written crowd = Written.note("crowd.md");
        for (int i = 0; i < 300; i++) {
            crowd.entry("c" + i, "a ship sails from the port number " + i);
        }
        Searcher searcher = over(crowd, Written.note("far/away.md").entry("far", "bake the cake"));
        SearchRequest near = by(Mode.VECTOR, "ship", "a ship sails from the port");
        SearchRequest narrow = near.limit(5)
                .filter(new Filter(Set.of(), null, null, null, new MemoryPath("far"), null, null,
                        Set.of()));
        assertThat(ids(searcher.search(narrow))).containsExactly("far");
    }

    @Test
    void exclusionsAndPhrasesHoldForMeaningToo() {
        Searcher searcher = over(notes);
        assertThat(ids(searcher.search(by(Mode.HYBRID, "sea -ship", "a ship sails from the port"))))
                .doesNotContain("ship");
        assertThat(ids(searcher.search(
                by(Mode.HYBRID, "\"bake the cake\"", "a ship sails from the port"))))
                .containsExactly("cake");
    }
}
