package dev.cascade.jobs;

/// A job that keeps a root sound and indexes nothing.
///
/// - `TEND`: keeps house
/// - `VERIFY`: reads every file and compares tree, ledger and index
/// - `BACKUP`: copies the state database
public enum Chore {

    TEND(TendJob.NAME), VERIFY(VerifyJob.NAME), BACKUP(BackupJob.NAME);

    private final String job;

    Chore(String job) {
        this.job = job;
    }

    /// The name of the job, which is also that of its clocks.
    public String job() {
        return job;
    }
}
