package dev.cascade.cron.mcp;

import dev.cascade.jobs.RunLock.Held;

/// One thing that an agent may ask for.
interface AgentTool {

    /// What it is called.
    String name();

    /// What it is for, in words for a model that has to choose.
    String description();

    /// Its arguments, as JSON Schema.
    String arguments();

    /// Whether it leaves everything as it is.
    boolean isReadOnly();

    /// The answer: a record that is told as JSON.
    ///
    /// @throws IllegalArgumentException
    ///             if an argument makes no sense
    /// @throws Held
    ///             if another run holds the root
    Object call(Arguments arguments) throws Held;
}
