package dev.cascade.steps.index;

import java.io.Serial;
import java.nio.file.Path;

/// An index that belongs to another root or another generation than the one asked for.
public final class ForeignIndex extends IndexProblem {

    @Serial
    private static final long serialVersionUID = 1L;

    ForeignIndex(Path folder, IndexHeader seen, IndexHeader expected) {
        super("the index in %s belongs to root %s, generation %d; expected root %s, generation %d"
                .formatted(folder, seen.rootId(), seen.generation(), expected.rootId(),
                        expected.generation()),
                "Put the right index back, or run `cascade rebuild`, which makes a new one from the Markdown.");
    }
}
