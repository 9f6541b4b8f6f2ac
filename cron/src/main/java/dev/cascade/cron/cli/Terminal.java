package dev.cascade.cron.cli;

import java.util.Map;
import java.util.Set;

/// Where a command was typed: its environment, and whether a person sees what it says.
///
/// @param terminals
///            which of `out` and `err` are terminals; the launcher knows, Java does not
record Terminal(Map<String, String> environment, Set<String> terminals) {

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
        return Output.ofProcess(new Output.Manners(json, quiet, colour, outIsTerminal(),
                terminals.contains("err")));
    }
}
