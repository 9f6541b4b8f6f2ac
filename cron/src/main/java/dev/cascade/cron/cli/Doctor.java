package dev.cascade.cron.cli;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.cron.schedule.ServingChecks;
import dev.cascade.jobs.DoctorReport;
import dev.cascade.jobs.DoctorReport.Finding;
import dev.cascade.jobs.DoctorReport.Level;

/// `cascade doctor`
@Command(name = "doctor", description = "Checks root, mount, clock, disk, descriptors, database, index, locks and runs, and names the cure of each finding.")
final class Doctor extends Subcommand {

    @Option(names = "--apply", description = "do what is safe: close dead runs, delete leftovers, forget a failed repair, close the state folder to others")
    boolean apply;

    @Option(names = "--deep", description = "read all of the database and the index")
    boolean deep;

    @Override
    ExitCode run(Session session) {
        Home home = session.homeAsNamed();
        Clock clock = Clock.systemUTC();
        List<String> warnings = List.of();
        Supplier<CascadeProperties> properties;
        try {
            Settings settings = session.load(home);
            warnings = settings.warnings();
            properties = settings::properties;
        } catch (ConfigurationProblem ex) {
            properties = () -> {
                throw ex;
            };
        }
        DoctorReport report = new dev.cascade.jobs.Doctor(home, properties, clock, deep,
                new ServingChecks(home, properties, clock).all()).examine(apply, warnings);
        session.output().result(report, () -> text(report, session.output()));
        return report.verdict() == Level.PROBLEM ? ExitCode.REFUSED : ExitCode.DONE;
    }

    private static void text(DoctorReport report, Output output) {
        report.findings().forEach(finding -> text(finding, output));
        report.warnings().forEach(warning -> output.note("%s", warning));
        output.line("%d problems, %d warnings, %d unknown, %d ok", count(report, Level.PROBLEM),
                count(report, Level.WARNING), count(report, Level.UNKNOWN),
                count(report, Level.OK));
    }

    private static void text(Finding finding, Output output) {
        output.line("%-7s  %-15s  %s",
                output.paint(colour(finding.level()),
                        finding.level().name().toLowerCase(Locale.ROOT)),
                finding.check().replace('_', ' '), finding.seen());
        finding.details().forEach(detail -> output.line("%26s- %s", "", detail));
        if (finding.applied() != null) {
            output.line("%26sapplied: %s", "", finding.applied());
        }
        if (finding.cure() != null) {
            output.line("%26scure: %s", "", finding.cure());
        }
    }

    private static long count(DoctorReport report, Level level) {
        return report.findings().stream().filter(finding -> finding.level() == level).count();
    }

    private static Style colour(Level level) {
        return switch (level) {
            case OK -> Style.GREEN;
            case UNKNOWN, WARNING -> Style.YELLOW;
            case PROBLEM -> Style.RED;
        };
    }
}
