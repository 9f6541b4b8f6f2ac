package dev.cascade.steps.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermQuery;
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
        return new IndexSearcher(reader).count(new TermQuery(term));
    }

    void each(Term term, Visitor visitor) throws IOException {
        for (LeafReaderContext segment : reader.leaves()) {
            PostingsEnum postings = segment.reader().postings(term, PostingsEnum.NONE);
            if (postings == null) {
                continue;
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
}
