package dev.cascade.cron.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cascade.cron.report.ErrorReport;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.ReportJson;

/// All that a command says: results on stdout, notes and errors on stderr.
///
/// Arguments of a format are made harmless, the format itself is trusted. A reader that went away
/// (`| head`) is no error: what is said after that is dropped.
final class Output implements AutoCloseable {

    private final OutputStream out;
    private final OutputStream err;
    private final Manners manners;
    private boolean readerGone;
    private boolean progressShown;

    /// In which way to speak.
    ///
    /// @param json
    ///            one JSON object instead of text
    /// @param quiet
    ///            no notes, no progress
    /// @param colour
    ///            whether stdout may be painted
    /// @param links
    ///            whether stdout shows text that can be clicked on
    /// @param outIsTerminal
    ///            whether a person reads stdout
    /// @param errIsTerminal
    ///            whether a person reads stderr
    record Manners(boolean json, boolean quiet, boolean colour, boolean links,
            boolean outIsTerminal, boolean errIsTerminal) {}

    Output(OutputStream out, OutputStream err, Manners manners) {
        this.out = out;
        this.err = err;
        this.manners = manners;
    }

    static Output ofProcess(Manners manners) {
        return new Output(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
                new FileOutputStream(FileDescriptor.err), manners);
    }

    boolean isJson() {
        return manners.json();
    }

    boolean isTerminal() {
        return manners.outIsTerminal();
    }

    /// Whether nobody reads stdout any more; a command that never ends by itself should then end.
    boolean isReaderGone() {
        return readerGone;
    }

    /// A result: the object as JSON if that was asked for, else whatever `text` prints.
    void result(Object object, Runnable text) {
        if (isJson()) {
            json(object);
        } else {
            text.run();
        }
    }

    /// One JSON object, keys in snake_case, times in UTC, nulls kept.
    void json(Object object) {
        write((manners.outIsTerminal() ? Visible.lines(ReportJson.pretty(object))
                : ReportJson.write(object)) + "\n");
    }

    /// One line of a result.
    void line(String format, @Nullable Object... args) {
        write(harmless(format, args).stripTrailing() + "\n");
    }

    void line() {
        write("\n");
    }

    /// Text with lines of its own, such as a file or a script.
    void text(String text) {
        write((manners.outIsTerminal() ? Visible.lines(text) : text.stripTrailing()) + "\n");
    }

    /// A piece of a result as it is, with nothing added. Only a person is spared what could do harm.
    void raw(String text) {
        write(manners.outIsTerminal() ? Visible.lines(text) + "\n" : text);
    }

    /// A remark that is no result, on stderr.
    void note(String format, @Nullable Object... args) {
        if (!manners.quiet()) {
            say(harmless(format, args));
        }
    }

    /// A remark on stderr that even those want to hear who asked for quiet.
    void alarm(String format, @Nullable Object... args) {
        say(harmless(format, args));
    }

    /// How far a long command is; the next one takes its place. Only a person sees it.
    void progress(String format, @Nullable Object... args) {
        if (manners.errIsTerminal() && !manners.quiet()) {
            complain("\r\u001b[K" + harmless(format, args));
            progressShown = true;
        }
    }

    /// The end of a command that failed.
    void problem(CliProblem problem) {
        if (isJson()) {
            json(ErrorReport.of(problem.code(), problem.message(), problem.hint()));
            return;
        }
        say("cascade: " + Visible.of(problem.message()));
        String hint = problem.hint();
        if (hint != null && !hint.isBlank()) {
            say("  " + Visible.of(hint));
        }
    }

    /// Where a problem came from, for the one who mends it.
    void trace(Throwable thrown) {
        java.io.StringWriter stack = new java.io.StringWriter();
        thrown.printStackTrace(new java.io.PrintWriter(stack));
        say(Visible.lines(stack.toString().stripTrailing()));
    }

    /// An argument that is shown in a colour, if colours are welcome.
    Object paint(Style style, String text) {
        return new Painted(manners.colour() ? style : null, text, null);
    }

