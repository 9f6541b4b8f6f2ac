package dev.cascade.cron.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

import dev.cascade.cron.web.WatchedRoot.Reading;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.jobs.Status;

/// Whether the roots are kept in step. What is wrong with notes is never unhealthy, only what keeps the
/// work from being done; what could not be read is unknown, and unhealthy.
@Component("roots")
final class RootsHealth implements HealthIndicator {

    private final WatchedRoots roots;

    RootsHealth(WatchedRoots roots) {
        this.roots = roots;
    }

    /// One root. Numbers that could not be had are null.
    record RootHealth(boolean healthy, List<String> reasons, @Nullable String verdict,
            @Nullable Long pending, @Nullable Long failedRetryable,
            @Nullable Long failedPermanent, @Nullable Long oldestPendingSeconds,
            @Nullable Instant asOf) {}

    static RootHealth of(WatchedRoot root) {
        Reading reading = root.read();
        List<String> reasons = new ArrayList<>();
        root.served()
                .trouble()
                .map(Problem::message)
                .ifPresent(reasons::add);
        Status status = reading.status();
        if (status == null) {
            Problem problem = reading.problem();
            reasons.add("health probe failed: "
                    + (problem == null ? "unknown" : problem.message()));
            return new RootHealth(false, reasons, null, null, null, null, null, null);
        }
        boolean needsAction = status.health().verdict() == Status.Verdict.NEEDS_ACTION;
        boolean healthy = reasons.isEmpty() && !needsAction;
        reasons.addAll(status.health().reasons());
        return new RootHealth(healthy, reasons,
                Words.of(root.clock()).word(status.health().verdict()), status.queue().pending(),
                status.queue().failedRetryable(), status.queue().failedPermanent(),
                status.oldestPendingSeconds(), status.index().asOf());
    }

    @Override
    public Health health() {
        Map<String, RootHealth> all = new LinkedHashMap<>();
        roots.all().forEach(root -> all.put(root.name(), of(root)));
        List<String> unhealthy = all.entrySet()
                .stream()
                .filter(root -> !root.getValue().healthy())
                .map(Map.Entry::getKey)
                .toList();
        Health.Builder health = unhealthy.isEmpty() ? Health.up() : Health.down();
        return health.withDetail("healthy", unhealthy.isEmpty())
                .withDetail("unhealthy_roots", unhealthy)
                .withDetail("roots", all)
                .build();
    }
}
