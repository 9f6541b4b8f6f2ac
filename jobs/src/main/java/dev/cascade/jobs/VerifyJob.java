package dev.cascade.jobs;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.step.Step;

import dev.cascade.steps.Comparison;
import dev.cascade.steps.Verification.Checked;
import dev.cascade.steps.ledger.Upkeep;

/// Compares tree, ledger and index: compare, confirm; with every file read also check-index and
/// check-database; and repair, if that is asked for.
final class VerifyJob {

    static final String NAME = "verify";

    private static final int CHUNK = 1000;

    private final Comparison comparison;
    private final VerifyRequest request;
    private final Upkeep upkeep;
    private final JobParts parts;

    VerifyJob(Comparison comparison, VerifyRequest request, Upkeep upkeep, JobParts parts) {
        this.comparison = comparison;
        this.request = request;
        this.upkeep = upkeep;
        this.parts = parts;
    }

    Job job() {
        SimpleJobBuilder job = parts.job(NAME)
                .start(compare())
                .next(parts.stoppable("confirm", comparison.confirm()));
        if (request.deep()) {
            job.next(parts.stoppable("check-index", comparison.checkIndex()))
                    .next(parts.stoppable("check-database", comparison.checkDatabase(upkeep)));
        }
        if (request.repair()) {
            job.next(parts.stoppable("repair", comparison.repair()));
        }
        return job.build();
    }

    private Step compare() {
        return parts.step("compare")
                .<Checked, Checked>chunk(CHUNK)
                .reader(comparison.reader())
                .writer(comparison.writer())
                .interruptionPolicy(parts.interruption())
                .build();
    }
}
