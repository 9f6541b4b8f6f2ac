package dev.cascade.steps.memory;

/// A difference between what a walk saw and what the ledger remembers.
public sealed interface Observation {

    MemoryPath path();

    /// The file must be read.
    record Differs(Sighting sighting, Reason reason) implements Observation {
        @Override
        public MemoryPath path() {
            return sighting.path();
        }
    }

    /// The file was not seen: a proposed removal, until the guard has passed it.
    record Missing(MemoryPath path) implements Observation {}

    /// A file whose removal was proposed is back, unchanged.
    record Back(MemoryPath path) implements Observation {}

    /// Why a file must be read: it is new; its fingerprint or kind changed; its kind is indexed
    /// differently now; it was touched within the clock's grain of being read; someone asked for it.
    enum Reason {
        ADDED, MODIFIED, RESCHEMED, UNSURE, FORCED
    }
}
