package dev.cascade.steps.memory;

import java.util.Map;

/// What became of a change, before it is written.
public sealed interface Outcome {

    Change change();

    default MemoryPath path() {
        return change().path();
    }

    /// The file was read and its entries are to stand in the index as the diff says.
    ///
    /// @param seen
    ///            what the file looked like before and after it was read
    /// @param unsure
    ///            whether the file was touched so recently that it must be looked at again
    /// @param vectors
    ///            those that could be had without asking, by entry id
    record Indexed(Change change, Fingerprint seen, boolean unsure, MemoryDocument document,
            EntryDiff diff, Map<String, TextVector> vectors) implements Outcome {

        public Indexed {
            vectors = Map.copyOf(vectors);
        }

        /// Without vectors.
        public Indexed(Change change, Fingerprint seen, boolean unsure, MemoryDocument document,
                EntryDiff diff) {
            this(change, seen, unsure, document, diff, Map.of());
        }

        /// The same with vectors.
        public Indexed with(Map<String, TextVector> had) {
            return new Indexed(change, seen, unsure, document, diff, had);
        }
    }

    /// The file was read and the index already holds just this.
    record Untouched(Change change, Fingerprint seen, boolean unsure, MemoryDocument document)
            implements
                Outcome {}

    /// The file is gone, as its removal said; its entries go too.
    record Gone(Change change) implements Outcome {}

    /// The file moved under our hands; it stays owed.
    ///
    /// @param why
    ///            what was seen
    record StillOwed(Change change, String why) implements Outcome {}

    /// The file was not looked at, for nobody is served just now; it stays owed.
    record NotTried(Change change) implements Outcome {}
}
