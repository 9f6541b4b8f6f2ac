package dev.cascade.cron.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import dev.cascade.cron.report.ExitCode;
import dev.cascade.cron.report.RunTold;
import dev.cascade.jobs.Chore;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunReport.Outcome;
import dev.cascade.jobs.RunReport.Problem;

/// How a run is told: one countable line, what is wrong, and the next command to type.
final class RunOutput {

    private static final int SHOWN_FAILURES = 20;
    private static final int SHOWN_WARNINGS = 10;

    private final Session session;

    RunOutput(Session session) {
        this.session = session;
    }

    ExitCode tell(RunReport report) {
        ExitCode code = ExitCode.of(report);
        Problem problem = report.problem();
        Output output = session.output();
        output.result(RunTold.of(report),
                () -> text(report));
        if (problem != null && !output.isJson()) {
            output.problem(new CliProblem(code, problem.message(), problem.remedy()));
        }
        output.flush();
        return code;
    }

    private void text(RunReport report) {
        Output output = session.output();
        List<String> warnings = report.warnings();
        warnings.stream().limit(SHOWN_WARNINGS).forEach(warning -> output.note("%s", warning));
        if (warnings.size() > SHOWN_WARNINGS) {
            output.note("… and %d more warnings; --json lists them",
                    warnings.size() - SHOWN_WARNINGS);
        }
        if (report.problem() == null) {
            output.line("%s", summary(report));
            report.failures()
                    .stream()
                    .limit(SHOWN_FAILURES)
                    .forEach(failure -> output
                            .line("  %s %s", failure.retryable() ? "waits: " : "failed:",
                                    failure.reason()));
            if (report.failing() > SHOWN_FAILURES) {
                output.line("  … and %d more", report.failing() - SHOWN_FAILURES);
            }
            report.gates()
                    .forEach(gate -> output.line("  held:   gate %d: %s", gate.id(),
                            gate.summary()));
            output.note("next: %s", next(report));
        }
    }

    private static String summary(RunReport report) {
        String did = report.executionId() == null ? "Nothing to do"
                : report.outcome() == Outcome.STOPPED ? "Stopped" : switch (report.job()) {
                    case "rebuild" -> "Rebuilt";
                    case "verify" -> "Compared";
                    case "tend" -> "Kept house";
                    case "backup" -> "Copied the state database";
                    default -> "Indexed";
                };
        return "%s: %s".formatted(did, counts(report));
    }

    static String counts(RunReport report) {
        double seconds = report.durationMs() / 1000.0;
        return switch (report.job()) {
            case "verify" -> String.format(Locale.ROOT, "%d files, %d differ; %.1f s",
                    report.files().seen(), report.failing(), seconds);
            case "tend", "backup" -> String.format(Locale.ROOT, "%.1f s", seconds);
            default -> filesAndEntries(report);
        };
    }

    private static String filesAndEntries(RunReport report) {
        RunReport.Files files = report.files();
        return String.format(Locale.ROOT,
                "%d new, %d modified, %d deleted, %d unchanged, %d failed; %d entries written, %d deleted, %d kept; %.1f s",
                files.added(), files.modified(), files.deleted(), files.unchanged(),
                report.failing(), report.entries().upserted(), report.entries().deleted(),
                report.entries().kept(), report.durationMs() / 1000.0);
    }

    private String next(RunReport report) {
        if (report.outcome() == Outcome.STOPPED && report.job().equals("rebuild")) {
            return command("rebuild");
        }
        if (Stream.of(Chore.values()).anyMatch(chore -> chore.job().equals(report.job()))) {
            return command(report.failing() == 0 ? "status" : "verify");
        }
        if (report.outcome() == Outcome.STOPPED && report.executionId() != null) {
            return command("jobs restart %d".formatted(report.executionId()));
        }
        if (!report.gates().isEmpty()) {
            return command("gates");
        }
        if (report.more()) {
            return command("sync");
        }
        if (report.failures().stream().anyMatch(RunReport.Trouble::retryable)) {
            return command("fix --apply");
        }
        return report.failures().isEmpty() ? command("search \"…\"") : command("fix");
    }

    private String command(String words) {
        return "cascade %s%s".formatted(words, session.rootOption());
    }
}
