package dev.cascade.steps;

import java.nio.file.AccessDeniedException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.cascade.steps.memory.Unavailable;

/// Whether a neighbour, such as the disk, serves nobody just now: several files in a row could not be
/// had, and none between them could. Then the rest of the run is not tried at all.
public final class Outage {

    private static final int IN_A_ROW = 10;

    private final AtomicInteger failed = new AtomicInteger();

    void served() {
        if (!isOn()) {
            failed.set(0);
        }
    }

    /// A file that nobody may read says nothing of the others.
    void refused(Unavailable fault) {
        if (!(fault.getCause() instanceof AccessDeniedException)) {
            failed.incrementAndGet();
        }
    }

    boolean isOn() {
        return failed.get() >= IN_A_ROW;
    }

    String told() {
        return "%d files in a row could not be read".formatted(IN_A_ROW);
    }
}
