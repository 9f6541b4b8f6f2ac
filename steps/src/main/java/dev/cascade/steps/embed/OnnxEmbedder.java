package dev.cascade.steps.embed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.onnxruntime.OrtException;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ModelFolder;
import dev.cascade.steps.embed.Tokenizer.Tokens;
import dev.cascade.steps.memory.Vector;

/// Runs a model of this machine, in this process. It reaches for no network.
///
/// The model is loaded when the first text comes: a run whose vectors are all kept needs none.
final class OnnxEmbedder implements Embedder {

    /*
     * Memory is bounded by what one run of the model holds, times how many run at once. A run takes
     * as many texts as fit into the tokens of the longest text there can be, shortest first, so that
     * little of it is padding. Each caller works itself, so only the processors that callers leave
     * over get threads of their own.
     */

    private static final Logger log = LoggerFactory.getLogger(OnnxEmbedder.class);

    private final CascadeProperties.Embedding settings;
    private final ModelFolder folder;
    private final int atOnce;
    private final Semaphore turns;
    private final AtomicLong runs = new AtomicLong();
    private final Object loading = new Object();
    private int width;
    private @Nullable Loaded loaded;
    private @Nullable EmbedderTrouble unusable;
    private volatile boolean closed;

    private record Loaded(Tokenizer tokenizer, OnnxModel model, int mostTokens) {}

    /// @param width
    ///            the width that every vector must have; 0 for the model's own
    OnnxEmbedder(CascadeProperties.Embedding settings, int width) {
        this.settings = settings;
        this.folder = settings.localModel();
        this.width = settings.dimensions() > 0 ? settings.dimensions() : width;
        this.atOnce = settings.atOnce();
        this.turns = new Semaphore(atOnce);
    }

    @Override
    public List<Vector> embed(Purpose purpose, List<String> texts) {
        if (texts.isEmpty() || texts.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("there is nothing to embed in a blank text");
        }
        try {
            turns.acquire();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw trouble("was not waited for", new Fault.Busy(Optional.empty()), ex);
        }
        try {
            Loaded loaded = loaded();
            List<Tokens> tokens = texts.stream()
                    .map(text -> tokens(loaded.tokenizer(), prefix(purpose) + text))
                    .toList();
            requireShort(tokens, loaded.mostTokens());
            return vectors(loaded.model(), tokens);
        } finally {
            turns.release();
        }
    }

    private String prefix(Purpose purpose) {
        return switch (purpose) {
            case DOCUMENT -> settings.documentPrefix();
            case QUERY -> settings.queryPrefix();
        };
    }

    private Tokens tokens(Tokenizer tokenizer, String text) {
        try {
            return tokenizer.tokens(text);
        } catch (RuntimeException ex) {
            throw trouble("has a tokenizer that does not take a text (%s)".formatted(
                    NativeCode.said(ex)), new Fault.Refused(), ex);
        }
    }

    private Loaded loaded() {
        synchronized (loading) {
            if (closed) {
                throw trouble("was closed", new Fault.Busy(Optional.empty()), null);
            }
            if (unusable != null) {
                throw unusable;
            }
            if (loaded == null) {
                long begin = System.nanoTime();
                try {
                    loaded = load();
                } catch (ModelProblem ex) {
                    unusable = new EmbedderTrouble(String.valueOf(ex.getMessage()),
                            new Fault.Misconfigured(), ex);
                    throw unusable;
                }
                log.debug("{} loaded in {} ms", folder.model(),
                        (System.nanoTime() - begin) / 1_000_000);
            }
            return loaded;
        }
    }

    private Loaded load() throws ModelProblem {
        ModelCard card = ModelCard.of(folder);
        int processors = Runtime.getRuntime().availableProcessors();
        OnnxModel model = OnnxModel.of(folder.model(), card, processors - atOnce + 1);
        try {
            requireSame();
            if (model.width() > 0) {
                requireWidth(model.width());
            }
            Tokenizer tokenizer = Tokenizer.of(folder.beside("tokenizer.json"));
            return new Loaded(tokenizer, model, card.mostTokens(tokenizer.cut()));
        } catch (ModelProblem ex) {
            close(model);
            throw ex;
        }
    }

