package dev.cascade.cron.web;

import java.security.Principal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import dev.cascade.cron.report.ExecutionsReport;
import dev.cascade.cron.report.FailuresReport;
import dev.cascade.cron.schedule.Served;
import dev.cascade.cron.web.WatchedRoot.Reading;
import dev.cascade.cron.web.WatchedRoot.Sample;
import dev.cascade.jobs.Excerpt;
import dev.cascade.jobs.GateReport;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunRequest;
import dev.cascade.jobs.SearchReport;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.search.Filter;
import dev.cascade.steps.search.SearchRequest;
import dev.cascade.steps.search.SearchRequest.Mode;

/// What an operator leaves open: how each root stands, what runs, what waits for a person. It reads
/// without JavaScript, which only renews what is shown.
@Controller
final class StatusPage {

    /// How long a retry is waited for before the page goes on without it.
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOST_FAILURES = 100;
    private static final int HITS = 20;

    private final WatchedRoots roots;
    private final Access access;
    private final Clock clock;

    StatusPage(WatchedRoots roots, Access access, Clock clock) {
        this.roots = roots;
        this.access = access;
        this.clock = clock;
    }

    /// A root in a list.
    record Row(WatchedRoot root, Reading reading) {}

    /// The run in hand.
    ///
    /// @param owed
    ///            0 as long as it only looks
    record Progress(Served.InHand run, long seen, long owed, long handled) {

        static Progress of(Served.InHand run) {
            return run.done()
                    .map(done -> new Progress(run, done.seen(), done.owed(), done.handled()))
                    .orElseGet(() -> new Progress(run, 0, 0, 0));
        }
    }

    @ModelAttribute("roots")
    List<WatchedRoot> roots(@Nullable Principal principal) {
        boolean mayRead = principal != null || !access.isReadingGuarded();
        return mayRead ? roots.all() : List.of();
    }

    @ModelAttribute("words")
    Words words() {
        return Words.of(clock);
    }

    @ModelAttribute("signedIn")
    boolean signedIn(@Nullable Principal principal) {
        return principal != null;
    }

    @GetMapping("/")
    String overview(Model model) {
        if (roots.all().size() == 1) {
            return "redirect:" + address(roots.all().getFirst());
        }
        model.addAttribute("rows",
                roots.all().stream().map(root -> new Row(root, root.read())).toList());
        return "overview";
    }

    @GetMapping("/sign-in")
    String signIn(Model model, @RequestParam(required = false) @Nullable String refused) {
        model.addAttribute("refused", refused != null);
        model.addAttribute("tokenFile", access.address().isLoopbackAddress()
                ? access.token().place()
                : "");
        return "sign-in";
    }

    @GetMapping("/roots/{name}")
    String root(@PathVariable String name, Model model) {
        WatchedRoot root = roots.required(name);
        Reading reading = root.read();
        Instant now = root.clock().instant();
        List<Sample> samples = root.samples();
        model.addAttribute("root", root);
        model.addAttribute("status", reading.status());
        model.addAttribute("problem", reading.problem());
        model.addAttribute("trouble", root.served().trouble().orElse(null));
        model.addAttribute("skipping", root.served().skipping().orElse(null));
        model.addAttribute("progress",
                root.served().inHand().map(Progress::of).orElse(null));
        model.addAttribute("plot", samples.isEmpty() ? null : Plot.of(samples, now));
        model.addAttribute("next", root.nextFirings());
        model.addAttribute("schedule", root.served()
                .properties()
                .map(settings -> settings.schedule())
                .orElse(null));
        if (reading.status() != null) {
            List<FailuresReport.FailureTold> failures = FailuresReport
                    .of(root.home(), Selection.everything(), root.clock())
                    .failures();
            model.addAttribute("failures",
                    failures.subList(0, Math.min(MOST_FAILURES, failures.size())));
            model.addAttribute("moreFailures", Math.max(0, failures.size() - MOST_FAILURES));
            model.addAttribute("timeline", Timeline
                    .of(ExecutionsReport.of(root.home(), root.clock()).executions(), now));
        }
        return "root";
    }

