package dev.cascade.cron.cli;

/// Says how much is to be logged, before anything can be; logback itself is not touched here, for
/// most commands end without it.
final class Logging {

    /// How much is said.
    enum Level {
        ERRORS, WARNINGS, EVERYTHING
    }

    private static volatile Level level = Level.WARNINGS;

    private Logging() {}

    static void prepare(boolean verbose, boolean quiet) {
        level = verbose ? Level.EVERYTHING : quiet ? Level.ERRORS : Level.WARNINGS;
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        System.setProperty("java.util.logging.config.class",
                "dev.cascade.cron.cli.QuietLog$Bridge");
    }

    static Level level() {
        return level;
    }
}
