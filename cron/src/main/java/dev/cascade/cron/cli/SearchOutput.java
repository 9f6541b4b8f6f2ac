package dev.cascade.cron.cli;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.Home;
import dev.cascade.jobs.SearchReport;
import dev.cascade.jobs.SearchReport.Found;
import dev.cascade.jobs.SearchReport.Freshness;
import dev.cascade.jobs.SearchReport.HitTold;
import dev.cascade.steps.memory.Tokens;
import dev.cascade.steps.search.Hit;

/// Tells an answer to a person, a prompt or a program.
final class SearchOutput {

    /// Title, blank, place, blank.
    private static final int LINES_OF_HEADING = 4;

    private final Output output;
    private final Home home;
    private final Form form;

    /// What the answer is for, unless it is told as JSON.
    sealed interface Form {

        /// For a person to read.
        record Text() implements Form {}

        /// For other commands: only the files.
        ///
        /// @param end
        ///            stands behind each path
        record Paths(String end) implements Form {}

        /// For a language model.
        ///
        /// @param maxTokens
        ///            null without a limit
        record Markdown(@Nullable Long maxTokens) implements Form {}
    }

    SearchOutput(Output output, Home home, Form form) {
        this.output = output;
        this.home = home;
        this.form = form;
    }

    void tell(Found found) {
        SearchReport report = found.report();
        if (!output.isJson()) {
            report.warnings().forEach(warning -> output.note("%s", warning));
            if (report.didYouMean() != null) {
                output.note("No hits for %s; these are for: %s", report.query(),
                        report.didYouMean());
            }
        }
        output.result(report, () -> {
            switch (form) {
                case Form.Text _ -> text(found);
                case Form.Paths paths -> paths(report, paths.end());
                case Form.Markdown markdown -> markdown(report, markdown.maxTokens());
            }
        });
        output.note("%d hit%s, %s", report.hits().size(), report.hits().size() == 1 ? "" : "s",
                told(report.freshness()));
    }

    private static String told(Freshness freshness) {
        return "index as of %s%s%s".formatted(
                freshness.asOf() == null ? "unknown" : freshness.asOf().toString(),
                freshness.pending() > 0 ? ", %d files pending".formatted(freshness.pending()) : "",
                freshness.failed() > 0 ? ", %d files failed".formatted(freshness.failed()) : "");
    }

    private void text(Found found) {
        for (int i = 0; i < found.hits().size(); i++) {
            text(found.report().hits().get(i), found.hits().get(i));
        }
        if (found.hits().isEmpty()) {
            output.line("No hits.");
        }
    }

    private void text(HitTold told, Hit hit) {
        output.line("%6.2f  %s  %s%s", (double) hit.score(),
                output.link(Style.CYAN, "%s:%d".formatted(hit.path(), hit.line()),
                        hit.path().in(home.root()).toUri()),
                output.paint(Style.BOLD, hit.title()), told.stale() ? "  (stale)" : "");
        if (told.content() != null) {
            output.text(told.content().indent(8).stripTrailing());
            output.line();
        } else {
            output.line("        %s", output.passage(hit.snippet().text(), hit.snippet()
                    .marks()
                    .stream()
                    .map(mark -> new Output.Span(mark.start(), mark.end()))
                    .toList()));
        }
    }

    private void paths(SearchReport report, String end) {
        report.hits()
                .stream()
                .map(HitTold::path)
                .distinct()
                .forEach(path -> output.raw(home.root().resolve(path) + end));
    }

    /// Whole hits while there is room; the first one that does not fit ends the list, cut at the end
    /// of a line.
    private void markdown(SearchReport report, @Nullable Long maxTokens) {
        long left = maxTokens == null ? Long.MAX_VALUE : maxTokens;
        int shown = 0;
        for (HitTold hit : report.hits()) {
            String whole = markdown(hit);
            String fitting = fitting(whole, left);
            if (fitting.isEmpty()) {
                break;
            }
            output.text(fitting);
            output.line();
            shown++;
            left -= Tokens.in(fitting);
            if (!fitting.equals(whole)) {
                break;
            }
        }
        if (shown < report.hits().size()) {
            output.note("%d of %d hits fit into %d tokens", shown, report.hits().size(),
                    maxTokens);
        }
    }

    private static String markdown(HitTold hit) {
        return "## %s\n\n%s:%d%s%s\n\n%s\n".formatted(hit.title(), hit.path(), hit.line(),
                hit.timestamp() == null ? "" : ", " + hit.timestamp(),
                hit.stale() ? ", changed since it was indexed" : "",
                String.valueOf(hit.content()).strip());
    }

    /// As many lines as there is room for; empty if that is not more than the heading.
    private static String fitting(String text, long tokens) {
        if (Tokens.in(text) <= tokens) {
            return text;
        }
        StringBuilder cut = new StringBuilder();
        long left = tokens - 1;
        int lines = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            left -= Tokens.in(line);
            if (left < 0) {
                break;
            }
            cut.append(line).append('\n');
            lines++;
        }
        return lines > LINES_OF_HEADING ? cut.append("…\n").toString() : "";
    }
}
