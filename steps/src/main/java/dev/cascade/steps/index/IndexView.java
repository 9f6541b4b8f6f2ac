package dev.cascade.steps.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.RowId;
import dev.cascade.steps.memory.Scope;
import dev.cascade.steps.memory.TextVector;

/// An index as it was at one commit; it stays so while others write on.
///
/// It can be used by several threads at once.
public final class IndexView implements Closeable {

    private final Path folder;
    private final @Nullable Directory own;
    private final DirectoryReader reader;
    private final Postings postings;
    private final StoredVectors vectors;
    private final AtomicBoolean closed = new AtomicBoolean();

    private IndexView(Path folder, @Nullable Directory own, DirectoryReader reader) {
        this.folder = folder;
        this.own = own;
        this.reader = reader;
        this.postings = new Postings(reader);
        this.vectors = new StoredVectors(reader);
    }

    /// Opens the last commit in `folder`, whoever may be writing there.
    ///
    /// @throws MissingIndex
    ///             if there is none
    /// @throws DamagedIndex
    ///             if it cannot be read
    @SuppressWarnings("MustBeClosed") // closed by close()
    public static IndexView open(Path folder) {
        try {
            Directory directory = IndexFolder.open(folder);
            try {
                return new IndexView(folder, directory, DirectoryReader.open(directory));
            } catch (IOException | IllegalArgumentException ex) {
                directory.close();
                throw IndexProblem.reading(folder, ex);
            }
        } catch (IOException ex) {
            throw IndexProblem.reading(folder, ex);
        }
    }

    static IndexView of(Path folder, DirectoryReader reader) {
        return new IndexView(folder, null, reader);
    }

    DirectoryReader reader() {
        return reader;
    }

    /// For queries over the fields that [Columns] names.
    public IndexSearcher searcher() {
        return new IndexSearcher(reader);
    }

    public CommitData commit() {
        return reading(() -> CommitData.of(reader.getIndexCommit().getUserData()));
    }

    /// The kinds of all files, by path.
    public SortedMap<MemoryPath, String> kinds() {
        SortedMap<MemoryPath, String> kinds = new TreeMap<>();
        try (Stream<IndexedFile> files = files()) {
            files.forEach(file -> kinds.put(file.path(), file.kind()));
        }
        return kinds;
    }

    /// All files in the order of their paths, read one after the other.
    public Stream<IndexedFile> files() {
        return reading(() -> {
            Terms paths = MultiTerms.getTerms(reader, Columns.ABOUT);
            return paths == null ? Stream.empty() : files(paths.iterator());
        });
    }

    private Stream<IndexedFile> files(TermsEnum paths) {
        Iterator<BytesRef> terms = new Iterator<>() {

            private @Nullable BytesRef next = reading(paths::next);

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public BytesRef next() {
                BytesRef current = next;
                if (current == null) {
                    throw new NoSuchElementException();
                }
                BytesRef copy = BytesRef.deepCopyOf(current);
                next = reading(paths::next);
                return copy;
            }
        };
        return StreamSupport
                .stream(Spliterators.spliteratorUnknownSize(terms,
                        Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL), false)
                .flatMap(path -> file(path.utf8ToString()).stream());
    }

    public Optional<IndexedFile> file(MemoryPath path) {
        return file(path.value());
    }

    private Optional<IndexedFile> file(String path) {
        return reading(() -> new StoredEntries(reader).file(path));
    }

    /// Whether nothing at all was ever written for `path`, as far as the segments remember.
    boolean isUnknown(MemoryPath path) {
        return reading(() -> reader.docFreq(new Term(Columns.PATH, path.value())) == 0);
    }

    /// The digest of every entry of a file, by entry id.
    public SortedMap<String, String> digests(MemoryPath path) {
        SortedMap<String, String> digests = new TreeMap<>();
        return reading(() -> {
            postings.each(new Term(Columns.PATH, path.value()), (segment, document) -> {
                String id = value(segment, document, Columns.ID);
                if (id != null) {
                    digests.put(id, String.valueOf(value(segment, document, Columns.DIGEST)));
                }
            });
            return digests;
        });
    }

    private static @Nullable String value(LeafReaderContext segment, int document, String column)
            throws IOException {
        BinaryDocValues values = segment.reader().getBinaryDocValues(column);
        return values != null && values.advanceExact(document)
                ? values.binaryValue().utf8ToString()
                : null;
    }

    /// Whether any entry has a vector, as far as the segments remember.
    public boolean hasVectors() {
        return !vectors.isEmpty();
    }

    /// The spaces but `space` that any entry has a vector of.
    public List<String> vectorsBeside(String space) {
        return reading(() -> vectors.beside(space));
    }

    /// Whether no entry was ever given a vector.
    boolean hasNoVectors() {
        return vectors.isEmpty();
    }

