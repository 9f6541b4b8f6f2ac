package dev.cascade.jobs;

import java.nio.file.Path;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.steps.ledger.Backups;
import dev.cascade.steps.ledger.RootIdentity;

/// Copies the state database: sweep, copy, check, publish, prune. It goes on beside a run.
final class BackupJob {

    static final String NAME = "backup";

    private final Backups backups;
    private final Path database;
    private final RootIdentity root;
    private final Path copy;
    private final int keep;
    private final JobParts parts;

    BackupJob(Backups backups, Path database, RootIdentity root, Path copy, int keep,
            JobParts parts) {
        this.backups = backups;
        this.database = database;
        this.root = root;
        this.copy = copy;
        this.keep = keep;
        this.parts = parts;
    }

    Job job() {
        return parts.job(NAME).start(parts.stoppable("sweep", (contribution, _) -> {
            contribution.incrementWriteCount(backups.sweep(root));
            return RepeatStatus.FINISHED;
        })).next(parts.stoppable("copy", (contribution, _) -> {
            backups.copy(database, copy);
            contribution.incrementWriteCount(1);
            return RepeatStatus.FINISHED;
        })).next(parts.stoppable("check", (_, _) -> {
            backups.check(copy);
            return RepeatStatus.FINISHED;
        })).next(parts.stoppable("publish", (_, _) -> {
            backups.publish(copy);
            return RepeatStatus.FINISHED;
        })).next(parts.stoppable("prune", (contribution, _) -> {
            contribution.incrementWriteCount(backups.prune(root, keep, copy).size());
            return RepeatStatus.FINISHED;
        })).build();
    }
}
