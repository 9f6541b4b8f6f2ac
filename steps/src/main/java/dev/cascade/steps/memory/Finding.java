package dev.cascade.steps.memory;

/// Something odd in a file that did not keep the rest of it from being indexed.
///
/// @param line
///            where it was seen, counted from 1; 0 if it concerns the file as a whole
/// @param what
///            what was seen and what to do about it
/// @param entrySkipped
///            whether an entry was left out because of it
public record Finding(int line, String what, boolean entrySkipped) {

    public static Finding warning(int line, String what) {
        return new Finding(line, what, false);
    }

    public static Finding skippedEntry(int line, String what) {
        return new Finding(line, what, true);
    }
}
