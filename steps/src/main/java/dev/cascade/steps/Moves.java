package dev.cascade.steps;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cascade.config.KindSpec;
import dev.cascade.steps.SourceReader.Source;
import dev.cascade.steps.ledger.Gates.Arrival;
import dev.cascade.steps.ledger.Gates.Proposal;
import dev.cascade.steps.memory.MalformedMemory;

/// Which proposed removals are moves: what the index holds of the missing file stands in a file that
/// is new in the same run. Each new file accounts for one missing one.
///
/// Looked for only when there are more removals than may go, for it reads the new files that are as
/// large as a missing one. A new file that cannot be read accounts for none.
final class Moves {

    private static final Logger log = LoggerFactory.getLogger(Moves.class);

    private final BitSet moved = new BitSet();

    private Moves() {}

    static Moves among(Reconciliation run) {
        Map<Long, Integer> arrived = arrived(run);
        Moves moves = new Moves();
        Iterator<Proposal> proposals = new Pages<>(
                after -> run.gates().proposedAfter(after, run.run()), Proposal::path);
        for (int i = 0; proposals.hasNext(); i++) {
            String content = proposals.next().contentSha256();
            if (content != null
                    && arrived.merge(key(content), -1, Integer::sum) >= 0) {
                moves.moved.set(i);
            }
        }
        return moves;
    }

    private static Map<Long, Integer> arrived(Reconciliation run) {
        SourceReader reader = new SourceReader(run.root().home().root(),
                run.properties().reconcile().maxFileSize().toBytes(), run.clock());
        Map<Long, Integer> arrived = new HashMap<>();
        new Pages<>(after -> run.gates().arrivalsAfter(after, run.run()), Arrival::path)
                .forEachRemaining(arrival -> run.root()
                        .kinds()
                        .named(arrival.kind())
                        .flatMap(kind -> content(reader, arrival, kind))
                        .ifPresent(content -> arrived.merge(key(content), 1, Integer::sum)));
        return arrived;
    }

    private static Optional<String> content(SourceReader reader, Arrival arrival,
            KindSpec kind) {
        try {
            Source source = reader.read(arrival.path(), kind);
            return Optional.of(source.file().sha256());
        } catch (IOException | MalformedMemory ex) {
            log.debug("{} is not taken for a move", arrival.path(), ex);
            return Optional.empty();
        }
    }

    /// Eight bytes of a digest tell a million files apart, and take a tenth of the room.
    private static long key(String sha256) {
        return Long.parseUnsignedLong(sha256.substring(0, 16), 16);
    }

    long count() {
        return moved.cardinality();
    }

    /// Says of each proposal, asked in the order of their paths, whether it is a move.
    Predicate<Proposal> inOrder() {
        int[] next = {0};
        return _ -> moved.get(next[0]++);
    }
}
