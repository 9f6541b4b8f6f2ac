package dev.cascade.steps.index;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.NoLockFactory;

/// Reads a whole generation and compares all checksums and structures, beside whoever writes there.
public final class IndexCheck {

    /// Who writes may delete a file that was just about to be read. Then it is looked at again.
    private static final int LOOKS = 3;

    private IndexCheck() {}

    /// What is damaged in the last commit in `folder`; an empty list if nothing is.
    ///
    /// @return empty if others wrote so often that it cannot be told
    /// @throws MissingIndex
    ///             if there is none
    public static Optional<List<String>> damage(Path folder) {
        try (Directory directory = IndexFolder.open(folder)) {
            for (int look = 0; look < LOOKS; look++) {
                long before = SegmentInfos.getLastCommitGeneration(directory);
                List<String> damage = damage(directory);
                if (damage.isEmpty()
                        || SegmentInfos.getLastCommitGeneration(directory) == before) {
                    return Optional.of(damage);
                }
            }
            return Optional.empty();
        } catch (IOException ex) {
            throw IndexProblem.reading(folder, ex);
        }
    }

    /// The lock of the writer is not asked for: nothing is changed here.
    private static List<String> damage(Directory directory) throws IOException {
        try (CheckIndex check = new CheckIndex(directory,
                NoLockFactory.INSTANCE.obtainLock(directory, "check"))) {
            CheckIndex.Status status = check.checkIndex();
            if (status.missingSegments) {
                return List.of("its list of segments cannot be read");
            }
            return status.clean ? List.of()
                    : List.of("%d of its %d segments are damaged: %s".formatted(
                            status.numBadSegments, status.numSegments, damaged(status)));
        }
    }

    private static List<String> damaged(CheckIndex.Status status) {
        return status.segmentInfos.stream()
                .filter(segment -> segment.error != null || segment.toLoseDocCount > 0)
                .map(segment -> segment.name)
                .toList();
    }
}
