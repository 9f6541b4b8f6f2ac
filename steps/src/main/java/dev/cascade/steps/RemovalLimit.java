package dev.cascade.steps;

import dev.cascade.config.CascadeProperties;

/// How many files may still vanish in one run before a person is asked: removed ones, and ones that
/// lose all of their entries.
public final class RemovalLimit {

    private final CascadeProperties.Guard guard;
    private long limit;
    private long gone;

    public RemovalLimit(CascadeProperties.Guard guard) {
        this.guard = guard;
        this.limit = guard.limit(0);
    }

    /// Measures the limit against the files that are known before anything goes.
    void measure(long known) {
        limit = guard.limit(known);
    }

    boolean allows(long more) {
        return gone + more <= limit;
    }

    void take(long files) {
        gone += files;
    }

    long files() {
        return limit;
    }
}
