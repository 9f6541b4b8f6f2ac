package dev.cascade.steps.index;

import java.io.IOException;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/// Lucene's own codec, with vectors in a quantised graph; in small segments, without one.
///
/// A segment names Lucene's formats and not this class, so any Lucene of this version reads it. What
/// differs when it is written is how wide a vector may be, and from how many on there is a graph.
final class VectorCodec extends Lucene104Codec {

    /// Up to so many vectors of a segment are compared one by one, which takes a millisecond or two. Their graph
    /// would be thrown away by the next merge.
    private static final int WITHOUT_GRAPH = 10_000;
    private static final int GRAPH_LINKS = 16;
    private static final int GRAPH_CANDIDATES = 100;

    private final KnnVectorsFormat vectors = new Wide(
            new Lucene104HnswScalarQuantizedVectorsFormat(ScalarEncoding.UNSIGNED_BYTE,
                    GRAPH_LINKS, GRAPH_CANDIDATES, 1, null, effort(WITHOUT_GRAPH)));

    /// As Lucene wants to hear it: it makes a graph where a segment has more vectors than this times their
    /// logarithm.
    private static int effort(int vectors) {
        return (int) (vectors / Math.log(vectors));
    }

    @Override
    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return vectors;
    }

    private static final class Wide extends KnnVectorsFormat {

        private static final int WIDEST = 4096;

        private final KnnVectorsFormat format;

        Wide(KnnVectorsFormat format) {
            super(format.getName());
            this.format = format;
        }

        @Override
        public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
            return format.fieldsWriter(state);
        }

        @Override
        public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
            return format.fieldsReader(state);
        }

        @Override
        public int getMaxDimensions(String field) {
            return WIDEST;
        }
    }
}
