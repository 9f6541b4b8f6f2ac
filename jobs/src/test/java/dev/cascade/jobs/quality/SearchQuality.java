package dev.cascade.jobs.quality;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// The measurement of `docs/search-quality.md`. It is no part of the build; `mvn -Pquality test` runs it.
class SearchQuality {

    private static final long SEED = 1;
    private static final int MOST = 60;

    @TempDir
    private Path states;

    @Test
    void measures() throws IOException {
        Path trees = Path.of(System.getProperty("cascade.quality.trees", ""),
                System.getProperty("cascade.quality.set", "evaluation"));
        assertThat(trees).as("lay the trees out with jobs/src/test/quality/fetch-trees")
                .isDirectory();
        StringBuilder sizes = new StringBuilder(
                "| language | files | refused | entries |\n|---|---|---|---|\n");
        List<Answered> all = new ArrayList<>();
        for (Path tree : languages(trees)) {
            all.addAll(answered(tree, sizes));
        }
        Figures figures = new Figures(all, Set.of(CascadeIndex.HYBRID));
        Path out = Files.createDirectories(
                Path.of(System.getProperty("cascade.quality.out", "target/quality")));
        Files.writeString(out.resolve("figures.md"), sizes + "\n" + figures.tables());
        Files.writeString(out.resolve("queries.json"), figures.raw());
    }

    private static List<Path> languages(Path trees) throws IOException {
        try (Stream<Path> languages = Files.list(trees)) {
            return languages.sorted().toList();
        }
    }

    private List<Answered> answered(Path tree, StringBuilder sizes) {
        String language = tree.getFileName().toString();
        try (CascadeIndex cascade = new CascadeIndex(language, tree,
                states.resolve(language));
                Engine lucene = new BareLucene(cascade.corpus().sections());
                Engine fts = new SqliteFts(cascade.corpus().sections())) {
            sizes.append("| %s | %d | %d | %d |%n".formatted(language,
                    cascade.report().files().indexed(), cascade.report().files().failed(),
                    cascade.corpus().sections().size()));
            List<Engine> engines = List.of(cascade.text(), lucene, fts, cascade.hybrid());
            return new Queries(cascade.corpus(), SEED, MOST).all()
                    .stream()
                    .map(query -> Answered.by(engines, language, query))
                    .toList();
        }
    }
}
