package dev.cascade.steps;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ItemProcessor;

import dev.cascade.steps.embed.Embedder.Purpose;
import dev.cascade.steps.embed.EmbedderTrouble;
import dev.cascade.steps.embed.Fault;
import dev.cascade.steps.memory.Unavailable;
import dev.cascade.steps.memory.Vector;

/// Asks for the vectors of one batch. It writes nothing.
///
/// A batch that is refused for what one of its texts says is halved until the guilty one stands alone.
/// An endpoint that cannot be asked now is a neighbour's fault; one that must not be asked again in
/// this run ends the step, and the texts stay owed.
public final class EmbedProcessor implements ItemProcessor<TextBatch, Embedded> {

    /// A wait that is asked for is kept here if it is no longer than this; else the step ends.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private final Asking asking;

    public EmbedProcessor(Asking asking) {
        this.asking = asking;
    }

    @Override
    public @Nullable Embedded process(TextBatch batch) {
        if (batch.isKept()) {
            return new Embedded(batch, batch.had(), Map.of());
        }
        Map<String, String> refused = new HashMap<>();
        if (!asking.isEnded()) {
            ask(batch, batch.texts(), refused);
        }
        return batch.had().isEmpty() && refused.isEmpty() ? null
                : new Embedded(batch, batch.had(), refused);
    }

    private void ask(TextBatch batch, List<OwedText> texts, Map<String, String> refused) {
        List<OwedText> missing = texts.stream()
                .filter(text -> !batch.had().containsKey(text.sha256()))
                .toList();
        if (missing.isEmpty() || asking.isEnded()) {
            return;
        }
        try {
            List<Vector> vectors = asking.embedder()
                    .embed(Purpose.DOCUMENT, missing.stream().map(OwedText::text).toList());
            for (int i = 0; i < vectors.size(); i++) {
                batch.had().put(missing.get(i).sha256(), vectors.get(i));
            }
            asking.served();
        } catch (EmbedderTrouble ex) {
            if (!ex.isOfText()) {
                endOrRetry(ex);
            } else if (missing.size() > 1) {
                int half = missing.size() / 2;
                ask(batch, missing.subList(0, half), refused);
                ask(batch, missing.subList(half, missing.size()), refused);
            } else if (!batch.had().isEmpty() || acceptsAnything()) {
                refused.put(missing.getFirst().sha256(), String.valueOf(ex.getMessage()));
            } else {
                asking.end(ex);
            }
        }
    }

    /// An endpoint that refuses a greeting too has nothing against the text: it is asked wrongly.
    private boolean acceptsAnything() {
        try {
            asking.embedder().embed(Purpose.DOCUMENT, List.of(Asking.HARMLESS));
            asking.served();
            return true;
        } catch (EmbedderTrouble ex) {
            if (!ex.isOfText()) {
                endOrRetry(ex);
            }
            return false;
        }
    }

    private void endOrRetry(EmbedderTrouble ex) {
        if (ex.fault() instanceof Fault.Busy busy
                && busy.after().filter(after -> after.compareTo(LONGEST_WAIT) > 0).isEmpty()) {
            busy.after().ifPresent(EmbedProcessor::await);
            throw new Unavailable(String.valueOf(ex.getMessage()), ex);
        }
        asking.end(ex);
    }

    private static void await(Duration wait) {
        try {
            Thread.sleep(wait);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
