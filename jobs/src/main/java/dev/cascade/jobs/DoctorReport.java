package dev.cascade.jobs;

import java.util.List;

import org.jspecify.annotations.Nullable;

/// How a root and the ground that it stands on were found.
///
/// @param verdict the worst level of any finding
/// @param findings one for each check, the worst first
public record DoctorReport(String root, Level verdict, List<Finding> findings,
        List<String> warnings) {

    public DoctorReport {
        findings = List.copyOf(findings);
        warnings = List.copyOf(warnings);
    }

    /// - `OK`: as it should be
    /// - `UNKNOWN`: it could not be seen, which says neither
    /// - `WARNING`: things go on, not as well or as safely as they could
    /// - `PROBLEM`: something is broken, or nothing goes on
    public enum Level {
        OK, UNKNOWN, WARNING, PROBLEM
    }

    /// What one check found.
    ///
    /// @param check its name
    /// @param seen with numbers; for what is unknown, why
    /// @param details what `seen` counts, the first of it
    /// @param cure the command or the action that helps; null if none is needed
    /// @param applied what was done about it, after which the rest was seen; or why nothing was; null
    /// if nothing was to be done
    public record Finding(String check, Level level, String seen, List<String> details,
            @Nullable String cure, @Nullable String applied) {

        public Finding {
            details = List.copyOf(details);
        }
    }
}