    /// The same, to be clicked on where the terminal can do that.
    Object link(Style style, String text, URI target) {
        return new Painted(manners.colour() ? style : null, text,
                manners.links() ? target : null);
    }

    /// A piece of a text, from `start` up to but not including `end`.
    record Span(int start, int end) {}

    /// Text on one line with the pieces that matter painted, or starred where there are no colours.
    Object passage(String text, List<Span> marked) {
        String on = manners.colour() ? Style.YELLOW.on() : "**";
        String off = manners.colour() ? Style.off() : "**";
        StringBuilder shown = new StringBuilder();
        int at = 0;
        for (Span span : marked) {
            shown.append(Visible.of(text.substring(at, span.start())))
                    .append(on)
                    .append(Visible.of(text.substring(span.start(), span.end())))
                    .append(off);
            at = span.end();
        }
        return new Harmless(shown.append(Visible.of(text.substring(at))).toString());
    }

    /// Clears the screen of a person; separates one result from the next elsewhere.
    void newScreen() {
        write(manners.outIsTerminal() ? "\u001b[H\u001b[2J" : "\n");
    }

    /// Writes out what is still held back.
    void flush() {
        try {
            out.flush();
        } catch (IOException ex) {
            lost(ex);
        }
    }

    /// Ends a progress line and writes what is still held back.
    ///
    /// @throws CliProblem
    ///             if stdout cannot be written, for another reason than a reader that went away
    @Override
    public void close() {
        endProgress();
        flush();
    }

    private void say(String line) {
        endProgress();
        complain(line + "\n");
    }

    private void endProgress() {
        if (progressShown) {
            complain("\r\u001b[K");
            progressShown = false;
        }
    }

    private void complain(String text) {
        try {
            err.write(text.getBytes(StandardCharsets.UTF_8));
            err.flush();
        } catch (IOException _) {
            // Nobody is left to be told.
            progressShown = false;
        }
    }

    private void write(String text) {
        if (readerGone) {
            return;
        }
        endProgress();
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            if (manners.outIsTerminal()) {
                out.flush();
            }
        } catch (IOException ex) {
            lost(ex);
        }
    }

    private void lost(IOException ex) {
        boolean goneAlready = readerGone;
        readerGone = true;
        if (!goneAlready && !String.valueOf(ex.getMessage()).contains("Broken pipe")) {
            throw new CliProblem(ExitCode.UNEXPECTED,
                    "the output cannot be written: %s".formatted(ex.getMessage()),
                    "Make room where it goes, and run the command again.", ex);
        }
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static String harmless(String format, @Nullable Object... args) {
        Object[] visible = Stream.of(args)
                .map(arg -> switch (arg) {
                    case Number number -> number;
                    case Painted painted -> painted;
                    case Harmless passage -> passage.text();
                    case null -> "-";
                    default -> Visible.of(arg.toString());
                })
                .toArray();
        return String.format(Locale.ROOT, format, visible);
    }

    /// Text in which nothing harmful is left.
    private record Harmless(String text) {}

    private record Painted(@Nullable Style style, String text, @Nullable URI target)
            implements
                java.util.Formattable {

        /// What terminals know as OSC 8; an empty address ends the link.
        private static String linked(String shown, URI to) {
            return "\u001b]8;;%s\u001b\\%s\u001b]8;;\u001b\\".formatted(to.toASCIIString(),
                    shown);
        }

        @Override
        public void formatTo(Formatter formatter, int flags, int width, int precision) {
            String plain = Visible.of(text);
            String padding = " ".repeat(Math.max(0, width - plain.length()));
            boolean left = (flags & java.util.FormattableFlags.LEFT_JUSTIFY) != 0;
            String painted = style == null ? plain : style.on() + plain + Style.off();
            String shown = target == null ? painted : linked(painted, target);
            formatter.format("%s", left ? shown + padding : padding + shown);
        }
    }
}
