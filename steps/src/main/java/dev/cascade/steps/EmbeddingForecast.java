package dev.cascade.steps;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.FieldRef;
import dev.cascade.config.KindSpec;
import dev.cascade.steps.Vectors.Due;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.Observation;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Sighting;
import dev.cascade.steps.memory.Tokens;
import dev.cascade.steps.parse.MemoryParser;

/// Counts what a run would ask an embedder for. It reads the files that differ, and writes nothing.
public final class EmbeddingForecast {

    private static final int PAGE = 512;

    private final Root root;
    private final CascadeProperties properties;
    private final @Nullable Vectors vectors;
    private final SourceReader reader;
    private final MemoryParser parser = new MemoryParser();
    private final Set<String> seen = new HashSet<>();
    private final List<String> page = new ArrayList<>();
    private final List<String> shas = new ArrayList<>();
    private long texts;
    private long cached;
    private long tokens;

    /// @param vectors what is kept; null in a root without state
    public EmbeddingForecast(Root root, CascadeProperties properties, @Nullable Vectors vectors,
            Clock clock) {
        this.root = root;
        this.properties = properties;
        this.vectors = vectors;
        this.reader = new SourceReader(root.home().root(),
                properties.reconcile().maxFileSize().toBytes(), clock);
    }

    /// What was counted.
    ///
    /// @param texts that would be asked for
    /// @param cached that need not be
    /// @param tokens of the former, roughly
    public record Count(long texts, long cached, long requests, long tokens) {}

    /// Adds the files that differ.
    public void add(Iterator<Observation> differences) {
        while (differences.hasNext()) {
            if (differences.next() instanceof Observation.Differs differs) {
                add(differs.sighting());
            }
        }
    }

    private void add(Sighting sighting) {
        KindSpec kind = root.kinds().named(sighting.kind()).orElseThrow();
        try {
            parser.parse(reader.read(sighting.path(), kind).file(), kind)
                    .entries()
                    .forEach(entry -> add(entry, kind));
        } catch (IOException | MalformedMemory ex) {
            return; // a file that cannot be read has no text to ask for
        }
    }

    /// Adds the entries that the index holds without a vector.
    public void add(IndexView view, Selection selection) {
        if (vectors == null) {
            return;
        }
        for (Iterator<Due> due = vectors.due(view, selection); due.hasNext();) {
            Entry entry = view.entry(due.next().document()).entry();
            root.kinds().named(entry.row().kind()).ifPresent(kind -> add(entry, kind));
        }
    }

    private void add(Entry entry, KindSpec kind) {
        String text = entry
                .text(kind.embedded().stream().map(FieldRef::column).distinct().toList());
        String sha = properties.embedding().textSha256(text);
        if (!text.isEmpty() && seen.add(sha)) {
            page.add(text);
            shas.add(sha);
            if (page.size() >= PAGE) {
                countPage();
            }
        }
    }

    private void countPage() {
        Set<String> kept = vectors == null ? Set.of() : vectors.cache().find(shas).keySet();
        for (int i = 0; i < page.size(); i++) {
            if (kept.contains(shas.get(i))) {
                cached++;
            } else {
                texts++;
                tokens += Tokens.in(page.get(i));
            }
        }
        page.clear();
        shas.clear();
    }

    public Count count() {
        countPage();
        int batch = properties.embedding().batchSize();
        return new Count(texts, cached, (texts + batch - 1) / batch, tokens);
    }
}
