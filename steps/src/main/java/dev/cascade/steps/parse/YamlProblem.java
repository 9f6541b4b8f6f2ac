package dev.cascade.steps.parse;

import java.io.Serial;

/// A frontmatter block that is not YAML as it is read here.
final class YamlProblem extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int line;

    /// @param line
    ///            where it was seen, counted from 1 in the file
    YamlProblem(int line, String what) {
        super(what);
        this.line = line;
    }

    String what() {
        return String.valueOf(getMessage());
    }

    int line() {
        return line;
    }
}