    /// The width of the vectors of `space`; 0 if there are none.
    public int vectorWidth(String space) {
        return vectors.width(space);
    }

    /// The vector of an entry, of whatever space; empty if it has none.
    public Optional<TextVector> vector(MemoryPath path, String entryId) {
        return reading(() -> {
            List<TextVector> found = new ArrayList<>();
            postings.each(new Term(Columns.KEY, Columns.key(path.value(), entryId)),
                    (segment, document) -> vectors.of(segment, document).ifPresent(found::add));
            return found.stream().findFirst();
        });
    }

    /// The entries that have a text and no vector of `space`, one after the other. They are numbers
    /// for [#entry] and [#name].
    public Iterator<Integer> owingVectors(String space) {
        return vectors.lacking(Columns.vector(space));
    }

    /// How many entries have a text and no vector of `space`.
    public long countOwingVectors(String space) {
        long count = 0;
        for (Iterator<Integer> owing = owingVectors(space); owing.hasNext(); owing.next()) {
            count++;
        }
        return count;
    }

    /// How many entries have a vector, of whatever space.
    public long countVectors() {
        return vectors.isEmpty() ? 0 : reading(() -> vectors.count(Columns.VECTOR_TEXT));
    }

    /// The file and entry id of `document`, without reading the entry.
    public EntryName name(int document) {
        return reading(() -> {
            LeafReaderContext segment = reader.leaves()
                    .get(ReaderUtil.subIndex(document, reader.leaves()));
            int id = document - segment.docBase;
            SortedDocValues paths = DocValues.getSorted(segment.reader(), Columns.PATH);
            if (!paths.advanceExact(id)) {
                throw new CorruptIndexException("an entry has no path", folder.toString());
            }
            return new EntryName(
                    new MemoryPath(paths.lookupOrd(paths.ordValue()).utf8ToString()),
                    String.valueOf(value(segment, id, Columns.ID)),
                    String.valueOf(value(segment, id, Columns.DIGEST)));
        });
    }

    /// Which entry of which file, and how it stands here.
    public record EntryName(MemoryPath path, String entryId, String digest) {}

    /// The entries of a file in the order of their lines.
    public List<IndexedEntry> entries(MemoryPath path) {
        return reading(() -> {
            List<Integer> ids = new ArrayList<>();
            postings.each(new Term(Columns.PATH, path.value()), (segment, document) -> {
                if (value(segment, document, Columns.ID) != null) {
                    ids.add(segment.docBase + document);
                }
            });
            return new StoredEntries(reader).entries(ids);
        });
    }

    /// Documents as search shows them, for one thread and one request: each is read once.
    public Shown shown() {
        return reading(() -> new Shown(new StoredEntries(reader)));
    }

    /// What search shows of documents, by the numbers that a query over this view gave.
    public final class Shown {

        private final StoredEntries entries;

        private Shown(StoredEntries entries) {
            this.entries = entries;
        }

        /// The row that search may show the document for: no file deprecates it, and no earlier file
        /// claims it.
        public Optional<RowId> row(int document) {
            return reading(() -> entries.shownRow(document));
        }

        public IndexedEntry entry(int document) {
            return reading(() -> entries.entry(document));
        }

        /// The values that words are looked up in.
        public List<String> searched(int document) {
            return reading(() -> entries.searched(document));
        }
    }

    /// The entry in `document`, a number that a query over this view gave.
    public IndexedEntry entry(int document) {
        return reading(() -> new StoredEntries(reader).entry(document));
    }

    /// What the fields are called that any document has, as [Columns] names them.
    public Set<String> fields() {
        Set<String> names = new HashSet<>();
        reader.leaves()
                .forEach(segment -> segment.reader()
                        .getFieldInfos()
                        .forEach(field -> names.add(field.name)));
        return names;
    }

    /// The entries that claim a row, in the order of their paths; search shows the first.
    public List<IndexedEntry> claims(RowId row) {
        return whole(Columns.ROW, row.key());
    }

    /// The entries whose row has this key or is shown under this id, in the order of their paths.
    public List<IndexedEntry> named(String shownIdOrKey) {
        List<IndexedEntry> byKey = whole(Columns.ROW, shownIdOrKey);
        return byKey.isEmpty() ? whole(Columns.SHOWN, shownIdOrKey) : byKey;
    }

    /// The entries of that id that belong to the same owner, whatever their kind.
    public List<IndexedEntry> siblings(Scope scope, String owner, String entryId) {
        return whole(Columns.ENTRY_ID, entryId).stream()
                .filter(found -> found.entry().row().owner().equals(owner))
                .filter(found -> found.entry().row().scope().app().equals(scope.app()))
                .filter(found -> found.entry().row().scope().project().equals(scope.project()))
                .toList();
    }

