package dev.cascade.cron.schedule;

import java.util.function.BiConsumer;

import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;

/// What Quartz runs when the time has come. There is one such job for each root, so that no two of its
/// runs meet in this process, whatever set them off.
@DisallowConcurrentExecution
final class Firing implements Job {

    /// What a trigger calls the job that is to be run.
    static final String JOB = "job";

    private final BiConsumer<ScheduledJob, JobExecutionContext> run;

    Firing(BiConsumer<ScheduledJob, JobExecutionContext> run) {
        this.run = run;
    }

    @Override
    public void execute(JobExecutionContext context) {
        run.accept(ScheduledJob.valueOf(context.getTrigger().getJobDataMap().getString(JOB)),
                context);
    }
}
