package dev.cascade.cron.cli;

import java.util.logging.LogManager;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;

/// The log of a command: warnings on stderr, one line each; more with `-v`.
///
/// Logback finds it as a service when the first logger is asked for, which a light command never
/// does. Stdout belongs to results alone.
public final class QuietLog extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(java.nio.charset.StandardCharsets.UTF_8);
        ShortForm layout = new ShortForm();
        layout.setContext(context);
        layout.start();
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("dev.cascade").setLevel(switch (Logging.level()) {
            case ERRORS -> Level.ERROR;
            case WARNINGS -> Level.WARN;
            case EVERYTHING -> Level.INFO;
        });
        context.getLogger("org.apache.lucene").setLevel(Level.ERROR);
        if (Logging.level() != Logging.Level.EVERYTHING) {
            // What ends a run is told once, by the command itself.
            context.getLogger("org.springframework.batch").setLevel(Level.OFF);
            context.getLogger("com.zaxxer.hikari").setLevel(Level.OFF);
            // What is wrong with a request is told to whoever sent it.
            context.getLogger("org.springframework.web").setLevel(Level.ERROR);
            context.getLogger("org.springframework.boot").setLevel(Level.OFF);
            context.getLogger("org.springframework.context").setLevel(Level.OFF);
            context.getLogger("org.thymeleaf").setLevel(Level.OFF);
        }
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /// Lets java.util.logging, which Lucene speaks, end up here too.
    public static final class Bridge {

        public Bridge() {
            java.util.logging.Logger root = LogManager.getLogManager().getLogger("");
            if (root != null) {
                root.setLevel(java.util.logging.Level.WARNING);
                root.addHandler(new org.slf4j.bridge.SLF4JBridgeHandler());
            }
        }
    }

    static final class ShortForm extends LayoutBase<ILoggingEvent> {

        private static final int MAX_FRAMES = 15;
        private static final int MAX_CAUSES = 10;

        @Override
        public String doLayout(ILoggingEvent event) {
            StringBuilder line = new StringBuilder("cascade: ");
            if (event.getLevel() != Level.INFO) {
                line.append(event.getLevel() == Level.WARN ? "warning: "
                        : event.getLevel() == Level.ERROR ? "error: " : "debug: ");
            }
            line.append(Visible.of(event.getFormattedMessage()));
            IThrowableProxy thrown = event.getThrowableProxy();
            if (thrown != null && Logging.level() == Logging.Level.EVERYTHING) {
                line.append('\n').append(Visible.lines(trace(thrown)));
            } else if (thrown != null) {
                line.append(" (")
                        .append(thrown.getClassName())
                        .append(": ")
                        .append(Visible.of(String.valueOf(thrown.getMessage())))
                        .append(')');
            }
            return line.append('\n').toString();
        }

        /// An exception and its causes, each with the frames nearest to it: a trace is read by people,
        /// and recursion alone has made thousands of lines.
        private static String trace(IThrowableProxy thrown) {
            StringBuilder trace = new StringBuilder();
            IThrowableProxy cause = thrown;
            for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
                trace.append(i == 0 ? "" : "Caused by: ")
                        .append(cause.getClassName())
                        .append(": ")
                        .append(cause.getMessage())
                        .append('\n');
                StackTraceElementProxy[] frames = cause.getStackTraceElementProxyArray();
                for (int f = 0; f < Math.min(MAX_FRAMES, frames.length); f++) {
                    trace.append('\t').append(frames[f]).append('\n');
                }
                if (frames.length > MAX_FRAMES) {
                    trace.append("\t… and %d more%n".formatted(frames.length - MAX_FRAMES));
                }
                cause = cause.getCause();
            }
            return trace.toString().stripTrailing();
        }
    }
}
