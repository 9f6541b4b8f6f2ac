package dev.cascade.steps.index;

import java.nio.file.Path;

import org.apache.lucene.index.DirectoryReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;

import static org.assertj.core.api.Assertions.assertThat;

class CommittingWriterTest {

    @TempDir
    private Path root;

    @Test
    void viewsOfOneCommitAreClosedEachForItself() {
        IndexHeader header = IndexHeader.of("root-1", 1,
                Kinds.of(Home.of(root, null), Layout.NOTES));
        try (CommittingWriter writer = CommittingWriter.open(root.resolve("g000001"), header,
                DataSize.ofMegabytes(16))) {
            IndexView first = writer.view(null);
            IndexView second = writer.view(first);
            DirectoryReader shared = first.reader();
            assertThat(second.reader()).isSameAs(shared);

            first.close();
            first.close();
            assertThat(second.counts().files()).isZero();

            second.close();
            assertThat(shared.getRefCount()).as("nothing holds the files any more").isZero();
        }
    }
}
