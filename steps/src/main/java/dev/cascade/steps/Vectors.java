package dev.cascade.steps;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Digests;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.IndexView.EntryName;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.ledger.VectorCache;
import dev.cascade.steps.ledger.VectorFailure;
import dev.cascade.steps.ledger.VectorLedger;
import dev.cascade.steps.ledger.VectorLedger.EntryKey;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.TextVector;
import dev.cascade.steps.memory.Vector;

/// The vectors of one root, where an embedder is configured: which are owed, which are kept, and when
/// the embedder may be asked.
///
/// @param properties of which the embedder and the waits count here
public record Vectors(CascadeProperties properties, VectorCache cache, VectorLedger ledger,
        Clock clock) {

    private CascadeProperties.Embedding settings() {
        return properties.embedding();
    }

    public String space() {
        return settings().space();
    }

    /// The vector of `text`, in this space.
    TextVector of(String text, Vector vector) {
        return new TextVector(space(),
                Digests.sha256(text.getBytes(StandardCharsets.UTF_8)), vector);
    }

    /// The outcomes of a chunk with the vectors that are kept, looked up all at once, or that stand in
    /// the live generation. Nothing is asked for. It is for the thread of the step, which holds the one
    /// connection to the state.
    List<Outcome> withKept(Target target, List<Outcome> outcomes) {
        MemoryIndex index = target.index();
        IdentityHashMap<Entry, String> texts = new IdentityHashMap<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Indexed indexed) {
                for (Entry entry : indexed.diff().upserts()) {
                    String text = index.text(entry);
                    if (!text.isEmpty()) {
                        texts.put(entry, text);
                    }
                }
            }
        }
        Map<String, Vector> known = kept(texts.values()
                .stream()
                .map(settings()::textSha256)
                .collect(Collectors.toSet()), index.vectorWidth(space()));
        return known.isEmpty() && target.isLive() ? outcomes
                : outcomes.stream()
                        .map(outcome -> outcome instanceof Outcome.Indexed indexed
                                ? indexed.with(kept(target, indexed, texts, known))
                                : outcome)
                        .toList();
    }

    /// The vectors that are kept for these texts and fit into the index. Those of another width were
    /// made by another model of the same name.
    ///
    /// @param width that of the vectors in the index; 0 if there are none
    Map<String, Vector> kept(Collection<String> textSha256, int width) {
        Map<String, Vector> found = cache.find(textSha256);
        int wanted = width > 0 ? width
                : found.values().stream().mapToInt(Vector::width).findFirst().orElse(0);
        found.values().removeIf(vector -> vector.width() != wanted);
        return found;
    }

    /// Forgets the trouble with entries that have changed or are no more.
    void changed(List<EntryKey> entries) {
        ledger.settle(space(), List.of(), entries);
    }

    private Map<String, TextVector> kept(Target target, Outcome.Indexed indexed,
            IdentityHashMap<Entry, String> texts,
            Map<String, Vector> known) {
        Map<String, TextVector> kept = new HashMap<>();
        for (Entry entry : indexed.diff().upserts()) {
            String text = texts.get(entry);
            Vector vector = text == null ? null : known.get(settings().textSha256(text));
            if (text != null && vector != null) {
                kept.put(entry.id(), of(text, vector));
            } else if (text != null) {
                target.standing(indexed.path(), entry.id())
                        .filter(standing -> isOf(standing, text))
                        .ifPresent(standing -> kept.put(entry.id(), standing));
            }
        }
        return kept;
    }

    private boolean isOf(TextVector vector, String text) {
        return vector.space().equals(space()) && vector.textSha256()
                .equals(Digests.sha256(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Keeps what was asked for, and notes what was of use.
    void keep(List<Embedded> chunk) {
        Map<String, Vector> fresh = new HashMap<>();
        List<String> used = new ArrayList<>();
        for (Embedded embedded : chunk) {
            if (embedded.batch().isKept()) {
                used.addAll(embedded.vectors().keySet());
            } else {
                fresh.putAll(embedded.vectors());
            }
        }
        cache.keep(fresh, used);
    }

    void settle(List<EntryKey> given, List<VectorFailure> failed) {
        ledger.settle(space(), failed, given);
    }

    /// Says that this embedder is the one that is asked from now on.
    void begin() {
        if (ledger.embedder().filter(this::isThis).isEmpty()) {
            ledger.use(
                    new VectorLedger.Embedder(settings().digest(), space(), settings().shownModel(),
                            0, null, null));
        }
    }

    private boolean isThis(VectorLedger.Embedder known) {
        return known.settings().equals(settings().digest());
    }

    /// Until when the embedder is left alone, and why; empty if it may be asked.
    public Optional<VectorLedger.Embedder> pause() {
        return ledger.embedder()
                .filter(this::isThis)
                .filter(known -> known.isPaused(clock.instant()));
    }

    /// Leaves the embedder alone for a while, longer each time.
    ///
    /// @param asked how long it wants to be left alone, if it said so
    Instant rest(String reason, Optional<Duration> asked) {
        int attempts = ledger.embedder().map(VectorLedger.Embedder::attempts).orElse(0) + 1;
        Instant until = until(attempts);
        Instant wanted = asked.map(clock.instant()::plus).orElse(until);
        Instant later = wanted.isAfter(until) ? wanted : until;
        ledger.use(new VectorLedger.Embedder(settings().digest(), space(), settings().shownModel(),
                attempts, later, reason));
        return later;
    }

    /// The embedder answered: it is well.
    void well() {
        if (ledger.embedder().filter(known -> known.attempts() > 0).isPresent()) {
            ledger.use(
                    new VectorLedger.Embedder(settings().digest(), space(), settings().shownModel(),
                            0, null, null));
        }
    }

    /// When something is tried again after so many attempts.
    Instant until(int attempts) {
        return clock.instant().plus(new Backoff(properties.retry()).after(attempts));
    }

    /// An entry that lacks its vector and may be asked for now.
    ///
    /// @param document its number in the view
    record Due(int document, EntryName name, int attempts) {}

    /// The selected entries that lack their vector and may be asked for now.
    Iterator<Due> due(IndexView view, Selection selection) {
        return new DueEntries(view, selection, ledger.troubles(space()));
    }

    /// Whether a run would have any vector to ask for, or to tell that another embedder is asked now.
    public boolean isAnythingDue(IndexView view, Selection selection) {
        return ledger.embedder().filter(known -> !isThis(known)).isPresent()
                || (pause().isEmpty() && due(view, selection).hasNext());
    }

    /// How many entries lack a vector that may yet be had: all but those that the embedder refuses for
    /// what they say.
    public long missing(IndexView view) {
        Map<EntryKey, VectorFailure> troubles = ledger.troubles(space());
        long missing = 0;
        for (Iterator<Integer> owing = view.owingVectors(space()); owing.hasNext();) {
            EntryName name = view.name(owing.next());
            VectorFailure trouble = troubles.get(new EntryKey(name.path(), name.entryId()));
            boolean isRefused = trouble != null && trouble.until() == null
                    && trouble.digest().equals(name.digest());
            missing += isRefused ? 0 : 1;
        }
        return missing;
    }

    private final class DueEntries implements Iterator<Due> {

        private final IndexView view;
        private final Selection selection;
        private final Map<EntryKey, VectorFailure> troubles;
        private final Iterator<Integer> owing;
        private final Instant now = clock.instant();
        private @Nullable Due next;

        DueEntries(IndexView view, Selection selection,
                Map<EntryKey, VectorFailure> troubles) {
            this.view = view;
            this.selection = selection;
            this.troubles = troubles;
            this.owing = view.owingVectors(space());
        }

        @Override
        public boolean hasNext() {
            while (next == null && owing.hasNext()) {
                next = due(owing.next());
            }
            return next != null;
        }

        private @Nullable Due due(int document) {
            EntryName name = view.name(document);
            if (!isSelected(name.path(), document)) {
                return null;
            }
            VectorFailure trouble = troubles.get(new EntryKey(name.path(), name.entryId()));
            if (trouble == null || !trouble.digest().equals(name.digest())) {
                return new Due(document, name, 0);
            }
            boolean waits = trouble.until() == null || trouble.until().isAfter(now);
            return waits ? null : new Due(document, name, trouble.attempts());
        }

        private boolean isSelected(MemoryPath path, int document) {
            return selection.isEverything() || selection.contains(path,
                    selection.kind().isEmpty() ? ""
                            : view.entry(document).entry().row().kind());
        }

        @Override
        public Due next() {
            if (!hasNext() || next == null) {
                throw new java.util.NoSuchElementException();
            }
            Due due = next;
            next = null;
            return due;
        }
    }
}