    private List<IndexedEntry> whole(String column, String value) {
        return reading(() -> new StoredEntries(reader)
                .entries(postings.live(new Term(column, Columns.term(value)))));
    }

    /// Rows that more than one file claims, at most `limit` of them.
    public List<Conflict> conflicts(int limit) {
        return reading(() -> {
            List<Conflict> conflicts = new ArrayList<>();
            Terms rows = MultiTerms.getTerms(reader, Columns.ROW);
            TermsEnum terms = rows == null ? TermsEnum.EMPTY : rows.iterator();
            for (BytesRef row = terms.next(); row != null
                    && conflicts.size() < limit; row = terms.next()) {
                if (terms.docFreq() > 1) {
                    conflict(BytesRef.deepCopyOf(row)).ifPresent(conflicts::add);
                }
            }
            return conflicts;
        });
    }

    private Optional<Conflict> conflict(BytesRef row) throws IOException {
        List<Integer> ids = postings.live(new Term(Columns.ROW, row));
        if (ids.size() < 2) {
            return Optional.empty();
        }
        List<IndexedEntry> claims = new StoredEntries(reader).entries(ids);
        return Optional.of(new Conflict(claims.getFirst().entry().row(),
                claims.stream().map(IndexedEntry::path).toList()));
    }

    public Counts counts() {
        return reading(() -> {
            long files = postings.count(new Term(Columns.TYPE, Columns.FILE));
            long deprecations = postings.count(new Term(Columns.TYPE, Columns.DEPRECATION));
            long hidden = hidden();
            return new Counts(files, reader.numDocs() - files - deprecations - hidden, hidden);
        });
    }

    private long hidden() throws IOException {
        long hidden = 0;
        Terms rows = MultiTerms.getTerms(reader, Columns.DEPRECATES);
        TermsEnum terms = rows == null ? TermsEnum.EMPTY : rows.iterator();
        for (BytesRef row = terms.next(); row != null; row = terms.next()) {
            BytesRef copy = BytesRef.deepCopyOf(row);
            if (!postings.live(new Term(Columns.DEPRECATES, copy)).isEmpty()) {
                hidden += postings.count(new Term(Columns.ROW, copy));
            }
        }
        return hidden;
    }

    /// How many segments it is made of.
    public int segments() {
        return reader.leaves().size();
    }

    /// Documents that are deleted and still take room.
    public int deletedDocuments() {
        return reader.numDeletedDocs();
    }

    /// The share of documents that are deleted and still take room, from 0 to 1.
    public double deletedShare() {
        return reader.maxDoc() == 0 ? 0 : (double) reader.numDeletedDocs() / reader.maxDoc();
    }

    /// The size of the index on disk. A writer may take away the files of this commit at any time, so
    /// it is asked of the folder.
    public long bytes() {
        return reading(() -> {
            long bytes = 0;
            for (String name : reader.directory().listAll()) {
                bytes += length(name);
            }
            return bytes;
        });
    }

    private long length(String name) throws IOException {
        try {
            return reader.directory().fileLength(name);
        } catch (NoSuchFileException ex) {
            return 0;
        }
    }

    /// Everything that the index holds of a file, as text that is equal for equal content. Only the
    /// revision is left out.
    public String describe(MemoryPath path) {
        StringBuilder text = new StringBuilder();
        file(path).ifPresent(file -> text.append(file).append('\n'));
        SortedMap<String, String> digests = digests(path);
        for (IndexedEntry found : entries(path)) {
            text.append(digests.get(found.entry().id()))
                    .append(' ')
                    .append(found.entry())
                    .append('\n');
        }
        return text.toString();
    }

    /// The vector of an entry as text that is equal for equal values; empty if it has none.
    public String describeVector(MemoryPath path, String entryId) {
        return vector(path, entryId)
                .map(of -> "%s %s %s".formatted(of.space(), of.textSha256(),
                        Arrays.toString(of.vector().values())))
                .orElse("");
    }

    /// Reads all of it and compares it with its checksums.
    ///
    /// @throws DamagedIndex
    ///             if it is not what was written
    public void requireWhole() {
        reading(() -> {
            for (LeafReaderContext segment : reader.leaves()) {
                segment.reader().checkIntegrity();
            }
            return Boolean.TRUE;
        });
    }

    /// Work that reads from the index.
    public interface Reading<T extends @Nullable Object> {
        T get() throws IOException;
    }

    /// Does work on this view and tells damage from other faults.
    public <T extends @Nullable Object> T reading(Reading<T> reading) {
        try {
            return reading.get();
        } catch (IOException ex) {
            throw IndexProblem.reading(folder, ex);
        }
    }

    /// A reader that two views of one commit share is closed with the second; Lucene's own way to close one heeds
    /// only the first call.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        reading(() -> {
            try (own) {
                reader.decRef();
            }
            return Boolean.TRUE;
        });
    }
}
