package dev.cascade.cron.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import dev.cascade.cron.CascadeProcess;

import static org.assertj.core.api.Assertions.assertThat;

class BenchmarksTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern ROW = Pattern.compile("(?m)^\\|.*\\| (?:yes|\\*\\*no\\*\\*) \\|$");

    @Test
    void everyRowOfThePageIsThatOfItsRounds() throws IOException {
        Path docs = CascadeProcess.launcher().resolveSibling("docs");
        List<String> told = ROW.matcher(Files.readString(docs.resolve("benchmarks.md")))
                .results()
                .map(row -> row.group())
                .toList();
        try (Stream<Path> kept = Files.list(docs.resolve("benchmarks"))) {
            List<String> measured = kept.filter(file -> file.toString().endsWith("0.json"))
                    .map(file -> JSON.readValue(file, Comparison.class).row())
                    .toList();
            assertThat(told).containsExactlyInAnyOrderElementsOf(measured)
                    .hasSizeGreaterThan(10);
        }
    }
}
