package dev.cascade.cron.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.cascade.config.Schedule;
import dev.cascade.config.Settings.Setting;
import dev.cascade.cron.report.RunTold;
import dev.cascade.cron.schedule.Journal;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunReport.Outcome;

/// What `cascade serve` says: runs on stdout, a line each, and on stderr what else happens.
final class ServeJournal implements Journal {

    private static final Set<String> INDEXING = Set.of("reconcile", "rebuild");

    private final Output output;
    private final boolean verbose;
    private final Clock clock;

    /// @param verbose
    ///            whether runs that found nothing to do are told too
    ServeJournal(Output output, boolean verbose, Clock clock) {
        this.output = output;
        this.verbose = verbose;
        this.clock = clock;
    }

    private record Ran(Instant at, Path root, RunTold run) {}

    /// There is a page, and a file with what changing something on it needs.
    synchronized void shows(URI page, String tokenFile) {
        output.note("%s the page is at %s; changing something there needs the token in %s", now(),
                page, tokenFile);
    }

    @Override
    public synchronized void serves(Path root, Schedule schedule) {
        String quiet = schedule.quietHours();
        note(root, "reconcile %s, tend %s, verify %s, backup %s%s".formatted(
                schedule.reconcile().told(), schedule.tend().told(), schedule.verify().told(),
                schedule.backup().told(),
                quiet.isEmpty() ? "" : ", but not in the quiet hours " + quiet));
    }

    @Override
    public synchronized void left(Path root, String what) {
        note(root, what);
    }

    @Override
    public synchronized void ran(Path root, RunReport report, List<String> warnings) {
        warnings.forEach(warning -> note(root, warning));
        boolean isWorthALine = verbose || didSomething(report);
        if (!isWorthALine) {
            return;
        }
        Instant now = now();
        if (output.isJson()) {
            output.json(new Ran(now, root, RunTold.of(report)));
        } else {
            output.line("%s %s %s %s: %s", now, root, report.job(),
                    report.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    RunOutput.counts(report));
        }
        output.flush();
        if (didSomething(report)) {
            report.gates()
                    .forEach(gate -> alarm(root,
                            "gate %d: %s".formatted(gate.id(), gate.summary()),
                            "See `cascade gates --root %s`.".formatted(root)));
        }
    }

    private static boolean didSomething(RunReport report) {
        RunReport.Files files = report.files();
        boolean tried = files.added() + files.modified() + files.deleted() + files.indexed()
                + files.failed() + files.deferred() + report.entries().upserted()
                + report.entries().deleted() + report.embedding().texts() > 0;
        boolean isRare = !INDEXING.contains(report.job());
        return report.executionId() != null
                && (tried || isRare || report.outcome() == Outcome.STOPPED
                        || report.problem() != null);
    }

    @Override
    public synchronized void skips(Path root, String reason, String remedy) {
        note(root, "%s %s".formatted(sentence(reason), remedy));
    }

    @Override
    public synchronized void troubled(Path root, String what, String remedy) {
        alarm(root, what, remedy);
    }

    @Override
    public synchronized void mended(Path root) {
        alarm(root, "the trouble is over", "");
    }

    @Override
    public synchronized void changed(Path root, List<Change> changes) {
        changes.forEach(change -> {
            String before = masked(change, change.before());
            String after = masked(change, change.after());
            note(root, "%s is now %s instead of %s (%s)".formatted(change.key(), after, before,
                    change.origin()));
        });
    }

    private static String masked(Change change, String value) {
        Setting shown = ConfigShow.masked(new Setting(change.key(), value, change.origin()));
        return shown.value().isEmpty() ? "empty" : shown.value();
    }

    @Override
    public synchronized void refused(Path root, String what, String remedy) {
        alarm(root, "these settings are not taken: " + what, remedy);
    }

    @Override
    public synchronized void warned(Path root, String warning) {
        note(root, warning);
    }

    private void note(Path root, String text) {
        output.note("%s %s: %s", now(), root, text);
    }

    private void alarm(Path root, String what, String remedy) {
        output.alarm("%s %s: %s", now(), root, (sentence(what) + " " + remedy).strip());
    }

    private static String sentence(String clause) {
        return clause.endsWith(".") ? clause : clause + ".";
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
