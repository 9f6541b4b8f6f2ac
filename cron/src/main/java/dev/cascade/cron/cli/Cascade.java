package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command itself, with the options that every subcommand takes too.
@Command(name = "cascade", description = "Keeps a search index in step with a tree of Markdown files.", synopsisSubcommandLabel = "COMMAND", sortOptions = false, versionProvider = BuildInfo.class, footer = {
        "",
        "Settings: defaults < user file < <root>/cascade.yaml < environment < --set.",
        "Exit codes: 0 done, 1 unexpected, 2 refused, 3 busy, 4 incomplete, 5 a person must",
        "decide, 6 differences, 7 out of date, 130 and 143 interrupted."})
final class Cascade implements Runnable {

    @Option(names = "--root", paramLabel = "DIR", scope = ScopeType.INHERIT, description = "the folder with the Markdown (else CASCADE_ROOT, else the nearest folder upwards with a .cascade/)")
    List<Path> roots = new ArrayList<>();

    @Option(names = "--config", paramLabel = "FILE", scope = ScopeType.INHERIT, description = "the user's settings, instead of $XDG_CONFIG_HOME/cascade/cascade.yaml")
    @Nullable
    Path config;

    @Option(names = "--state-dir", paramLabel = "DIR", scope = ScopeType.INHERIT, description = "where Cascade keeps state and index, instead of <root>/.cascade")
    @Nullable
    Path stateDir;

    @Option(names = "--set", paramLabel = "KEY=VALUE", scope = ScopeType.INHERIT, description = "a setting for this command only; may be repeated")
    List<String> set = new ArrayList<>();

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "one JSON object on stdout, errors too")
    boolean json;

    @Option(names = {"-v",
            "--verbose"}, scope = ScopeType.INHERIT, description = "log more, and show where errors come from")
    boolean verbose;

    @Option(names = {"-q",
            "--quiet"}, scope = ScopeType.INHERIT, description = "results and errors only")
    boolean quiet;

    @Option(names = "--no-color", scope = ScopeType.INHERIT, description = "no colours (also NO_COLOR; never into a pipe)")
    boolean noColor;

    @Option(names = {"-h",
            "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "show this")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "show the version")
    boolean version;

    @Spec
    @Nullable
    CommandSpec spec;

    private final Terminal terminal;
    private @Nullable Session session;

    Cascade(Terminal terminal) {
        this.terminal = terminal;
    }

    static Cascade of(CommandSpec any) {
        return (Cascade) any.root().userObject();
    }

    /// Made once, when the options are known.
    Session session() {
        Session made = session;
        if (made == null) {
            made = new Session(new Session.Options(roots, config, stateDir, set, verbose),
                    terminal.environment(), output());
            session = made;
        }
        return made;
    }

    private Output output() {
        boolean colour = terminal.outIsTerminal() && !noColor
                && terminal.environment().getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(terminal.environment().get("TERM"));
        return terminal.output(json, quiet, colour);
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
