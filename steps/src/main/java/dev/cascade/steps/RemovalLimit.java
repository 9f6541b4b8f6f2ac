package dev.cascade.steps;

import dev.cascade.config.CascadeProperties;

/// How many files may still vanish in one run before a person is asked: removed ones, and ones that
/// lose all of their entries.
public final class RemovalLimit {

    private static final long UNMEASURED = -1;

    private final Reconciliation run;
    private long known = UNMEASURED;
    private long gone;
    private boolean exceeded;

    public RemovalLimit(Reconciliation run) {
        this.run = run;
    }

    /// Whether so many more may go. A handful may always; only for more are the known files counted.
    /// Once something is held, nothing more goes.
    boolean allows(long more) {
        if (more == 0 || exceeded) {
            return more == 0;
        }
        return gone + more <= guard().limit(0) || gone + more <= files();
    }

    void exceed() {
        exceeded = true;
    }

    void take(long files) {
        gone += files;
    }

    /// The files of which something is in the index, as they were when they were first counted.
    long known() {
        if (known == UNMEASURED) {
            known = run.gates().knownFiles();
        }
        return known;
    }

    /// The most files that may go in this run.
    long files() {
        return guard().limit(known());
    }

    private CascadeProperties.Guard guard() {
        return run.properties().guard();
    }
}
