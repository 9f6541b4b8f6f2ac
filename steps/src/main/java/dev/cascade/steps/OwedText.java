package dev.cascade.steps;

import java.util.ArrayList;
import java.util.List;

import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryPath;

/// A text that lacks its vector, and every entry that has it: it is asked for once.
///
/// @param sha256 what it is known by where vectors are kept
record OwedText(String text, String sha256, List<Place> places) {

    /// An entry with that text, as it stands in the index.
    ///
    /// @param attempts how often its vector could not be had so far
    record Place(MemoryPath path, Entry entry, String digest, int attempts) {}

    OwedText(String text, String sha256) {
        this(text, sha256, new ArrayList<>());
    }
}
