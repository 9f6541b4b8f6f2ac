package dev.cascade.steps.index;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FSLockFactory;
import org.apache.lucene.store.LockFactory;
import org.apache.lucene.store.MMapDirectory;

/// The folder of an index, for those who read it.
///
/// Lucene makes a folder that is not there, and with it the root of a disk that was just taken away. So it is
/// looked for first, and what Lucene loads for a folder is loaded before that, for it takes long enough to be seen.
final class IndexFolder {

    private static final LockFactory LOCKS = FSLockFactory.getDefault();

    static {
        try {
            MethodHandles.lookup().ensureInitialized(MMapDirectory.class);
        } catch (IllegalAccessException ex) {
            throw new ExceptionInInitializerError(ex);
        }
    }

    private IndexFolder() {}

    /// @throws MissingIndex if there is no folder
    static Directory open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new MissingIndex(folder);
        }
        return FSDirectory.open(folder, LOCKS);
    }
}
