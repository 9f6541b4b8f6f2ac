package dev.cascade.jobs;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cascade.jobs.DoctorReport.Finding;
import dev.cascade.jobs.DoctorReport.Level;
import dev.cascade.jobs.RunReport.Problem;

/// One question about a root that can be asked whatever state the root is in.
///
/// @param name in snake_case
public record Check(String name, Look look) {

    /// Looks and changes nothing. Whatever it throws is told as unknown.
    public interface Look {
        Answer at() throws Exception;
    }

    /// What can be done without any danger to what people wrote or what is indexed.
    public interface Cure {

        /// Does it and says as one clause what was done.
        String apply() throws Exception;
    }

    /// What a check found.
    ///
    /// @param seen with numbers
    /// @param details what `seen` counts, the first of it
    /// @param remedy the command or the action that helps; null if none is needed
    /// @param cure what may be done at once; null if that is for a person
    public record Answer(Level level, String seen, List<String> details, @Nullable String remedy,
            @Nullable Cure cure) {

        public static Answer ok(String seen) {
            return new Answer(Level.OK, seen, List.of(), null, null);
        }

        public static Answer unknown(String why, @Nullable String remedy) {
            return new Answer(Level.UNKNOWN, why, List.of(), remedy, null);
        }

        public static Answer warning(String seen, String remedy) {
            return new Answer(Level.WARNING, seen, List.of(), remedy, null);
        }

        public static Answer problem(String seen, String remedy) {
            return new Answer(Level.PROBLEM, seen, List.of(), remedy, null);
        }

        /// What an exception says, in our own words.
        public static Answer thrown(Level level, Throwable thrown) {
            Problem problem = Problems.of(thrown);
            return new Answer(level, problem.message(), List.of(), problem.remedy(), null);
        }

        public Answer listing(List<String> first) {
            return new Answer(level, seen, first, remedy, cure);
        }

        public Answer curedBy(Cure how) {
            return new Answer(level, seen, details, remedy, how);
        }

        /// Both as one, with the remedy and the cure of the worse.
        public Answer and(Answer other) {
            Answer worse = level.compareTo(other.level) >= 0 ? this : other;
            return new Answer(worse.level, seen + "; " + other.seen,
                    Stream.concat(details.stream(), other.details.stream()).toList(),
                    worse.remedy, worse.cure);
        }

        Finding finding(String check, @Nullable String applied) {
            return new Finding(check, level, seen, details, remedy, applied);
        }
    }
}
