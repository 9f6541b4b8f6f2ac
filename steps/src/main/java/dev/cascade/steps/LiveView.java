package dev.cascade.steps;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.index.IndexProblem;
import dev.cascade.steps.index.IndexView;

/// The generation that is searched while another one is built, as it stood at the last [#refresh]. If
/// it cannot be read there is nothing to take over from it, and that is told.
public final class LiveView implements Closeable {

    private final Path folder;
    private final Tally tally;
    private @Nullable IndexView view;

    public LiveView(Path folder, Tally tally) {
        this.folder = folder;
        this.tally = tally;
        refresh();
    }

    /// Shows what was committed up to now.
    public void refresh() {
        close();
        try {
            view = IndexView.open(folder);
        } catch (IndexProblem ex) {
            tally.warn("nothing can be taken over from the index that is searched now: "
                    + ex.getMessage());
        }
    }

    Optional<IndexView> view() {
        return Optional.ofNullable(view);
    }

    @Override
    public void close() {
        if (view != null) {
            view.close();
            view = null;
        }
    }
}
