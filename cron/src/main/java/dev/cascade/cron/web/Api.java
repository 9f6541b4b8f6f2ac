package dev.cascade.cron.web;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;

import dev.cascade.cron.report.ExecutionsReport;
import dev.cascade.cron.report.FailuresReport;
import dev.cascade.cron.report.GatesReport;
import dev.cascade.cron.report.RunTold;
import dev.cascade.cron.report.StoppingReport;
import dev.cascade.jobs.Dates;
import dev.cascade.jobs.Decisions.Resumed;
import dev.cascade.jobs.Durations;
import dev.cascade.jobs.EntryReport;
import dev.cascade.jobs.Excerpt;
import dev.cascade.jobs.GateReport;
import dev.cascade.jobs.LinesReport;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunRequest;
import dev.cascade.jobs.SearchReport;
import dev.cascade.jobs.Status;
import dev.cascade.steps.ledger.History.Execution;
import dev.cascade.steps.ledger.RunControl.Control;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.search.Filter;
import dev.cascade.steps.search.SearchRequest;
import dev.cascade.steps.search.SearchRequest.Mode;

/// The records of the commands, over HTTP. `GET` changes nothing; `POST` needs the token.
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
final class Api {

    /// How long a run that someone waits for may go on before the answer is that it does.
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_HITS = 100;
    private static final int MOST_PATHS = 1000;
    private static final int LONGEST_QUERY = 1000;

    private final WatchedRoots roots;

    Api(WatchedRoots roots) {
        this.roots = roots;
    }

    /// The roots that are served.
    record Roots(List<RootTold> roots) {}

    /// One of them.
    ///
    /// @param name
    ///            what it is called in addresses
    record RootTold(String name, String root) {}

    /// A run was asked for, or goes on longer than anyone waits.
    record Accepted(String root, Instant at, String result) {}

    /// Why something is decided.
    record Reason(@Nullable String reason) {}

    /// How long runs are held up, and why.
    ///
    /// @param length
    ///            such as `2h`; null until someone resumes them
    record Pause(@Nullable String reason, @Nullable String length) {}

    /// Files and folders; none means all files that a retry can help.
    record Paths(@Nullable List<@Nullable String> paths) {}

    /// What this API takes and tells, as OpenAPI.
    @Hidden
    @GetMapping("/openapi.json")
    Resource description() {
        return new ClassPathResource("openapi.json", Api.class);
    }

    @Operation(summary = "The roots that are served")
    @GetMapping("/roots")
    Roots roots() {
        return new Roots(roots.all()
                .stream()
                .map(root -> new RootTold(root.name(), root.home().root().toString()))
                .toList());
    }

    @Operation(summary = "How a root stands: the queue, health, the last run")
    @GetMapping("/roots/{name}/status")
    Status status(@PathVariable String name) {
        WatchedRoot.Reading reading = roots.required(name).read();
        if (reading.problem() != null) {
            throw new Unanswered(reading.problem());
        }
        return Objects.requireNonNull(reading.status(), "a reading without a problem");
    }

    @Operation(summary = "Finds entries: words, \"a phrase\", begin*, -without, field:value")
    @GetMapping("/roots/{name}/search")
    SearchReport search(@PathVariable String name, @RequestParam("q") String query,
            @RequestParam(required = false) @Nullable String mode,
            @RequestParam(defaultValue = "") List<String> kind,
            @RequestParam(required = false) @Nullable String app,
            @RequestParam(required = false) @Nullable String project,
            @RequestParam(required = false) @Nullable String owner,
            @RequestParam(required = false) @Nullable String in,
            @RequestParam(defaultValue = "") List<String> tag,
            @RequestParam(required = false) @Nullable String since,
            @RequestParam(required = false) @Nullable String until,
            @RequestParam(defaultValue = "10") int limit,
            @RequestParam(name = "all_sections", defaultValue = "false") boolean allSections,
            @RequestParam(defaultValue = "false") boolean full,
            @RequestParam(required = false) @Nullable Integer context) {
        WatchedRoot root = roots.usable(name);
        if (limit > MOST_HITS) {
            throw new IllegalArgumentException(
                    "the limit is %d, outside of 1 to %d".formatted(limit, MOST_HITS));
        }
        Dates dates = Dates.of(since, until);
        Filter filter = new Filter(new LinkedHashSet<>(kind), app, project, owner,
                in == null ? null : MemoryPath.named(in).orElse(null), dates.since(),
                dates.until(), new LinkedHashSet<>(tag));
        Excerpt excerpt = context != null ? new Excerpt.Around(context)
                : full ? new Excerpt.Whole() : new Excerpt.None();
        return SearchReport.of(root.home(),
                new SearchRequest(bounded(query), Mode.TEXT, filter, limit, allSections, null),
                mode == null ? null : SearchReport.mode(mode), excerpt, root::properties,
                root.clock()).report();
    }

    @Operation(summary = "The entries of a file, or the one with a row id, as they are indexed")
    @GetMapping("/roots/{name}/entries")
    EntryReport entries(@PathVariable String name,
            @RequestParam(required = false) @Nullable String path,
            @RequestParam(name = "row_id", required = false) @Nullable String rowId,
            @RequestParam(defaultValue = "false") boolean parents) {
        String what = rowId == null ? path : rowId;
        if (what == null || (path != null && rowId != null)) {
            throw new IllegalArgumentException("give either path or row_id");
        }
        WatchedRoot root = roots.usable(name);
        return EntryReport.of(root.home(), what,
                path == null ? null : MemoryPath.named(path).orElse(null), parents,
                root.clock());
    }

