package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.Dates;
import dev.cascade.jobs.Excerpt;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.SearchReport;
import dev.cascade.steps.search.Filter;
import dev.cascade.steps.search.SearchRequest;
import dev.cascade.steps.search.SearchRequest.Mode;

/// `cascade search`
@Command(name = "search", description = "Finds entries: words, \"a phrase\", begin*, -without, field:value.")
final class Search extends Subcommand {

    /// How long `--sync` waits for another run.
    private static final Duration WAIT = Duration.ofMinutes(1);

    @Parameters(paramLabel = "QUERY", arity = "1..*", description = "what to look for")
    List<String> words = new ArrayList<>();

    @Option(names = "--mode", paramLabel = "MODE", description = "text (words), vector (meaning) or hybrid (both); default: hybrid if there are vectors and an embedder, else text")
    @Nullable
    String mode;

    @Option(names = "--kind", paramLabel = "KIND", description = "only this kind; may be repeated")
    Set<String> kinds = new LinkedHashSet<>();

    @Option(names = "--app", paramLabel = "APP")
    @Nullable
    String app;

    @Option(names = "--project", paramLabel = "PROJECT")
    @Nullable
    String project;

    @Option(names = "--owner", paramLabel = "OWNER")
    @Nullable
    String owner;

    @Option(names = "--in", paramLabel = "PATH", description = "only this file or folder")
    @Nullable
    Path below;

    @Option(names = "--tag", paramLabel = "TAG", description = "only entries with this tag, or one below it (a/b below a); may be repeated, then all are wanted")
    Set<String> tags = new LinkedHashSet<>();

    @Option(names = "--since", paramLabel = "DATE", description = "only entries dated at or after this, as 2026-03-04 (UTC) or with a time and offset")
    @Nullable
    String since;

    @Option(names = "--until", paramLabel = "DATE", description = "only entries dated before this, or on this day")
    @Nullable
    String until;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "10", description = "how many hits at most (default: 10)")
    int limit = 10;

    @Option(names = "--all-sections", description = "each section of a note on its own, not only its best")
    boolean allSections;

    @Option(names = "--full", description = "show the whole entry")
    boolean full;

    @Option(names = {"-C",
            "--context"}, paramLabel = "N", description = "show the passage with N lines around it")
    @Nullable
    Integer context;

    @Option(names = "--paths", description = "only the files, one a line, by their full paths")
    boolean paths;

    @Option(names = {"-0", "--null"}, description = "with --paths: end each with NUL, for xargs -0")
    boolean nul;

    @Option(names = "--format", paramLabel = "FORMAT", description = "text (default), or md to paste into a prompt: whole entries as Markdown")
    @Nullable
    String format;

    @Option(names = "--max-tokens", paramLabel = "N", description = "with --format md: no more than about this many tokens")
    @Nullable
    Long maxTokens;

    @Option(names = "--require-fresh", description = "exit 7 if what is searched has moved on since the last run")
    boolean requireFresh;

    @Option(names = "--sync", description = "bring the index in step first")
    boolean sync;

    @Override
    ExitCode run(Session session) {
        Home home = session.initialised();
        SearchRequest request = request(home);
        Mode wanted = mode == null ? null : mode(mode);
        SearchOutput output = output(session, home);
        if (sync) {
            ExitCode ended = bringInStep(session, home);
            if (ended != ExitCode.DONE && ended != ExitCode.INCOMPLETE) {
                return ended;
            }
        }
        if (requireFresh) {
            requireFresh(session, home, request);
        }
        output.tell(SearchReport.of(home, request, wanted, excerpt(),
                () -> session.settings(home).properties(), Clock.systemUTC()));
        return ExitCode.DONE;
    }

    private SearchRequest request(Home home) {
        try {
            Dates dates = Dates.of(since, until);
            return new SearchRequest(String.join(" ", words), Mode.TEXT,
                    new Filter(kinds, app, project, owner,
                            below == null ? null : JobCommand.relative(home, below),
                            dates.since(), dates.until(), tags),
                    limit, allSections, null);
        } catch (IllegalArgumentException ex) {
            throw refused(String.valueOf(ex.getMessage()));
        }
    }

    private static Mode mode(String name) {
        try {
            return SearchReport.mode(name);
        } catch (IllegalArgumentException ex) {
            throw refused("--mode " + ex.getMessage());
        }
    }

    private static CliProblem refused(String message) {
        return CliProblem.refused(message, "`cascade search --help` tells what it takes.");
    }

    private Excerpt excerpt() {
        if (full && context != null) {
            throw refused("--full and -C contradict each other");
        }
        try {
            return context != null ? new Excerpt.Around(context)
                    : full || "md".equals(format) ? new Excerpt.Whole() : new Excerpt.None();
        } catch (IllegalArgumentException ex) {
            throw refused(String.valueOf(ex.getMessage()));
        }
    }

    private SearchOutput output(Session session, Home home) {
        if (format != null && !Set.of("text", "md").contains(format)) {
            throw refused("--format %s is not known; use text or md".formatted(format));
        }
        boolean md = "md".equals(format);
        int forms = (session.output().isJson() ? 1 : 0) + (paths ? 1 : 0) + (md ? 1 : 0);
        if (forms > 1) {
            throw refused("--json, --paths and --format md contradict each other; keep one");
        }
        if (nul && !paths) {
            throw refused("-0 goes with --paths");
        }
        if (maxTokens != null && (!md || maxTokens < 1)) {
            throw refused(md ? "--max-tokens %d leaves room for nothing".formatted(maxTokens)
                    : "--max-tokens goes with --format md");
        }
        return new SearchOutput(session.output(), home,
                paths ? new SearchOutput.Form.Paths(nul ? "\0" : "\n")
                        : md ? new SearchOutput.Form.Markdown(maxTokens)
                                : new SearchOutput.Form.Text());
    }

    /// A run that fails tells why; one that came to its end leaves the word to the search.
    private static ExitCode bringInStep(Session session, Home home) {
        Jobs jobs = new Jobs(home, session.settings(home).properties(), Clock.systemUTC());
        return Interruptible.run(jobs, () -> {
            try (Progress _ = Progress.of(jobs, session.output())) {
                RunReport report = jobs.reconcile(ReconcileRequest.everything(), WAIT);
                ExitCode code = ExitCode.of(report);
                return code == ExitCode.DONE || code == ExitCode.INCOMPLETE ? code
                        : new RunOutput(session).tell(report);
            } catch (Held held) {
                throw new CliProblem(ExitCode.BUSY, String.valueOf(held.getMessage()),
                        "Wait for it, or search without --sync.", held);
            }
        });
    }

    private static void requireFresh(Session session, Home home, SearchRequest request) {
        SearchReport.ahead(home, session.settings(home).properties(), request, Clock.systemUTC())
                .ifPresent(what -> {
                    throw new CliProblem(ExitCode.OUTDATED, what,
                            "Run `cascade sync%s` first.".formatted(session.rootOption()));
                });
    }
}
