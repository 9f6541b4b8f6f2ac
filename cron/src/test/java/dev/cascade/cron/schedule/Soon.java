package dev.cascade.cron.schedule;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for what another thread or process is to bring about.
public final class Soon {

    private static final Duration POLL = Duration.ofMillis(20);

    private Soon() {}

    /// Waits until `condition` holds.
    ///
    /// @throws AssertionError
    ///             if it does not, within `limit`
    public static void expect(Duration limit, String what, BooleanSupplier condition) {
        expect(limit, () -> what, condition);
    }

    /// The same, where what is wrong is known only when it is.
    public static void expect(Duration limit, Supplier<String> what, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > limit.toNanos()) {
                throw new AssertionError("not within %s: %s".formatted(limit, what.get()));
            }
            pause(POLL);
        }
    }

    /// Lets time pass in which something is not to happen.
    public static void pause(Duration length) {
        try {
            Thread.sleep(length);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", ex);
        }
    }
}
