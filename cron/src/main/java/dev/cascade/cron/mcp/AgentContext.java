package dev.cascade.cron.mcp;

import java.time.Clock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;
import dev.cascade.steps.memory.MemoryPath;

/// The root that an agent asks about, and how it is brought in step.
///
/// @param settings
///            read anew for each call, for a server lives long
/// @param runs
///            starts a run that a signal can end in good order
public record AgentContext(Home home, Supplier<CascadeProperties> settings, Runs runs,
        Clock clock) {

    /// Runs that an agent asked for.
    public interface Runs {

        /// One run, to its end.
        ///
        /// @throws Held
        ///             if another run holds the root for too long
        RunReport reconcile(ReconcileRequest request) throws Held;
    }

    /// The path below the root that an agent names, as hits show it; null for the root itself.
    ///
    /// @throws IllegalArgumentException
    ///             if it leads out of the root
    @Nullable
    MemoryPath path(@Nullable String relative) {
        return relative == null ? null : MemoryPath.named(relative).orElse(null);
    }
}
