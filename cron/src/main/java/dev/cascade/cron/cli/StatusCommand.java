package dev.cascade.cron.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.cron.schedule.NextFiring;
import dev.cascade.jobs.Chore;
import dev.cascade.jobs.Status;

/// `cascade status`
@Command(name = "status", description = "Shows the queue, health, the last run, and the next command to type.")
final class StatusCommand extends Subcommand {

    private static final Duration PERIOD = Duration.ofSeconds(2);

    @Option(names = "--watch", description = "show it again every two seconds, until Ctrl-C")
    boolean watch;

    @Override
    ExitCode run(Session session) throws InterruptedException {
        Home home = session.initialised();
        show(session, home);
        while (watch && !session.output().isReaderGone()) {
            Thread.sleep(PERIOD);
            session.output().newScreen();
            show(session, home);
        }
        return ExitCode.DONE;
    }

    private static void show(Session session, Home home) {
        Status status = withNextFiring(session, home, Status.of(home, Clock.systemUTC()));
        session.output().result(status, () -> text(status, session));
        session.output().flush();
    }

    /// Of a root that is not served, the settings are not even read.
    private static Status withNextFiring(Session session, Home home, Status status) {
        return NextFiring.isServed(home)
                ? NextFiring
                        .of(session.settings(home).properties().schedule(), status.index().asOf(),
                                Clock.systemUTC())
                        .map(status::firing)
                        .orElse(status)
                : status;
    }

    private static void text(Status status, Session session) {
        Output output = session.output();
        output.line("queue:");
        output.line("  pending:                   %d", status.queue().pending());
        output.line("  done:                      %d", status.queue().done());
        output.line("  failed (retryable=TRUE):   %-5d (eligible for `cascade fix --apply`)",
                status.queue().failedRetryable());
        output.line("  failed (retryable=FALSE):  %-5d (fix md and re-save to recover)",
                status.queue().failedPermanent());
        if (status.queue().kept() > 0) {
            output.line(
                    "  kept:                      %-5d (gone, and `cascade reject` said to keep them)",
                    status.queue().kept());
        }
        output.line("lsn:");
        output.line("  max:            %d", status.lsn().max());
        output.line("  last_processed: %d", status.lsn().lastProcessed());
        output.line("  lag:            %d", status.lsn().lag());
        output.line("health: %s", output.paint(colour(status.health().verdict()),
                status.health().verdict().name().toLowerCase(Locale.ROOT).replace('_', '-')));
        status.health().reasons().forEach(reason -> output.line("  - %s", reason));
        if (status.oldestPendingSeconds() != null) {
            output.line("oldest pending: %s", age(status.oldestPendingSeconds()));
        }
        Status.IndexState index = status.index();
        output.line("index: g%06d, %s files, %s entries, %s bytes, as of %s", index.generation(),
                shown(index.files()), shown(index.entries()), shown(index.bytes()),
                index.asOf() == null ? "unknown" : index.asOf().toString());
        Status.Building building = index.building();
        if (building != null) {
            output.line("building: g%06d, %d files are in, %d are not yet", building.generation(),
                    building.files(), building.lacking());
        }
        Status.Vectors vectors = status.vectors();
        if (vectors != null) {
            output.line("vectors: %s owed, by %s, %d kept in %d bytes%s", shown(vectors.owed()),
                    vectors.model(), vectors.cached(), vectors.cachedBytes(),
                    vectors.pausedUntil() == null ? ""
                            : ", not asked before %s: %s".formatted(vectors.pausedUntil(),
                                    vectors.reason()));
        }
        Status.LastRun last = status.lastRun();
        if (last != null) {
            output.line("last run: %s%s, %s, %s", last.job(),
                    last.executionId() == null ? "" : " " + last.executionId(),
                    last.outcome() == null ? "running or cut off"
                            : last.skipReason() == null ? last.outcome()
                                    : last.outcome() + " (" + last.skipReason() + ")",
                    last.endedAt() == null ? "began " + last.startedAt()
                            : "ended " + last.endedAt());
        }
        for (Chore chore : List.of(Chore.VERIFY, Chore.BACKUP)) {
            status.maintenance(chore.job())
                    .ifPresent(task -> output.line("last %s: %s, %s%s", chore.job(),
                            task.status().name().toLowerCase(Locale.ROOT),
                            task.attemptedAt().truncatedTo(ChronoUnit.SECONDS),
                            task.note() == null ? "" : ", " + task.note()));
        }
        if (status.nextFiring() != null) {
            output.line("next firing: %s", status.nextFiring().truncatedTo(ChronoUnit.SECONDS));
        }
        status.warnings().forEach(warning -> output.note("%s", warning));
        output.line("next: %s%s", status.nextStep(), session.rootOption());
    }

    private static String shown(@Nullable Long number) {
        return number == null ? "unknown" : number.toString();
    }

    private static Style colour(Status.Verdict verdict) {
        return switch (verdict) {
            case HEALTHY -> Style.GREEN;
            case AT_RISK -> Style.YELLOW;
            case NEEDS_ACTION -> Style.RED;
        };
    }

    private static String age(long seconds) {
        return seconds < 120 ? seconds + " s"
                : seconds < 7200 ? seconds / 60 + " min"
                        : seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }
}
