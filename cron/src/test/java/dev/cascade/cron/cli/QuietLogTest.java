package dev.cascade.cron.cli;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;

import static org.assertj.core.api.Assertions.assertThat;

class QuietLogTest {

    @AfterEach
    void quiet() {
        Logging.prepare(false, false);
    }

    private static String logged(Throwable thrown) {
        return new QuietLog.ShortForm().doLayout(new LoggingEvent("here",
                new LoggerContext().getLogger("dev.cascade"), Level.WARN, "it failed", thrown,
                null));
    }

    private static Throwable deep(int depth) {
        return depth == 0
                ? new IllegalStateException("outer", new IllegalArgumentException("inner"))
                : deep(depth - 1);
    }

    @Test
    @Tag("EV-61")
    void aTraceHasFifteenFramesForEachExceptionHoweverDeepItIs() {
        Logging.prepare(true, false);
        String trace = logged(deep(6000));
        assertThat(trace).startsWith("cascade: warning: it failed\n")
                .contains("IllegalStateException: outer", "Caused by: java.lang.IllegalArgumentE");
        assertThat(trace.lines().filter(line -> line.startsWith("\tat "))).hasSize(30);
        assertThat(trace.lines().count()).isLessThan(40);
    }

    @Test
    @Tag("EV-61")
    void withoutVThereIsNoTraceAtAll() {
        Logging.prepare(false, false);
        assertThat(logged(deep(3)).lines()).containsExactly(
                "cascade: warning: it failed (java.lang.IllegalStateException: outer)");
    }
}
