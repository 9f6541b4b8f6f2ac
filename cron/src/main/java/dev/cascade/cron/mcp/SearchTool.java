package dev.cascade.cron.mcp;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.jobs.Dates;
import dev.cascade.jobs.Excerpt;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.SearchReport;
import dev.cascade.steps.search.Filter;
import dev.cascade.steps.search.SearchRequest;
import dev.cascade.steps.search.SearchRequest.Mode;

/// `search`: as `cascade search`.
record SearchTool(AgentContext context) implements AgentTool {

    private static final int USUAL_HITS = 10;
    private static final int MOST_HITS = 100;

    @Override
    public String name() {
        return "search";
    }

    @Override
    public String description() {
        return """
                Find notes and memories in the Markdown tree by words and, where vectors exist, by meaning. \
                Use it before you answer from memory, and again with other words if the hits do not fit. \
                Each hit has a path and a line (read more with `get`), a title and a snippet. \
                `freshness` says how old the index is (as_of), and how many files wait (pending) or failed; \
                a hit with stale=true has changed since it was indexed. \
                `did_you_mean` is set when nothing matched as written and the hits are for a corrected query.""";
    }

    @Override
    public String arguments() {
        return """
                {"type": "object", "required": ["query"], "additionalProperties": false, "properties": {
                  "query": {"type": "string", "description": "Words; more matching words rank higher. \\"a phrase\\" must occur, begin* matches beginnings, -word excludes, field:value looks into one field (title, heading, body, path, tag, or a field of the kind)."},
                  "mode": {"type": "string", "enum": ["text", "vector", "hybrid"], "description": "text: words; vector: meaning; hybrid: both. Default: hybrid if vectors exist, else text."},
                  "kinds": {"type": "array", "items": {"type": "string"}, "description": "Only these kinds, e.g. episode, atomic_fact, note."},
                  "app": {"type": "string"}, "project": {"type": "string"}, "owner": {"type": "string"},
                  "in": {"type": "string", "description": "Only this file or folder, relative to the root."},
                  "tags": {"type": "array", "items": {"type": "string"}, "description": "Only entries with all of these tags."},
                  "since": {"type": "string", "description": "Only entries dated at or after this: 2026-03-04 or 2026-03-04T09:15:00Z."},
                  "until": {"type": "string", "description": "Only entries dated on or before this day, or before this time."},
                  "limit": {"type": "integer", "minimum": 1, "maximum": 100, "description": "Default 10."},
                  "all_sections": {"type": "boolean", "description": "Each section of a note on its own, not only its best."},
                  "full": {"type": "boolean", "description": "The whole text of each hit in `content`."},
                  "context": {"type": "integer", "minimum": 0, "maximum": 1000, "description": "The passage and this many lines around it in `content`."},
                  "require_fresh": {"type": "boolean", "description": "Fail if the files have changed since the index was built."},
                  "sync": {"type": "boolean", "description": "Bring the index in step with the files first."}}}""";
    }

    /// It may bring the index in step, which changes no source.
    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public Object call(Arguments arguments) throws Held {
        SearchRequest request = request(arguments);
        String mode = arguments.text("mode");
        Mode wanted = mode == null ? null : SearchReport.mode(mode);
        Excerpt excerpt = excerpt(arguments);
        if (arguments.flag("sync")) {
            RunReport report = context.runs().reconcile(ReconcileRequest.everything());
            if (report.problem() != null) {
                return report;
            }
        }
        if (arguments.flag("require_fresh")) {
            requireFresh(request);
        }
        return SearchReport
                .of(context.home(), request, wanted, excerpt, context.settings(), context.clock())
                .report();
    }

    private SearchRequest request(Arguments arguments) {
        Integer limit = arguments.number("limit");
        if (limit != null && limit > MOST_HITS) {
            throw new IllegalArgumentException(
                    "the limit is %d, outside of 1 to %d".formatted(limit, MOST_HITS));
        }
        Dates dates = Dates.of(arguments.text("since"), arguments.text("until"));
        return new SearchRequest(arguments.requiredText("query"), Mode.TEXT,
                new Filter(arguments.texts("kinds"), arguments.text("app"),
                        arguments.text("project"), arguments.text("owner"),
                        context.path(arguments.text("in")), dates.since(), dates.until(),
                        arguments.texts("tags")),
                limit == null ? USUAL_HITS : limit, arguments.flag("all_sections"), null);
    }

    private static Excerpt excerpt(Arguments arguments) {
        @Nullable
        Integer lines = arguments.number("context");
        return lines != null ? new Excerpt.Around(lines)
                : arguments.flag("full") ? new Excerpt.Whole() : new Excerpt.None();
    }

    private void requireFresh(SearchRequest request) {
        Optional<String> ahead = SearchReport.ahead(context.home(), context.settings().get(),
                request, context.clock());
        if (ahead.isPresent()) {
            throw new ConfigurationProblem(ahead.get(),
                    "Call it again with sync=true, or call `sync` first.");
        }
    }
}
