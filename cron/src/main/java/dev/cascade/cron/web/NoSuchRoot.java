package dev.cascade.cron.web;

import java.util.Collection;

/// A request names a root that is not served.
final class NoSuchRoot extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoSuchRoot(String name, Collection<String> known) {
        super("no root '%s' is served; there are %s".formatted(name, String.join(", ", known)));
    }
}
