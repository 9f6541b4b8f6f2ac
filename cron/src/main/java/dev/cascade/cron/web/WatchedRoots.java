package dev.cascade.cron.web;

import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import io.micrometer.observation.ObservationRegistry;

import dev.cascade.cron.schedule.Served;
import dev.cascade.cron.schedule.Serving;

/// The roots that are served, by the names that they have in addresses.
record WatchedRoots(Map<String, WatchedRoot> byName) {

    static WatchedRoots of(Serving serving, ObservationRegistry observations, Clock clock) {
        Map<String, WatchedRoot> byName = new LinkedHashMap<>();
        for (Served root : serving.roots()) {
            String name = name(root, byName);
            byName.put(name, new WatchedRoot(name, root, serving, observations, clock));
        }
        return new WatchedRoots(byName);
    }

    /// That of its folder, with a number if another root has it already.
    private static String name(Served root, Map<String, WatchedRoot> taken) {
        Path folder = root.home().root().getFileName();
        String plain = String.valueOf(folder == null ? "root" : folder)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._-]+", "-")
                .replaceAll("^[.-]+|[.-]+$", "");
        String base = plain.isEmpty() ? "root" : plain;
        String name = base;
        for (int i = 2; taken.containsKey(name); i++) {
            name = base + "-" + i;
        }
        return name;
    }

    List<WatchedRoot> all() {
        return List.copyOf(byName.values());
    }

    Optional<WatchedRoot> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// One whose state is there.
    ///
    /// @throws NoSuchRoot
    ///             if none has this name
    /// @throws Unanswered
    ///             if it is not
    WatchedRoot usable(String name) {
        WatchedRoot root = required(name);
        root.missing().ifPresent(problem -> {
            throw new Unanswered(problem);
        });
        return root;
    }

    /// @throws NoSuchRoot
    ///             if none has this name
    WatchedRoot required(String name) {
        return find(name).orElseThrow(() -> new NoSuchRoot(name, byName.keySet()));
    }
}
