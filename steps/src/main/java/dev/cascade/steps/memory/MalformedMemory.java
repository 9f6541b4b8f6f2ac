package dev.cascade.steps.memory;

import java.io.Serial;

/// A file that cannot be indexed as it is: its own fault, which only an edit can mend.
///
/// The message names path, line, what was seen, and the remedy.
public final class MalformedMemory extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient MemoryPath path;
    private final int line;

    /// @param line
    ///            where it was seen, counted from 1; 0 if it concerns the file as a whole
    /// @param what
    ///            what was seen
    /// @param remedy
    ///            what to do about it
    public MalformedMemory(MemoryPath path, int line, String what, String remedy) {
        super("%s: %s; %s".formatted(line > 0 ? path + ":" + line : path, what, remedy));
        this.path = path;
        this.line = line;
    }

    public MemoryPath path() {
        return path;
    }

    /// The line, counted from 1; 0 if the fault concerns the file as a whole.
    public int line() {
        return line;
    }
}
