package dev.cascade.cron.cli;

import java.util.Map;
import java.util.Set;

/// Where a command was typed: its environment, and whether a person sees what it says.
///
/// @param terminals
///            which of `out` and `err` are terminals; the launcher knows, Java does not
record Terminal(Map<String, String> environment, Set<String> terminals) {

    private static final Set<String> LINKING = Set.of("iTerm.app", "WezTerm", "vscode", "ghostty",
            "Hyper", "Tabby");
    private static final Set<String> LINKING_TERMS = Set.of("xterm-kitty", "alacritty", "foot",
            "xterm-ghostty", "contour", "wezterm");
    private static final Set<String> LINKING_MARKS = Set.of("KITTY_WINDOW_ID", "WT_SESSION",
            "KONSOLE_VERSION", "DOMTERM");

    Terminal {
        environment = Map.copyOf(environment);
        terminals = Set.copyOf(terminals);
    }

    static Terminal ofProcess() {
        return new Terminal(System.getenv(),
                Set.of(System.getProperty("cascade.terminal", "").split(",")));
    }

    boolean outIsTerminal() {
        return terminals.contains("out");
    }

    Output output(boolean json, boolean quiet, boolean colour) {
        return Output.ofProcess(new Output.Manners(json, quiet, colour, colour && showsLinks(),
                outIsTerminal(), terminals.contains("err")));
    }

    /// Terminals do not say whether they understand links (OSC 8), so those that do are known by
    /// what they put into the environment. `FORCE_HYPERLINK`, 1 or 0, has the last word.
    private boolean showsLinks() {
        String forced = environment.get("FORCE_HYPERLINK");
        if (forced != null && !forced.isEmpty()) {
            return !forced.equals("0");
        }
        return LINKING.contains(environment.getOrDefault("TERM_PROGRAM", ""))
                || LINKING_TERMS.stream()
                        .anyMatch(environment.getOrDefault("TERM", "")::startsWith)
                || LINKING_MARKS.stream().anyMatch(environment::containsKey)
                || environment.getOrDefault("VTE_VERSION", "").matches("[5-9]\\d{3}");
    }
}
