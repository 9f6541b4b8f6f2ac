package dev.cascade.steps.memory;

import org.jspecify.annotations.Nullable;

/// What the ledger remembers of a file when a walk comes by.
///
/// @param wanted
///            the fingerprint last seen on disk; null if the file was gone
/// @param schemaId
///            the schema under which its entries stand in the index; null if that is not known
/// @param lsn
///            of the last difference that was seen
/// @param marks
///            the sum of what is odd about it, mostly 0: a walk reads one of these for each file
public record Known(MemoryPath path, String kind, @Nullable Fingerprint wanted,
        @Nullable String schemaId, long lsn, int marks) {

    public static final int MISSING = 1;
    public static final int HELD = 2;
    public static final int UNSURE = 4;
    public static final int OPEN = 8;
    public static final int OWED = 16;

    /// Whether its removal is already proposed.
    public boolean missing() {
        return is(MISSING);
    }

    /// Whether a person has yet to decide about it, or decided that its entries stay.
    public boolean held() {
        return is(HELD);
    }

    /// Whether it was touched so recently when it was read that it must be looked at again.
    public boolean unsure() {
        return is(UNSURE);
    }

    /// Whether it may be owed, now or when its time has come.
    public boolean open() {
        return is(OPEN);
    }

    /// Whether it is owed and due.
    public boolean owed() {
        return is(OWED);
    }

    private boolean is(int mark) {
        return (marks & mark) != 0;
    }
}
