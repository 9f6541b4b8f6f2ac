package dev.cascade.cron.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import dev.cascade.cron.schedule.FiringListener;
import dev.cascade.cron.schedule.ScheduledJob;
import dev.cascade.jobs.RunReport;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.jobs.Status;
import dev.cascade.steps.Tending;
import dev.cascade.steps.ledger.Maintenance;

/// What monitoring reads of each root; docs/metrics.md describes it. What is not known is NaN, which
/// no rule takes for a number.
@Component
final class RootMeters implements MeterBinder {

    private final WatchedRoots roots;

    RootMeters(WatchedRoots roots) {
        this.roots = roots;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        roots.all().forEach(root -> {
            Bound bound = new Bound(root, registry, Tags.of("root", root.name()));
            bound.gauges();
            bound.follow();
        });
    }

    /// A number of a status; null if it is not known.
    private interface Figure {
        @Nullable
        Number of(Status status);
    }

    private record Bound(WatchedRoot root, MeterRegistry registry, Tags tags) {

        void gauges() {
            queue("pending", status -> status.queue().pending());
            queue("done", status -> status.queue().done());
            queue("failed_retryable", status -> status.queue().failedRetryable());
            queue("failed_permanent", status -> status.queue().failedPermanent());
            queue("kept", status -> status.queue().kept());
            gauge("cascade.lag",
                    "Highest log sequence number that is not processed, less the last that is",
                    status -> status.lsn().lag());
            seconds("cascade.oldest.pending", "Age of the oldest file that is owed; 0 if none is",
                    status -> status.oldestPendingSeconds() == null ? 0L
                            : status.oldestPendingSeconds());
            gauge("cascade.index.files", "Files that stand in the live generation",
                    status -> status.index().files());
            gauge("cascade.index.entries", "Entries that can be searched",
                    status -> status.index().entries());
            gauge("cascade.index.entries.without.vector", "Entries that have no vector",
                    status -> status.index().entriesWithoutVector());
            gauge("cascade.index.segments", "Segments of the live generation",
                    status -> status.index().segments());
            gauge("cascade.index.deleted.documents",
                    "Documents that are deleted and still take room",
                    status -> status.index().deletedDocuments());
            gauge("cascade.index.generation", "Number of the live generation",
                    status -> status.index().generation());
            Gauge.builder("cascade.index.size", root,
                    of -> read(of, status -> status.index().bytes()))
                    .description("Room that the live generation takes")
                    .baseUnit("bytes")
                    .tags(tags)
                    .register(registry);
            gauge("cascade.gates", "Decisions that wait for a person",
                    status -> status.gates().size());
            gauge("cascade.paused", "1 while scheduled runs are paused or wait for a person",
                    status -> status.paused() != null || status.needsHuman() != null ? 1 : 0);
            seconds("cascade.last.walk.timestamp",
                    "When the tree was last read to its end, since 1970",
                    status -> epoch(status.index().asOf()));
            Gauge.builder("cascade.healthy", root, of -> RootsHealth.of(of).healthy() ? 1 : 0)
                    .description(
                            "1 if nothing keeps the work from being done; see /actuator/health")
                    .tags(tags)
                    .register(registry);
            for (String task : Tending.NAMES) {
                task(task);
            }
            for (ScheduledJob job : ScheduledJob.values()) {
                job.chore().ifPresent(_ -> task(job.shown()));
                Gauge.builder("cascade.last.success.timestamp", root,
                        of -> of.lastSuccess(job)
                                .map(Instant::getEpochSecond)
                                .map(Long::doubleValue)
                                .orElse(Double.NaN))
                        .description("When this process last brought a run to its end, since 1970")
                        .baseUnit("seconds")
                        .tags(tags.and("job", job.shown()))
                        .register(registry);
            }
        }

        private void task(String name) {
            Tags of = tags.and("task", name);
            Gauge.builder("cascade.task.last.success.timestamp", root,
                    from -> read(from, status -> status.maintenance(name)
                            .map(Maintenance.Task::succeededAt)
                            .map(Instant::getEpochSecond)
                            .orElse(null)))
                    .description(
                            "When a task that keeps the root sound last came to its end, since 1970")
                    .baseUnit("seconds")
                    .tags(of)
                    .register(registry);
            Gauge.builder("cascade.task.failures", root,
                    from -> read(from, status -> status.maintenance(name)
                            .map(Maintenance.Task::failures)
                            .orElse(0)))
                    .description("How often a task that keeps the root sound failed in a row")
                    .tags(of)
                    .register(registry);
        }

        private void queue(String state, Figure number) {
            Gauge.builder("cascade.queue.files", root, of -> read(of, number))
                    .description("Files by state")
                    .tags(tags.and("state", state))
                    .register(registry);
        }

        private void gauge(String name, String description,
                Figure number) {
            Gauge.builder(name, root, of -> read(of, number))
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }

        private void seconds(String name, String description,
                Figure number) {
            Gauge.builder(name, root, of -> read(of, number))
                    .description(description)
                    .baseUnit("seconds")
                    .tags(tags)
                    .register(registry);
        }

        private static double read(WatchedRoot root, Figure number) {
            Status status = root.read().status();
            Number known = status == null ? null : number.of(status);
            return known == null ? Double.NaN : known.doubleValue();
        }

        private static @Nullable Long epoch(@Nullable Instant time) {
            return time == null ? null : time.getEpochSecond();
        }

        /// Counts what firings do from now on.
        void follow() {
            Counter skipped = counter("cascade.firings.skipped", "Firings that did nothing",
                    tags);
            Counter failed = counter("cascade.firings.failed",
                    "Firings whose run failed or could not begin", tags);
            root.served().tell(new FiringListener() {

                @Override
                public void ran(RunReport report) {
                    count(report);
                    if (report.problem() != null) {
                        failed.increment();
                    }
                }

                @Override
                public void skipped(String reason) {
                    skipped.increment();
                }

                @Override
                public void failed(ScheduledJob job, Problem problem) {
                    failed.increment();
                }
            });
        }

        private void count(RunReport report) {
            Tags job = tags.and("job", report.job());
            String outcome = report.executionId() == null ? "nothing_to_do"
                    : report.outcome().name().toLowerCase(Locale.ROOT);
            Timer.builder("cascade.run")
                    .description("Runs by how they ended")
                    .tags(job.and("outcome", outcome))
                    .register(registry)
                    .record(Duration.ofMillis(report.durationMs()));
            RunReport.Files files = report.files();
            add("cascade.files", "Files by what runs did with them", "indexed", files.indexed());
            add("cascade.files", "Files by what runs did with them", "deleted", files.deleted());
            add("cascade.files", "Files by what runs did with them", "failed", files.failed());
            add("cascade.files", "Files by what runs did with them", "deferred",
                    files.deferred());
            RunReport.Embedding embedding = report.embedding();
            add("cascade.embeddings", "Texts by how their vectors were had", "asked",
                    embedding.texts());
            add("cascade.embeddings", "Texts by how their vectors were had", "cached",
                    embedding.cached());
            counter("cascade.embedding.requests", "Requests to the embedder", tags)
                    .increment((double) embedding.requests());
        }

        private void add(String name, String description, String outcome, long amount) {
            counter(name, description, tags.and("outcome", outcome)).increment((double) amount);
        }

        private Counter counter(String name, String description, Tags all) {
            return Counter.builder(name).description(description).tags(all).register(registry);
        }
    }
}
