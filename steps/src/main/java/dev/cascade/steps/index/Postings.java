package dev.cascade.steps.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;

/// The documents of a term that are not deleted.
final class Postings {

    private final DirectoryReader reader;

    Postings(DirectoryReader reader) {
        this.reader = reader;
    }

    /// One document within its segment.
    interface Visitor {
        void visit(LeafReaderContext segment, int document) throws IOException;
    }

    /// Their numbers in the whole index, ascending.
    List<Integer> live(Term term) throws IOException {
        List<Integer> live = new ArrayList<>();
        each(term, (segment, document) -> live.add(segment.docBase + document));
        return live;
    }

    long count(Term term) throws IOException {
        long count = 0;
        for (LeafReaderContext segment : reader.leaves()) {
            count += segment.reader().hasDeletions() ? live(term, segment)
                    : segment.reader().docFreq(term);
        }
        return count;
    }

    private static long live(Term term, LeafReaderContext segment) throws IOException {
        long[] count = new long[1];
        each(term, segment, (_, _) -> count[0]++);
        return count[0];
    }

    void each(Term term, Visitor visitor) throws IOException {
        for (LeafReaderContext segment : reader.leaves()) {
            each(term, segment, visitor);
        }
    }

    private static void each(Term term, LeafReaderContext segment, Visitor visitor)
            throws IOException {
        PostingsEnum postings = segment.reader().postings(term, PostingsEnum.NONE);
        if (postings == null) {
            return;
        }
        Bits live = segment.reader().getLiveDocs();
        for (int id = postings.nextDoc(); id != DocIdSetIterator.NO_MORE_DOCS; id = postings
                .nextDoc()) {
            if (live == null || live.get(id)) {
                visitor.visit(segment, id);
            }
        }
    }
}
