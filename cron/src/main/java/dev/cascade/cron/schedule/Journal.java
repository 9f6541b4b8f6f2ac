package dev.cascade.cron.schedule;

import java.nio.file.Path;
import java.util.List;

import dev.cascade.config.Schedule;
import dev.cascade.jobs.RunReport;

/// Hears what happens while roots are served. It is told of what begins and ends, not of what goes on.
///
/// Several threads speak to it.
public interface Journal {

    /// A root is on a schedule.
    void serves(Path root, Schedule schedule);

    /// What an earlier process left behind.
    void left(Path root, String what);

    /// A run came to an end, of itself or because it was stopped.
    ///
    /// @param warnings
    ///            those that the run before did not have
    void ran(Path root, RunReport report, List<String> warnings);

    /// From now on firings are skipped.
    void skips(Path root, String reason, String remedy);

    /// From now on runs fail, or cannot begin.
    void troubled(Path root, String what, String remedy);

    /// The trouble is over.
    void mended(Path root);

    /// Other settings are in force.
    void changed(Path root, List<Change> changes);

    /// Settings cannot be used; those before stay in force, if there were any.
    void refused(Path root, String what, String remedy);

    /// Something is odd about the settings.
    void warned(Path root, String warning);

    /// A setting that says something else now.
    record Change(String key, String before, String after, String origin) {}
}
