package dev.cascade.steps;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.KindSpec;
import dev.cascade.steps.SourceReader.Source;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.index.IndexedFile;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Standpoint;
import dev.cascade.steps.memory.EntryDiff;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;
import dev.cascade.steps.memory.Sighting;
import dev.cascade.steps.parse.MemoryParser;

/// Compares tree, ledger and index, file by file and entry by entry. It changes nothing.
///
/// Three streams in path order are merged, so memory does not grow with the tree.
public final class Verification {

    private final Root root;
    private final Ledger ledger;
    private final IndexView index;
    private final boolean deep;
    private final SourceReader reader;
    private final MemoryParser parser = new MemoryParser();

    /// @param deep whether every file is read and its entries are compared with those in the index
    public Verification(Root root, CascadeProperties properties, Ledger ledger, IndexView index,
            boolean deep, Clock clock) {
        this.root = root;
        this.ledger = ledger;
        this.index = index;
        this.deep = deep;
        this.reader = new SourceReader(root.home().root(),
                properties.reconcile().maxFileSize().toBytes(), clock);
    }

    /// What is wrong with a file.
    ///
    /// - `MISSING`: it is in the tree and not in the index
    /// - `EXTRA`: it is in the index and not in the tree
    /// - `STALE`: the index holds it as it was once
    /// - `WRONG_ENTRIES`: the index holds other entries than the ledger says, or than the file has
    public enum What {
        MISSING, EXTRA, STALE, WRONG_ENTRIES
    }

    /// A file on which tree, ledger and index differ.
    ///
    /// @param state what the ledger says of it: a file that is pending or failed differs for a known
    ///        reason, one that is done differs although nobody knew; null if the ledger knows nothing
    /// @param expected whether a run sees to it by itself, or a person: the file is pending or failed, or
    ///        it changed since it was last looked at
    public record Difference(String path, What what, @Nullable String state, boolean expected) {

        /// What the ledger says of it, in words.
        public String told() {
            return state == null ? "unknown to the ledger" : state.replace('_', ' ');
        }
    }

    /// One file that was compared.
    ///
    /// @param kind as the index names it; null if the index does not hold the file
    /// @param difference null if all agree
    public record Checked(MemoryPath path, @Nullable String kind,
            @Nullable Difference difference) {}

    /// Compares all files, one after the other. Whoever asks for it closes it.
    public Sweep sweep() {
        return new Sweep();
    }

    /// Compares one file.
    ///
    /// @return empty if neither tree, index nor ledger knows it
    Optional<Checked> check(MemoryPath path) {
        Iterator<Sighting> seen = root.tree()
                .walk(Selection.everything().below(List.of(path)));
        Sighting sighting = seen.hasNext() ? seen.next() : null;
        IndexedFile indexed = index.file(path).orElse(null);
        Standpoint claim = ledger.standpoint(path).orElse(null);
        return sighting == null && indexed == null && claim == null ? Optional.empty()
                : Optional.of(compare(path, sighting, indexed, claim));
    }

    /// Tree, index and ledger as three streams in path order that are merged.
    public final class Sweep implements AutoCloseable {

        private final Stream<IndexedFile> files = index.files();
        private final Stretch<Sighting> tree = new Stretch<>(
                root.tree().walk(Selection.everything()), Sighting::path);
        private final Stretch<IndexedFile> indexed = new Stretch<>(files.iterator(),
                IndexedFile::path);
        private final Stretch<Standpoint> claims = new Stretch<>(
                new Pages<>(ledger::standpointsAfter, Standpoint::path), Standpoint::path);

        /// The next file; empty at the end.
        public Optional<Checked> next() {
            return first(tree, indexed, claims).map(path -> compare(path, tree.takeIf(path),
                    indexed.takeIf(path), claims.takeIf(path)));
        }

        @Override
        public void close() {
            files.close();
        }
    }

    /// What is wrong with how the index holds a file that did not change since it was indexed; empty
    /// if nothing is. A file that cannot be read any more has moved on, and is not judged.
    Optional<What> wrongWith(MemoryPath path) {
        Optional<IndexedFile> indexed = index.file(path);
        return indexed.isEmpty() ? Optional.of(What.MISSING)
                : Optional.ofNullable(deepWhat(path, indexed.get()))
                        .filter(what -> what == What.WRONG_ENTRIES);
    }

    private static Optional<MemoryPath> first(Stretch<?>... streams) {
        return Stream.of(streams)
                .flatMap(stream -> Stream.ofNullable(stream.nextPath()))
                .min(MemoryPath::compareTo);
    }

    private Checked compare(MemoryPath path, @Nullable Sighting seen,
            @Nullable IndexedFile indexed, @Nullable Standpoint claim) {
        What what = what(path, seen, indexed, claim);
        return new Checked(path, indexed == null ? null : indexed.kind(),
                what == null ? null
                        : new Difference(path.value(), what, claim == null ? null : claim.state(),
                                claim == null ? what == What.MISSING
                                        : isExpected(seen, claim)));
    }

    /// The next walk finds out by itself that the tree is not as the ledger saw it last.
    private static boolean isExpected(@Nullable Sighting seen, Standpoint claim) {
        return !claim.state().equals("done") || seen == null
                || !seen.fingerprint().equals(claim.wanted());
    }

    private @Nullable What what(MemoryPath path, @Nullable Sighting seen,
            @Nullable IndexedFile indexed, @Nullable Standpoint claim) {
        if (seen == null) {
            return indexed != null ? What.EXTRA : claim != null ? What.STALE : null;
        }
        if (indexed == null) {
            return What.MISSING;
        }
        if (claim == null || !seen.fingerprint().equals(claim.indexed())) {
            return What.STALE;
        }
        boolean asClaimed = indexed.contentSha256().equals(claim.contentSha256())
                && indexed.schemaId().equals(claim.schemaId())
                && index.digests(path).size() == claim.entries();
        if (!asClaimed) {
            return What.WRONG_ENTRIES;
        }
        return deep ? deepWhat(path, indexed) : null;
    }

    private @Nullable What deepWhat(MemoryPath path, IndexedFile indexed) {
        KindSpec kind = root.kinds().named(indexed.kind()).orElse(null);
        if (kind == null) {
            return What.EXTRA;
        }
        try {
            Source source = reader.read(path, kind);
            MemoryDocument document = parser.parse(source.file(), kind);
            boolean equal = EntryDiff.between(index.digests(path), document.entries()).isEmpty()
                    && indexed.equals(IndexedFile.of(document, indexed.schemaId()));
            return equal ? null
                    : document.contentSha256().equals(indexed.contentSha256()) ? What.WRONG_ENTRIES
                            : What.STALE;
        } catch (NoSuchFileException ex) {
            return What.EXTRA;
        } catch (IOException | MalformedMemory ex) {
            return What.STALE;
        }
    }

    /// A stream with a look at what comes next.
    private static final class Stretch<T> {

        private final Iterator<T> rest;
        private final Function<T, MemoryPath> path;
        private @Nullable T next;

        Stretch(Iterator<T> rest, Function<T, MemoryPath> path) {
            this.rest = rest;
            this.path = path;
            this.next = rest.hasNext() ? rest.next() : null;
        }

        @Nullable
        MemoryPath nextPath() {
            return next == null ? null : path.apply(next);
        }

        @Nullable
        T takeIf(MemoryPath wanted) {
            T taken = next;
            if (taken == null || !path.apply(taken).equals(wanted)) {
                return null;
            }
            next = rest.hasNext() ? rest.next() : null;
            return taken;
        }
    }
}