    @Operation(summary = "Lines of a file as it is on disk now; only files that an index can hold are read")
    @GetMapping("/roots/{name}/lines")
    LinesReport lines(@PathVariable String name, @RequestParam String path,
            @RequestParam int from, @RequestParam int to) {
        WatchedRoot root = roots.usable(name);
        return LinesReport.of(root.home(), root.properties(), new MemoryPath(path), from, to,
                root.clock());
    }

    @Operation(summary = "The files that are in trouble")
    @GetMapping("/roots/{name}/failures")
    FailuresReport failures(@PathVariable String name) {
        WatchedRoot root = roots.usable(name);
        return FailuresReport.of(root.home(), Selection.everything(), root.clock());
    }

    @Operation(summary = "What a guard left to a person")
    @GetMapping("/roots/{name}/gates")
    GatesReport gates(@PathVariable String name) {
        return new GatesReport(roots.usable(name).decisions().gates());
    }

    @Operation(summary = "The newest executions with the counts of their steps")
    @GetMapping("/roots/{name}/jobs")
    ExecutionsReport jobs(@PathVariable String name) {
        WatchedRoot root = roots.usable(name);
        return ExecutionsReport.of(root.home(), root.clock());
    }

    @Operation(summary = "One execution")
    @GetMapping("/roots/{name}/jobs/{id}")
    Execution job(@PathVariable String name, @PathVariable long id) {
        WatchedRoot root = roots.usable(name);
        return ExecutionsReport.one(root.home(), id, root.clock());
    }

    @Operation(summary = "Asks for a run, which begins within a second unless the root is held or paused")
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = Accepted.class)))
    @PostMapping("/roots/{name}/sync")
    ResponseEntity<Accepted> sync(@PathVariable String name) {
        WatchedRoot root = roots.usable(name);
        Instant now = root.clock().instant();
        RunRequest.of(root.home()).leave(now);
        return accepted(root, "requested");
    }

    @Operation(summary = "Makes failed files owed again and runs; 202 if that takes longer than a minute")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = RunTold.class)))
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = Accepted.class)))
    @PostMapping("/roots/{name}/fix")
    ResponseEntity<?> fix(@PathVariable String name, @RequestBody Paths paths) {
        WatchedRoot root = roots.usable(name);
        List<@Nullable String> given = paths.paths() == null ? List.of() : paths.paths();
        List<String> named = given.stream().map(Api::given).toList();
        if (named.size() > MOST_PATHS) {
            throw new IllegalArgumentException(
                    "%d paths are named; %d at once are the most".formatted(named.size(),
                            MOST_PATHS));
        }
        Optional<RunReport> report = new Retry(root).of(named, PATIENCE);
        return report.isPresent() ? ResponseEntity.ok(RunTold.of(report.get()))
                : accepted(root, "running");
    }

    private static ResponseEntity<Accepted> accepted(WatchedRoot root, String result) {
        return ResponseEntity.status(HttpStatus.ACCEPTED)
                .body(new Accepted(root.name(), root.clock().instant(), result));
    }

    @Operation(summary = "Lets exactly the files that a gate holds go with the next run, or lets a rebuild take their present entries over")
    @PostMapping("/roots/{name}/gates/{id}/approve")
    GateReport approve(@PathVariable String name, @PathVariable long id,
            @RequestBody Reason reason) {
        return changed(name, root -> root.decisions().approve(id, said(reason.reason())));
    }

    @Operation(summary = "Keeps the entries of the files that a gate holds, or gives up the generation that lacks them")
    @PostMapping("/roots/{name}/gates/{id}/reject")
    GateReport reject(@PathVariable String name, @PathVariable long id,
            @RequestBody Reason reason) {
        return changed(name, root -> root.decisions().reject(id, said(reason.reason())));
    }

    @Operation(summary = "Holds up scheduled runs")
    @PostMapping("/roots/{name}/pause")
    Control pause(@PathVariable String name, @RequestBody Pause pause) {
        return changed(name, root -> root.decisions()
                .pause(said(pause.reason()), length(pause.length())));
    }

    @Operation(summary = "Lets scheduled runs go on")
    @PostMapping("/roots/{name}/resume")
    Resumed resume(@PathVariable String name,
            @RequestParam(name = "reset_failed", defaultValue = "false") boolean resetFailed) {
        return changed(name, root -> root.decisions().resume(resetFailed));
    }

    @Operation(summary = "Asks an execution to stop at its next chunk border")
    @PostMapping("/roots/{name}/jobs/{id}/stop")
    StoppingReport stop(@PathVariable String name, @PathVariable long id) {
        roots.usable(name).jobs().stop(id);
        return StoppingReport.of(id);
    }

    /// What is changed is seen at once.
    private <T> T changed(String name, Function<WatchedRoot, T> change) {
        WatchedRoot root = roots.usable(name);
        try {
            return change.apply(root);
        } finally {
            root.forget();
        }
    }

    private static String given(@Nullable String path) {
        if (path == null) {
            throw new IllegalArgumentException("a path is null");
        }
        return path;
    }

    /// A query that costs no more than it should.
    ///
    /// @throws IllegalArgumentException
    ///             if it is too long
    static String bounded(String query) {
        if (query.length() > LONGEST_QUERY) {
            throw new IllegalArgumentException("the query has %d characters, more than %d"
                    .formatted(query.length(), LONGEST_QUERY));
        }
        return query;
    }

    /// How long something is to last; null for what has no end.
    static @Nullable Duration length(@Nullable String text) {
        return text == null || text.isBlank() ? null : Durations.parse(text);
    }

    private static String said(@Nullable String reason) {
        return reason == null ? "" : reason;
    }
}
