package dev.cascade.steps.parse;

import java.io.Serial;

/// A value that is missing though required, or does not look as its kind says.
///
/// Who catches it decides whether the file is refused or one entry is left out.
final class UnreadableField extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int line;
    private final String remedy;

    UnreadableField(int line, String what, String remedy) {
        super(what);
        this.line = line;
        this.remedy = remedy;
    }

    int line() {
        return line;
    }

    String what() {
        return String.valueOf(getMessage());
    }

    String remedy() {
        return remedy;
    }
}
