package dev.cascade.jobs;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.steps.LiveGeneration;
import dev.cascade.steps.QueryMeaning;
import dev.cascade.steps.ledger.Backlog;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.search.Hit;
import dev.cascade.steps.search.SearchRequest;
import dev.cascade.steps.search.SearchRequest.Mode;
import dev.cascade.steps.search.Searcher;

/// An answer to a question, and how far it can be trusted.
///
/// @param query as it was asked
/// @param mode how the answer was found: `text`, `vector` or `hybrid`
/// @param didYouMean what was looked for instead, because nothing answers the query as it was asked;
///            null if that was not so
public record SearchReport(String query, String mode, Freshness freshness, List<HitTold> hits,
        @Nullable String didYouMean, List<String> warnings) {

    /// How the index stands to the tree.
    ///
    /// @param asOf the end of the last walk that was read to the end; null if that is not known
    public record Freshness(@Nullable Instant asOf, long pending, long failed) {}

    /// One hit.
    ///
    /// @param snippet with what was looked for between stars
    /// @param content the whole entry or the lines around the passage; null if that was not asked for
    /// @param stale whether the file has changed, or was refused, since it was indexed
    public record HitTold(int rank, float score, String path, int line, String kind, String rowId,
            String entryId, @Nullable String parentId, String title, String snippet,
            @Nullable String content, String app, String project, String ownerId,
            @Nullable Instant timestamp, boolean stale) {}

    /// An answer together with the hits that it tells of, for those who paint what was looked for.
    public record Found(SearchReport report, List<Hit> hits) {}

    /// The way of searching that people call so.
    ///
    /// @throws IllegalArgumentException
    ///             if there is none of that name
    public static Mode mode(String name) {
        return switch (name) {
            case "text" -> Mode.TEXT;
            case "vector" -> Mode.VECTOR;
            case "hybrid" -> Mode.HYBRID;
            default -> throw new IllegalArgumentException(
                    "%s is no way to search; use text, vector or hybrid".formatted(name));
        };
    }

    /// Asks the live generation of the index.
    ///
    /// @param wanted how the answer is to be found; null takes both ways if there are vectors
    /// @param settings read only if there is a vector to compare the query with
    /// @throws ConfigurationProblem
    ///             if there is no such kind, or the answer is wanted by its meaning alone and that is
    ///             not to be had
    public static Found of(Home home, SearchRequest request, @Nullable Mode wanted,
            Excerpt excerpt, Supplier<CascadeProperties> settings, Clock clock) {
        request.filter()
                .kinds()
                .forEach(kind -> Plan.requireKnown(home, settings.get(),
                        Selection.everything().ofKind(kind), clock));
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), clock);
            try (Searcher searcher = LiveGeneration.open(home, ledger, Searcher::open)) {
                List<String> warnings = new ArrayList<>();
                SearchRequest asked = asked(request, wanted, searcher, settings, clock, warnings);
                List<Hit> hits = searcher.search(asked);
                Optional<String> meant = hits.isEmpty() ? searcher.corrected(request.query())
                        : Optional.empty();
                if (meant.isPresent()) {
                    hits = searcher.search(asked.query(meant.get()));
                }
                return new Found(new SearchReport(request.query(),
                        asked.mode().name().toLowerCase(Locale.ROOT), freshness(home, ledger),
                        hits.stream().map(hit -> told(hit, excerpt, ledger)).toList(),
                        hits.isEmpty() ? null : meant.orElse(null), warnings), hits);
            }
        }
    }

    /// The question with its meaning, where that is wanted and to be had.
    private static SearchRequest asked(SearchRequest request, @Nullable Mode wanted,
            Searcher searcher, Supplier<CascadeProperties> settings, Clock clock,
            List<String> warnings) {
        if (wanted == Mode.TEXT || (wanted == null && !searcher.hasVectors())) {
            return request;
        }
        CascadeProperties properties = settings.get();
        QueryMeaning asked = QueryMeaning.of(request, wanted == null ? Mode.HYBRID : wanted,
                searcher, properties, clock);
        if (asked.missing() == null) {
            long owed = searcher.owingVectors(properties.embedding().space());
            if (owed > 0) {
                warnings.add("%d entries have no vector of %s yet and are not found by meaning"
                        .formatted(owed, properties.embedding().shownModel()));
            }
        } else if (wanted == Mode.VECTOR) {
            throw new ConfigurationProblem(
                    "--mode vector is not to be had: " + asked.missing(),
                    "Use --mode text; `cascade status` tells how many vectors are owed.");
        } else {
            warnings.add("searched by words alone: " + asked.missing());
        }
        return asked.request();
    }

    private static Freshness freshness(Home home, Ledger ledger) {
        Backlog backlog = ledger.backlog();
        return new Freshness(Status.asOf(home, new ArrayList<>()), backlog.pending(),
                backlog.failed());
    }

    private static HitTold told(Hit hit, Excerpt excerpt, Ledger ledger) {
        boolean stale = ledger.state(hit.path()).filter("done"::equals).isEmpty();
        return new HitTold(hit.rank(), hit.score(), hit.path().value(), hit.line(), hit.kind(),
                hit.rowId(), hit.entryId(), hit.parentId(), hit.title(),
                hit.snippet().marked("**", "**"), excerpt.of(hit).orElse(null), hit.app(),
                hit.project(), hit.ownerId(), hit.timestamp(), stale);
    }

    /// What has changed, since the last run, of the files that an answer can come from; empty if
    /// nothing has. It looks at the tree itself.
    public static Optional<String> ahead(Home home, CascadeProperties properties,
            SearchRequest request, Clock clock) {
        Selection searched = Selection.everything();
        if (request.filter().below() != null) {
            searched = searched.below(List.of(request.filter().below()));
        }
        if (request.filter().kinds().size() == 1) {
            searched = searched.ofKind(request.filter().kinds().iterator().next());
        }
        Plan plan = Plan.of(home, properties, searched, false, clock);
        return plan.changes().isEmpty() ? Optional.empty()
                : Optional.of(
                        "the tree has moved on since the last run: %d new, %d modified, %d deleted"
                                .formatted(plan.files().added(), plan.files().modified(),
                                        plan.files().deleted()));
    }
}
