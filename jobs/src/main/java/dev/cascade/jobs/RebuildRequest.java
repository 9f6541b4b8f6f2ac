package dev.cascade.jobs;

import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;

/// What a rebuild is asked to do.
///
/// @param acceptFailures whether the new generation is published even if files, or vectors, that the
///        live one has could not be had for it
public record RebuildRequest(boolean acceptFailures) {

    /// The parameters of the execution. `run` identifies it; the rest says what it does.
    JobParameters parameters(long run) {
        return new JobParametersBuilder().addLong("run", run)
                .addString("acceptFailures", Boolean.toString(acceptFailures), false)
                .toJobParameters();
    }

    /// What [#parameters] was made from.
    static RebuildRequest of(JobParameters parameters) {
        return new RebuildRequest(Boolean.parseBoolean(parameters.getString("acceptFailures")));
    }
}