    @GetMapping("/roots/{name}/jobs/{id}")
    String job(@PathVariable String name, @PathVariable long id, Model model) {
        WatchedRoot root = roots.usable(name);
        model.addAttribute("root", root);
        model.addAttribute("execution", ExecutionsReport.one(root.home(), id, root.clock()));
        return "job";
    }

    @GetMapping("/roots/{name}/search")
    String search(@PathVariable String name, @RequestParam(defaultValue = "") String q,
            Model model) {
        WatchedRoot root = roots.usable(name);
        model.addAttribute("root", root);
        model.addAttribute("query", q);
        if (!q.isBlank()) {
            model.addAttribute("found", SearchReport.of(root.home(),
                    new SearchRequest(Api.bounded(q), Mode.TEXT, Filter.NONE, HITS, false, null),
                    null,
                    new Excerpt.None(), root::properties, root.clock()));
        }
        return "search";
    }

    // What a person decides; each leads back to the page, which says what came of it

    @PostMapping("/roots/{name}/sync")
    String sync(@PathVariable String name, RedirectAttributes said) {
        WatchedRoot root = roots.usable(name);
        RunRequest.of(root.home()).leave(root.clock().instant());
        return back(root, said, "A run is asked for.");
    }

    @PostMapping("/roots/{name}/fix")
    String fix(@PathVariable String name, @RequestParam(defaultValue = "") String path,
            RedirectAttributes said) {
        WatchedRoot root = roots.usable(name);
        Optional<RunReport> report = new Retry(root)
                .of(path.isEmpty() ? List.of() : List.of(path), PATIENCE);
        return back(root, said, report.map(StatusPage::told)
                .orElse("The retry goes on; what comes of it will show here."));
    }

    private static String told(RunReport report) {
        RunReport.Problem problem = report.problem();
        return problem != null ? problem.message()
                : "Tried again: %d indexed, %d still failing.".formatted(
                        report.files().indexed(), report.failing());
    }

    @PostMapping("/roots/{name}/gates/{id}/approve")
    String approve(@PathVariable String name, @PathVariable long id,
            @RequestParam(defaultValue = "") String reason, RedirectAttributes said) {
        WatchedRoot root = roots.usable(name);
        GateReport gate = root.decisions().approve(id, reason);
        RunRequest.of(root.home()).leave(root.clock().instant());
        return back(root, said, "Gate %d is approved: %s."
                .formatted(id, gate.ifApproved()));
    }

    @PostMapping("/roots/{name}/gates/{id}/reject")
    String reject(@PathVariable String name, @PathVariable long id,
            @RequestParam(defaultValue = "") String reason, RedirectAttributes said) {
        WatchedRoot root = roots.usable(name);
        GateReport gate = root.decisions().reject(id, reason);
        return back(root, said, "Gate %d is rejected: %s."
                .formatted(id, gate.ifRejected()));
    }

    @PostMapping("/roots/{name}/pause")
    String pause(@PathVariable String name, @RequestParam(defaultValue = "") String reason,
            @RequestParam(name = "for", defaultValue = "") String length,
            RedirectAttributes said) {
        WatchedRoot root = roots.usable(name);
        return back(root, said, "Scheduled runs are %s.".formatted(
                root.decisions().pause(reason, Api.length(length)).told()));
    }

    @PostMapping("/roots/{name}/resume")
    String resume(@PathVariable String name, RedirectAttributes said) {
        WatchedRoot root = roots.usable(name);
        var _ = root.decisions().resume(false);
        return back(root, said, "Scheduled runs go on.");
    }

    @PostMapping("/roots/{name}/jobs/{id}/stop")
    String stop(@PathVariable String name, @PathVariable long id, RedirectAttributes said) {
        WatchedRoot root = roots.usable(name);
        root.jobs().stop(id);
        return back(root, said,
                "Execution %d is asked to stop at its next chunk border.".formatted(id));
    }

    private static String back(WatchedRoot root, RedirectAttributes said, String what) {
        root.forget();
        said.addFlashAttribute("said", what);
        return "redirect:" + address(root);
    }

    private static String address(WatchedRoot root) {
        return "/roots/" + root.name();
    }
}
