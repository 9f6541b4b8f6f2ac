package dev.cascade.jobs.quality;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.FieldRef;
import dev.cascade.config.Home;
import dev.cascade.config.KindSpec;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.config.Settings;
import dev.cascade.jobs.Excerpt;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.SearchReport;
import dev.cascade.steps.embed.EmbeddingEndpoint;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.IndexedEntry;
import dev.cascade.steps.index.IndexedFile;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.search.SearchRequest;

/// A tree that Cascade has indexed as it indexes any, with vectors of the deterministic embedder.
final class CascadeIndex implements AutoCloseable {

    static final String HYBRID = "Cascade, hybrid";

    private static final String BODY = FieldRef.BODY.column();

    private final EmbeddingEndpoint endpoint = new EmbeddingEndpoint();
    private final CascadeProperties properties = Settings.load(null, null, Map.of(),
            Map.of("cascade.layout", "notes", "cascade.embedding.provider", "openai",
                    "cascade.embedding.base-url", endpoint.baseUrl(),
                    "cascade.embedding.model", "hash"))
            .properties();
    private final Home home;
    private final RunReport report;
    private final Corpus corpus;
    private final Map<String, Section> byName;

    /// @param state
    ///            an empty folder for what Cascade derives
    CascadeIndex(String language, Path tree, Path state) {
        home = Home.of(tree, state);
        try {
            report = new Jobs(home, properties, Clock.systemUTC())
                    .reconcile(ReconcileRequest.everything(), Duration.ZERO);
        } catch (RunLock.Held ex) {
            throw new IllegalStateException(ex);
        }
        if (report.problem() != null) {
            throw new IllegalStateException(report.problem().message());
        }
        endpoint.forgetRequests();
        corpus = new Corpus(language, tree, sections());
        byName = corpus.sections()
                .stream()
                .collect(Collectors.toMap(Section::name, Function.identity()));
    }

    /// What the run made of the tree.
    RunReport report() {
        return report;
    }

    Corpus corpus() {
        return corpus;
    }

    private List<Section> sections() {
        KindSpec note = Kinds.of(home, Layout.NOTES).named("note").orElseThrow();
        List<String> others = note.tokenised()
                .stream()
                .map(FieldRef::column)
                .filter(column -> !column.equals(BODY))
                .toList();
        List<Section> sections = new ArrayList<>();
        try (IndexView view = IndexView.open(home.index(1));
                Stream<IndexedFile> files = view.files()) {
            files.forEach(file -> view.entries(file.path())
                    .forEach(entry -> sections.add(section(entry, others))));
        }
        return sections;
    }

    private static Section section(IndexedEntry indexed, List<String> others) {
        Entry entry = indexed.entry();
        return new Section(indexed.path().value(), entry.id(), entry.title(), entry.headings(),
                String.join("\n", entry.fields().getOrDefault(BODY, List.of())),
                others.stream()
                        .flatMap(column -> entry.fields()
                                .getOrDefault(column, List.of())
                                .stream())
                        .toList());
    }

    /// By words alone.
    Engine text() {
        return new Asking("Cascade", SearchRequest.Mode.TEXT);
    }

    /// By words and by vectors that know nothing of meaning.
    Engine hybrid() {
        return new Asking(HYBRID, SearchRequest.Mode.HYBRID);
    }

    /// Asks as `cascade search` does, for every section on its own.
    private final class Asking implements Engine {

        private final String name;
        private final SearchRequest.Mode mode;

        Asking(String name, SearchRequest.Mode mode) {
            this.name = name;
            this.mode = mode;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<Section> search(String query, int limit) {
            return SearchReport
                    .of(home, SearchRequest.of(query).limit(limit).allSections(true), mode,
                            new Excerpt.None(), () -> properties, Clock.systemUTC())
                    .hits()
                    .stream()
                    .map(hit -> byName.get(hit.path().value() + "#" + hit.entryId()))
                    .map(Objects::requireNonNull)
                    .toList();
        }

        @Override
        public void close() {}
    }

    @Override
    public void close() {
        endpoint.close();
    }
}
