package dev.cascade.cron.report;

/// An execution was asked to stop at its next chunk border.
public record StoppingReport(long executionId, String result) {

    public static StoppingReport of(long executionId) {
        return new StoppingReport(executionId, "stopping");
    }
}
