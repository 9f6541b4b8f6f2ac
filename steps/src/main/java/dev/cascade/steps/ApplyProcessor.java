package dev.cascade.steps;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

import org.springframework.batch.infrastructure.item.ItemProcessor;

import dev.cascade.config.KindSpec;
import dev.cascade.steps.SourceReader.Source;
import dev.cascade.steps.memory.Change;
import dev.cascade.steps.memory.EntryDiff;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.Unavailable;
import dev.cascade.steps.parse.MemoryParser;
import dev.cascade.steps.tree.Reason;
import dev.cascade.steps.tree.UnreadableTree;

/// Looks at one owed file, reads it once, and says what must be done about it. It writes nothing.
///
/// The ledger's word is a hint; the disk decides. What was to go and is there is read; what was to be
/// read and is gone stays owed until a whole walk has missed it too.
public final class ApplyProcessor implements ItemProcessor<Change, Outcome> {

    private final Reconciliation run;
    private final Outage outage;
    private final SourceReader reader;
    private final MemoryParser parser = new MemoryParser();

    public ApplyProcessor(Reconciliation run, Outage outage) {
        this.run = run;
        this.outage = outage;
        this.reader = new SourceReader(run.root().home().root(),
                run.properties().reconcile().maxFileSize().toBytes(), run.clock());
    }

    @Override
    public Outcome process(Change change) {
        run.tally().beat();
        if (outage.isOn()) {
            return new Outcome.NotTried(change);
        }
        Optional<KindSpec> kind = run.root().kinds().named(change.kind());
        boolean removed = change.wanted() == null;
        try {
            if (kind.isEmpty() || (removed && !canBeThere(change.path()))) {
                return new Outcome.Gone(change);
            }
            Source source = reader.read(change.path(), kind.get());
            return source.steady() ? diff(change, source, parser.parse(source.file(), kind.get()))
                    : new Outcome.StillOwed(change, "changed while it was read");
        } catch (NoSuchFileException ex) {
            return removed ? new Outcome.Gone(change)
                    : new Outcome.StillOwed(change, "went away since the walk saw it");
        } catch (UnreadableTree ex) {
            throw new Unavailable("%s: %s".formatted(change.path(), ex.getMessage()), ex);
        } catch (IOException ex) {
            throw new Unavailable("%s: cannot be read: %s".formatted(change.path(), Reason.of(ex)),
                    ex);
        }
    }

    /// A name that is no UTF-8 cannot be looked at again; the walk that missed it has the last word.
    private boolean canBeThere(MemoryPath path) {
        return path.isUtf8() && run.root().tree().covers(path);
    }

    private Outcome diff(Change change, Source source, MemoryDocument document) {
        EntryDiff diff = EntryDiff.between(run.index().digests(change.path()), document.entries());
        return diff.isEmpty() && run.index().holds(document)
                ? new Outcome.Untouched(change, source.seen(), source.unsure(), document)
                : new Outcome.Indexed(change, source.seen(), source.unsure(), document, diff);
    }
}
