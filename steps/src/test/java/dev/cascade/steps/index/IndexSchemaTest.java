package dev.cascade.steps.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.Watermark;

import static org.assertj.core.api.Assertions.assertThat;

/// What a commit says of the way in which its index was made.
@Tag("EV-41")
class IndexSchemaTest {

    @TempDir
    private Path root;

    private Kinds kinds() {
        return Kinds.of(Home.of(root, null), Layout.NOTES);
    }

    private MemoryIndex open() {
        return MemoryIndex.open(folder(), "root-1", 1, kinds(), DataSize.ofMegabytes(16));
    }

    private Path folder() {
        return root.resolve("g000001");
    }

    private void write(Written file) {
        try (MemoryIndex index = open()) {
            index.apply(List.<Outcome>of(file.against(index)));
            index.commit(new Watermark(1, 1));
        }
    }

    private SchemaDifference difference() {
        return IndexSchema.of(kinds()).from(CommitData.read(folder()).header().schema());
    }

    @Test
    void everyFieldThatLuceneHoldsIsNamedWithItsType() throws IOException {
        write(Written.note("a.md")
                .titled("A")
                .entry("one", "One", "2026-05-01T10:00:00Z", "parent",
                        Map.of("body", List.of("Hello"), "tags", List.of("x")))
                .deprecating("x", "y"));
        SortedMap<String, String> told = CommitData.read(folder()).header().schema().fields();
        try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(folder()))) {
            for (FieldInfo field : FieldInfos.getMergedFieldInfos(reader)) {
                boolean isMore = field.getIndexOptions() != IndexOptions.NONE
                        || field.getDocValuesType() != DocValuesType.NONE
                        || field.getPointDimensionCount() > 0;
                if (isMore) {
                    assertThat(told).containsKey(field.name);
                    String type = told.getOrDefault(field.name, "");
                    assertThat(type.contains("docs")).as(field.name)
                            .isEqualTo(field.getIndexOptions() != IndexOptions.NONE);
                    assertThat(type.contains("positions")).as(field.name)
                            .isEqualTo(
                                    field.getIndexOptions() == IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
                    assertThat(type.contains("norms")).as(field.name).isEqualTo(field.hasNorms());
                    assertThat(type.contains("values_")).as(field.name)
                            .isEqualTo(field.getDocValuesType() != DocValuesType.NONE);
                    assertThat(type.contains("points")).as(field.name)
                            .isEqualTo(field.getPointDimensionCount() > 0);
                }
            }
        }
        assertThat(difference().isNone()).isTrue();
    }

    @Test
    void anIndexThatNamesNeitherAnalyzerNorFieldsIsAsGood() {
        write(Written.note("a.md").entry("one", "text"));
        MadeOtherwise.sayingLess(folder());
        assertThat(CommitData.read(folder()).header().schema().fields()).isEmpty();
        assertThat(difference().isNone()).isTrue();
        write(Written.note("b.md").entry("two", "text"));
        assertThat(CommitData.read(folder()).header().schema())
                .isEqualTo(IndexSchema.of(kinds()));
    }

    @Test
    void whatIsAddedToAnIndexThatWasMadeOtherwiseLetsItSaySo() {
        write(Written.note("a.md").entry("one", "text"));
        MadeOtherwise.saying(folder(), data -> {
            data.put("cascade.format", "1");
            data.put("cascade.analyzer", "plain-1");
        });
        write(Written.note("b.md").entry("two", "text"));
        assertThat(CommitData.read(folder()).watermark()).contains(new Watermark(1, 1));
        assertThat(difference().made()).containsExactly("format: 1, now 2",
                "analyzer: plain-1, now icu-bigram-kstem-1");
    }

    @Test
    void whatACommitSaysIsNotTakenOnTrust() {
        write(Written.note("a.md").entry("one", "text"));
        MadeOtherwise.saying(folder(), data -> {
            for (int i = 0; i < 20_000; i++) {
                data.put("cascade.field.a%05d".formatted(i), "docs");
            }
            data.put("cascade.field." + "x".repeat(10_000), "docs");
            data.put("cascade.field.body", "\u001b[31m");
        });
        assertThat(CommitData.read(folder()).header().schema().fields()).hasSize(5000)
                .doesNotContainKey("body");
        assertThat(SchemaDifference.named(difference().extra())).hasSize(21)
                .last()
                .asString()
                .matches("and \\d+ more");
    }

    @Test
    void aColumnOfAnotherTypeIsAnotherField() throws IOException {
        Files.writeString(root.resolve("kinds.yaml"), TICKETS);
        SortedMap<String, String> before = IndexSchema.of(kinds()).fields();
        Files.writeString(root.resolve("kinds.yaml"), TICKETS.replace("keyword", "integer"));
        SchemaDifference changed = IndexSchema.of(kinds())
                .from(new IndexSchema(IndexSchema.FORMAT, MemoryAnalyzer.ID,
                        new TreeMap<>(before)));
        assertThat(changed.isOfKindsAlone()).isTrue();
        assertThat(changed.missing()).containsExactly("integer.score");
        assertThat(changed.extra()).containsExactly("keyword.score");
    }

    private static final String TICKETS = """
            kinds:
              ticket:
                glob: "tickets/*.md"
                shape: single-entity
                entry-id: frontmatter:key
                fields:
                  frontmatter:key: {default: only}
                  frontmatter:score: {type: keyword}
                  body: {}
                hashed: [body]
                tokenised: [body]
            """;
}
