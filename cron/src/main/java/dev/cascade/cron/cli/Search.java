package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.Plan;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.Status;
import dev.cascade.steps.QueryMeaning;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Queue;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.search.Hit;
import dev.cascade.steps.search.SearchRequest;
import dev.cascade.steps.search.SearchRequest.Mode;
import dev.cascade.steps.search.Searcher;
import dev.cascade.steps.search.Snippet;

/// `cascade search`
@Command(name = "search", description = "Finds entries: words, \"a phrase\", begin*, -without.")
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

    @Option(names = "--since", paramLabel = "DATE", description = "only entries dated at or after this, as 2026-03-04 or with a time and offset")
    @Nullable
    String since;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "10", description = "how many hits at most (default: 10)")
    int limit = 10;

    @Option(names = "--require-fresh", description = "exit 7 if what is searched has moved on since the last run")
    boolean requireFresh;

    @Option(names = "--sync", description = "bring the index in step first")
    boolean sync;

    private record Report(String query, String mode, Freshness freshness, List<HitTold> hits,
            List<String> warnings) {}

    private record Freshness(@Nullable Instant asOf, long pending, long failed) {}

    private record HitTold(int rank, float score, String path, int line, String kind, String rowId,
            String entryId, @Nullable String parentId, String title, String snippet, String app,
            String project, String ownerId, @Nullable Instant timestamp, boolean stale) {}

    @Override
    ExitCode run(Session session) {
        Home home = session.initialised();
        SearchRequest request = request(home);
        requireMode();
        kinds.forEach(kind -> Plan.requireKnown(home, session.settings(home).properties(),
                Selection.everything().ofKind(kind), Clock.systemUTC()));
        if (sync) {
            ExitCode ended = bringInStep(session, home);
            if (ended != ExitCode.DONE && ended != ExitCode.INCOMPLETE) {
                return ended;
            }
        }
        if (requireFresh) {
            requireFresh(session, home, searched(request));
        }
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), Clock.systemUTC());
            try (Searcher searcher = Searcher
                    .open(home.index(ledger.standing().generation()))) {
                QueryMeaning asked = asked(session, home, request, searcher);
                tell(session, asked, searcher.search(asked.request()), freshness(home, ledger),
                        ledger);
            }
        }
        return ExitCode.DONE;
    }

    private void requireMode() {
        if (mode != null && !List.of("text", "vector", "hybrid").contains(mode)) {
            throw CliProblem.refused("--mode %s is no way to search".formatted(mode),
                    "Use text, vector or hybrid.");
        }
    }

    /// The question with its meaning. Settings are read only if there is a vector to compare it with.
    private QueryMeaning asked(Session session, Home home, SearchRequest request,
            Searcher searcher) {
        if ("text".equals(mode) || (mode == null && !searcher.hasVectors())) {
            return new QueryMeaning(request, null);
        }
        QueryMeaning asked = QueryMeaning.of(request,
                "vector".equals(mode) ? Mode.VECTOR : Mode.HYBRID, searcher,
                session.settings(home).properties(), Clock.systemUTC());
        if (asked.missing() != null && "vector".equals(mode)) {
            throw CliProblem.refused("--mode vector is not to be had: " + asked.missing(),
                    "Use --mode text; `cascade status` tells how many vectors are owed.");
        }
        return asked;
    }

    private SearchRequest request(Home home) {
        MemoryPath inside = below == null ? null : JobCommand.relative(home, below);
        try {
            return new SearchRequest(String.join(" ", words), Mode.TEXT, kinds, app, project, owner,
                    inside, since == null ? null : instant(since), limit);
        } catch (IllegalArgumentException ex) {
            throw CliProblem.refused(String.valueOf(ex.getMessage()),
                    "`cascade search --help` tells what it takes.");
        }
    }

    private static Instant instant(String text) {
        try {
            return text.length() > 10 ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
        } catch (DateTimeParseException ex) {
            throw CliProblem.refused("--since %s is no date".formatted(text),
                    "Write it as 2026-03-04 or 2026-03-04T09:15:00Z.");
        }
    }

    /// A run that fails tells why; one that came to its end leaves the word to the search.
    private static ExitCode bringInStep(Session session, Home home) {
        Jobs jobs = new Jobs(home, session.settings(home).properties(), Clock.systemUTC());
        return Interruptible.run(jobs, () -> {
            try (Progress _ = Progress.of(jobs, session.output())) {
                RunReport report = jobs.reconcile(ReconcileRequest.everything(), WAIT);
                ExitCode code = RunOutput.code(report);
                return code == ExitCode.DONE || code == ExitCode.INCOMPLETE ? code
                        : new RunOutput(session).tell(report);
            } catch (Held held) {
                throw new CliProblem(ExitCode.BUSY, String.valueOf(held.getMessage()),
                        "Wait for it, or search without --sync.", held);
            }
        });
    }

    /// The files that an answer can come from.
    private static Selection searched(SearchRequest request) {
        Selection searched = Selection.everything();
        if (request.below() != null) {
            searched = searched.below(List.of(request.below()));
        }
        return request.kinds().size() == 1
                ? searched.ofKind(request.kinds().iterator().next())
                : searched;
    }

    private static void requireFresh(Session session, Home home, Selection searched) {
        Plan plan = Plan.of(home, session.settings(home).properties(), searched, false,
                Clock.systemUTC());
        if (!plan.changes().isEmpty()) {
            throw new CliProblem(ExitCode.OUTDATED,
                    "the tree has moved on since the last run: %d new, %d modified, %d deleted"
                            .formatted(plan.files().added(), plan.files().modified(),
                                    plan.files().deleted()),
                    "Run `cascade sync%s` first.".formatted(session.rootOption()));
        }
    }

    private static Freshness freshness(Home home, Ledger ledger) {
        Queue queue = ledger.queue();
        return new Freshness(Status.asOf(home, new ArrayList<>()), queue.pending(),
                queue.failed());
    }

    private static List<String> warnings(QueryMeaning asked) {
        return asked.missing() == null ? List.of()
                : List.of("searched by words alone: " + asked.missing());
    }

    private void tell(Session session, QueryMeaning asked, List<Hit> hits, Freshness freshness,
            Ledger ledger) {
        Output output = session.output();
        SearchRequest request = asked.request();
        List<String> warnings = warnings(asked);
        if (!output.isJson()) {
            warnings.forEach(warning -> output.note("%s", warning));
        }
        List<HitTold> told = hits.stream().map(hit -> told(hit, ledger)).toList();
        output.result(new Report(request.query(),
                request.mode().name().toLowerCase(Locale.ROOT), freshness, told, warnings), () -> {
                    for (int i = 0; i < hits.size(); i++) {
                        show(output, hits.get(i), told.get(i).stale());
                    }
                    if (hits.isEmpty()) {
                        output.line("No hits.");
                    }
                });
        output.note("%d hits, index as of %s%s%s", hits.size(),
                freshness.asOf() == null ? "unknown" : freshness.asOf().toString(),
                freshness.pending() > 0 ? ", %d files pending".formatted(freshness.pending()) : "",
                freshness.failed() > 0 ? ", %d files failed".formatted(freshness.failed()) : "");
    }

    private static void show(Output output, Hit hit, boolean stale) {
        output.line("%s  %s  %.2f%s",
                output.paint(Style.CYAN, "%s:%d".formatted(hit.path(), hit.line())),
                output.paint(Style.BOLD, hit.title()), (double) hit.score(),
                stale ? "  (stale)" : "");
        output.line("    %s", highlighted(output, hit.snippet()));
    }

    /// Marked words are painted on a terminal and starred elsewhere.
    private static Object highlighted(Output output, Snippet snippet) {
        return output.passage(snippet.text(), snippet.marks()
                .stream()
                .map(mark -> new Output.Span(mark.start(), mark.end()))
                .toList());
    }

    /// A hit is stale if the file has changed, or was refused, since it was indexed.
    private static HitTold told(Hit hit, Ledger ledger) {
        boolean stale = ledger.state(hit.path()).filter("done"::equals).isEmpty();
        return new HitTold(hit.rank(), hit.score(), hit.path().value(), hit.line(), hit.kind(),
                hit.rowId(), hit.entryId(), hit.parentId(), hit.title(),
                hit.snippet().marked("**", "**"), hit.app(), hit.project(), hit.ownerId(),
                hit.timestamp(), stale);
    }
}
