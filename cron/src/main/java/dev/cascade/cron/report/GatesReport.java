package dev.cascade.cron.report;

import java.util.List;

import dev.cascade.jobs.GateReport;

/// All gates that are kept, newest first.
public record GatesReport(List<GateReport> gates) {}
