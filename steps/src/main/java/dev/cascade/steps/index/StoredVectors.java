package dev.cascade.steps.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeSet;

import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;

import dev.cascade.steps.memory.TextVector;
import dev.cascade.steps.memory.Vector;

/// Reads back the vectors of entries, and finds the entries that lack one.
final class StoredVectors {

    private final DirectoryReader reader;
    private final boolean isEmpty;

    StoredVectors(DirectoryReader reader) {
        this.reader = reader;
        this.isEmpty = reader.leaves()
                .stream()
                .noneMatch(segment -> segment.reader().getFieldInfos().hasVectorValues());
    }

    /// Whether no entry was ever given a vector.
    boolean isEmpty() {
        return isEmpty;
    }

    /// The width of the vectors of `space`; 0 if there are none.
    int width(String space) {
        for (LeafReaderContext segment : reader.leaves()) {
            FieldInfo field = segment.reader().getFieldInfos().fieldInfo(Columns.vector(space));
            if (field != null && field.hasVectorValues()) {
                return field.getVectorDimension();
            }
        }
        return 0;
    }

    /// The vector of one document, of whatever space.
    Optional<TextVector> of(LeafReaderContext segment, int document) throws IOException {
        BinaryDocValues texts = segment.reader().getBinaryDocValues(Columns.VECTOR_TEXT);
        if (texts == null || !texts.advanceExact(document)) {
            return Optional.empty();
        }
        String text = texts.binaryValue().utf8ToString();
        for (FieldInfo field : segment.reader().getFieldInfos()) {
            String space = Columns.space(field.name);
            FloatVectorValues values = space.isEmpty() ? null
                    : segment.reader().getFloatVectorValues(field.name);
            if (values != null) {
                KnnVectorValues.DocIndexIterator documents = values.iterator();
                if (documents.advance(document) == document) {
                    return Optional.of(new TextVector(space, text,
                            Vector.ofUnit(values.vectorValue(documents.index()))));
                }
            }
        }
        return Optional.empty();
    }

    /// The spaces but `space` that any entry has a vector of, by name.
    List<String> beside(String space) throws IOException {
        TreeSet<String> fields = new TreeSet<>();
        reader.leaves()
                .forEach(segment -> segment.reader()
                        .getFieldInfos()
                        .forEach(field -> fields.add(field.name)));
        List<String> others = new ArrayList<>();
        for (String field : fields) {
            String other = Columns.space(field);
            if (!other.isEmpty() && !other.equals(space) && count(field) > 0) {
                others.add(other);
            }
        }
        return others;
    }

    /// How many entries have a value in `field`.
    long count(String field) throws IOException {
        long count = 0;
        for (LeafReaderContext segment : reader.leaves()) {
            DocIdSetIterator documents = having(segment, field);
            Bits live = segment.reader().getLiveDocs();
            for (int id = documents.nextDoc(); id != DocIdSetIterator.NO_MORE_DOCS; id = documents
                    .nextDoc()) {
                count += live == null || live.get(id) ? 1 : 0;
            }
        }
        return count;
    }

    private static DocIdSetIterator having(LeafReaderContext segment, String field)
            throws IOException {
        FieldInfo info = segment.reader().getFieldInfos().fieldInfo(field);
        if (info == null) {
            return DocIdSetIterator.empty();
        }
        if (info.hasVectorValues()) {
            FloatVectorValues values = segment.reader().getFloatVectorValues(field);
            return values == null ? DocIdSetIterator.empty() : values.iterator();
        }
        BinaryDocValues values = segment.reader().getBinaryDocValues(field);
        return values == null ? DocIdSetIterator.empty() : values;
    }

    /// The entries that have a text and no vector in `field`, by their numbers in the whole index.
    Iterator<Integer> lacking(String field) {
        return new Lacking(reader.leaves(), field);
    }

    private static final class Lacking implements Iterator<Integer> {

        private final List<LeafReaderContext> rest;
        private final String field;
        private Iterator<Integer> found = List.<Integer>of().iterator();

        Lacking(List<LeafReaderContext> segments, String field) {
            this.rest = new ArrayList<>(segments);
            this.field = field;
        }

        @Override
        public boolean hasNext() {
            while (!found.hasNext() && !rest.isEmpty()) {
                try {
                    found = lacking(rest.removeFirst(), field).iterator();
                } catch (IOException ex) {
                    throw new java.io.UncheckedIOException(ex);
                }
            }
            return found.hasNext();
        }

        @Override
        public Integer next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return found.next();
        }

        private static List<Integer> lacking(LeafReaderContext segment, String field)
                throws IOException {
            List<Integer> lacking = new ArrayList<>();
            PostingsEnum candidates = segment.reader()
                    .postings(new Term(Columns.EMBEDS, ""), PostingsEnum.NONE);
            if (candidates == null) {
                return lacking;
            }
            DocIdSetIterator having = having(segment, field);
            Bits live = segment.reader().getLiveDocs();
            for (int id = candidates
                    .nextDoc(); id != DocIdSetIterator.NO_MORE_DOCS; id = candidates.nextDoc()) {
                if (having.docID() < id) {
                    having.advance(id);
                }
                if (having.docID() != id && (live == null || live.get(id))) {
                    lacking.add(segment.docBase + id);
                }
            }
            return lacking;
        }
    }
}