    /// The vectors go where those of the model lie that was there when the settings were read.
    private void requireSame() throws ModelProblem {
        try {
            if (!settings.model().equals(settings.withLocalModel().model())) {
                throw new ModelProblem(
                        "%s became another one since Cascade started; start it again"
                                .formatted(folder.model()));
            }
        } catch (IOException ex) {
            throw new ModelProblem("%s cannot be read: %s; try again when it can".formatted(
                    folder.path(), ModelFolder.reason(ex)), ex);
        }
    }

    private void requireWidth(int seen) throws ModelProblem {
        if (seen > CascadeProperties.Embedding.WIDEST) {
            throw new ModelProblem(
                    "%s makes vectors of width %d, wider than the %d that an index holds; take another model"
                            .formatted(folder.model(), seen, CascadeProperties.Embedding.WIDEST));
        }
        if (width > 0 && seen != width) {
            throw new ModelProblem(
                    "%s makes vectors of width %d where %d are wanted; correct cascade.embedding.model-folder or dimensions"
                            .formatted(folder.model(), seen, width));
        }
    }

    private void requireShort(List<Tokens> texts, int most) {
        int longest = texts.stream().mapToInt(Tokens::count).max().orElse(0);
        if (longest > most) {
            throw trouble("takes %d tokens at most, and a text has %d".formatted(most, longest),
                    new Fault.TooLong(), null);
        }
    }

    private List<Vector> vectors(OnnxModel model, List<Tokens> texts) {
        List<Integer> byLength = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> texts.get(i).count()))
                .toList();
        Vector[] vectors = new Vector[texts.size()];
        List<Integer> group = new ArrayList<>();
        for (int i : byLength) {
            if ((group.size() + 1) * texts.get(i).count() > ModelCard.LONGEST) {
                run(model, texts, group, vectors);
                group.clear();
            }
            group.add(i);
        }
        run(model, texts, group, vectors);
        return List.of(vectors);
    }

    private void run(OnnxModel model, List<Tokens> texts, List<Integer> group,
            Vector[] vectors) {
        runs.incrementAndGet();
        try {
            List<float[]> made = model.vectors(group.stream().map(texts::get).toList());
            synchronized (loading) {
                requireWidth(made.getFirst().length);
                width = made.getFirst().length;
            }
            for (int i = 0; i < group.size(); i++) {
                vectors[group.get(i)] = Vector.of(made.get(i));
            }
        } catch (ModelProblem ex) {
            throw new EmbedderTrouble(String.valueOf(ex.getMessage()), new Fault.Misconfigured(),
                    ex);
        } catch (IllegalArgumentException ex) {
            throw trouble("made %s of a text; if it does so of all, take another export"
                    .formatted(ex.getMessage()), new Fault.Refused(), ex);
        } catch (OrtException ex) {
            throw trouble(
                    "could not be run (%s); lower cascade.embedding.max-text if only long texts fail, else take model and tokenizer of one export"
                            .formatted(NativeCode.said(ex)),
                    fault(ex), ex);
        }
    }

    /// A model that cannot be run at all refuses a harmless text too, and is found out by that.
    private Fault fault(OrtException ex) {
        boolean isOutOfMemory = String.valueOf(ex.getMessage())
                .matches("(?is).*(allocate|bad_alloc).*");
        return closed || isOutOfMemory ? new Fault.Busy(Optional.empty()) : new Fault.Refused();
    }

    private EmbedderTrouble trouble(String what, Fault fault, @Nullable Throwable cause) {
        return new EmbedderTrouble("model %s %s".formatted(folder.model(), what), fault, cause);
    }

    @Override
    public long requests() {
        return runs.get();
    }

    /// Ends what is under way and waits for that: native code must not lose its memory while it runs.
    @Override
    public void close() {
        Loaded open;
        synchronized (loading) {
            open = loaded;
            closed = true;
            loaded = null;
        }
        if (open == null) {
            return;
        }
        try {
            open.model().interrupt();
        } catch (OrtException ex) {
            log.debug("{} ends by itself", folder.model(), ex);
        }
        turns.acquireUninterruptibly(atOnce);
        try {
            close(open.model());
            open.tokenizer().close();
        } finally {
            turns.release(atOnce);
        }
    }

    private void close(OnnxModel model) {
        try {
            model.close();
        } catch (OrtException ex) {
            log.debug("{} could not be closed", folder.model(), ex);
        }
    }
}
