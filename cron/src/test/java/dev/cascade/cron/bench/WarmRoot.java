package dev.cascade.cron.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

import dev.cascade.config.Home;
import dev.cascade.config.Settings;
import dev.cascade.jobs.Excerpt;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.SearchReport;
import dev.cascade.steps.search.SearchRequest;

/// A root in a process that goes on, as `cascade serve` keeps it: a run for each line that is read. A word
/// on the line is searched for afterwards, and must be found. Each answer is how many seconds that took.
///
/// `WarmRoot ROOT STATE`
final class WarmRoot {

    private WarmRoot() {}

    static void main(String[] args) throws IOException, Held {
        Home home = Home.of(Path.of(args[0]), Path.of(args[1]));
        Settings settings = Settings.load(null, null, Map.of(), Map.of());
        Jobs jobs = new Jobs(home, settings.properties(), Clock.systemUTC());
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String word = lines.readLine(); word != null; word = lines.readLine()) {
            long began = System.nanoTime();
            RunReport report = jobs.reconcile(ReconcileRequest.everything(),
                    Duration.ZERO);
            if (report.problem() != null) {
                throw new IllegalStateException(report.toString());
            }
            if (!word.isEmpty()) {
                SearchReport found = SearchReport.of(home, SearchRequest.of(word),
                        SearchRequest.Mode.TEXT, new Excerpt.None(), settings::properties,
                        Clock.systemUTC()).report();
                if (found.hits().isEmpty() || found.didYouMean() != null) {
                    throw new IllegalStateException(word + " was not found");
                }
            }
            System.out.println((System.nanoTime() - began) / 1e9);
        }
    }
}
