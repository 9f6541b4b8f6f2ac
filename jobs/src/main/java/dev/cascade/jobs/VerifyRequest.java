package dev.cascade.jobs;

import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;

/// What a comparison is asked to do.
///
/// @param deep whether every file is read, and the files of index and database with all their checksums
/// @param repair whether what differs is made owed
public record VerifyRequest(boolean deep, boolean repair) {

    JobParameters parameters(long run) {
        return new JobParametersBuilder().addLong("run", run)
                .addString("deep", Boolean.toString(deep), false)
                .addString("repair", Boolean.toString(repair), false)
                .toJobParameters();
    }
}
