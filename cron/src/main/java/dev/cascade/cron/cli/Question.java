package dev.cascade.cron.cli;

import java.io.Console;
import java.util.Locale;

/// What a person is asked before something that is not easily undone.
final class Question {

    private Question() {}

    /// Asks a person; a script has said what it wants.
    ///
    /// @param answered
    ///            whether the answer was given beforehand
    /// @throws CliProblem
    ///             if the answer is not yes
    @SuppressWarnings("SystemConsoleNull") // it is null again since JDK 25
    static void ask(boolean answered, String question) {
        Console console = System.console();
        if (answered || console == null || !console.isTerminal()) {
            return;
        }
        String answer = console.readLine("%s [y/N] ", question);
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
            throw CliProblem.refused("nothing was done", "Answer y, or say --yes.");
        }
    }
}
