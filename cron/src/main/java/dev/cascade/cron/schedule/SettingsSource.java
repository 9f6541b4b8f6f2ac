package dev.cascade.cron.schedule;

import java.nio.file.Path;
import java.util.List;

import dev.cascade.config.Home;
import dev.cascade.config.Settings;

/// Where the settings of a root come from, again and again.
public interface SettingsSource {

    /// The settings as they are said now.
    ///
    /// @throws dev.cascade.config.ConfigurationProblem
    ///             if they cannot be used
    Settings load(Home home);

    /// The files that they are read from, whether these exist or not.
    List<Path> files(Home home);
}
