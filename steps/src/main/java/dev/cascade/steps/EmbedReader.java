package dev.cascade.steps;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

import dev.cascade.steps.Vectors.Due;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.Vector;

/// Gathers the entries that owe a vector, over all files, into full batches. What is owed is what the
/// index lacks, so a restart needs no position. Texts whose vector is kept come in batches of their own.
public final class EmbedReader implements ItemStreamReader<TextBatch> {

    /// Entries whose texts are looked up together.
    private static final int PAGE = 512;

    private final Reconciliation run;
    private final Vectors vectors;
    private final Asking asking;
    private final RunBudget budget;
    private final Deque<TextBatch> ready = new ArrayDeque<>();
    private final List<OwedText> waiting = new ArrayList<>();
    private Iterator<Due> due = Collections.emptyIterator();
    private @Nullable IndexView view;
    private int width;

    public EmbedReader(Reconciliation run, Vectors vectors, Asking asking, RunBudget budget) {
        this.run = run;
        this.vectors = vectors;
        this.asking = asking;
        this.budget = budget;
    }

    @Override
    public void open(ExecutionContext context) {
        vectors.begin();
        if (vectors.pause().isPresent()) {
            return;
        }
        IndexView opened = IndexView.open(run.root().home().index(run.target().generation()));
        view = opened;
        due = vectors.due(opened, run.selection());
        width = opened.vectorWidth(vectors.space());
        if (due.hasNext()) {
            asking.begin(width);
        }
    }

    @Override
    public @Nullable TextBatch read() {
        if (asking.isEnded()) {
            return null;
        }
        while (ready.isEmpty() && due.hasNext()) {
            gather();
        }
        if (ready.isEmpty() && !waiting.isEmpty()) {
            ready.add(TextBatch.toAsk(waiting));
            waiting.clear();
        }
        TextBatch next = ready.poll();
        if (next != null && !next.isKept()) {
            if (!budget.hasRequestsLeft()) {
                return null;
            }
            budget.take(next);
        }
        return next;
    }

    private void gather() {
        if (view == null) {
            throw new IllegalStateException("read before open");
        }
        Map<String, OwedText> page = new LinkedHashMap<>();
        IndexView.Shown shown = view.shown();
        for (int i = 0; i < PAGE && due.hasNext(); i++) {
            add(due.next(), shown, page);
        }
        Map<String, Vector> kept = vectors.kept(page.keySet(), width);
        if (!kept.isEmpty()) {
            ready.add(TextBatch.kept(page.values()
                    .stream()
                    .filter(text -> kept.containsKey(text.sha256()))
                    .toList(), kept));
        }
        page.values()
                .stream()
                .filter(text -> !kept.containsKey(text.sha256()))
                .forEach(this::enqueue);
    }

    private void add(Due next, IndexView.Shown shown, Map<String, OwedText> page) {
        Entry entry = shown.entry(next.document()).entry();
        String text = run.index().text(entry);
        if (!text.isEmpty()) {
            String sha = run.properties().embedding().textSha256(text);
            page.computeIfAbsent(sha, _ -> new OwedText(text, sha))
                    .places()
                    .add(new OwedText.Place(next.name().path(), entry, next.name().digest(),
                            next.attempts()));
        }
    }

    /// A text that failed before is asked for alone, so that it takes no other along.
    private void enqueue(OwedText text) {
        if (text.places().stream().anyMatch(place -> place.attempts() > 0)) {
            ready.add(TextBatch.toAsk(List.of(text)));
            return;
        }
        waiting.add(text);
        if (waiting.size() >= run.properties().embedding().batchSize()) {
            ready.add(TextBatch.toAsk(waiting));
            waiting.clear();
        }
    }

    @Override
    public void close() {
        if (view != null) {
            view.close();
            view = null;
        }
    }
}
