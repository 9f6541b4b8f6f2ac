package dev.cascade.steps.memory;

/// Guesses how many tokens a language model makes of a text; each model has a count of its own.
public final class Tokens {

    /// About so many characters of an alphabet make a token.
    private static final int LETTERS = 4;
    /// From here on Unicode's characters are mostly those of East Asia, each a token by itself.
    private static final int EAST_ASIAN = 0x2e80;

    private Tokens() {}

    /// At least 1.
    public static long in(String text) {
        long alone = text.codePoints().filter(point -> point >= EAST_ASIAN).count();
        return 1 + alone + (text.length() - alone) / LETTERS;
    }
}
