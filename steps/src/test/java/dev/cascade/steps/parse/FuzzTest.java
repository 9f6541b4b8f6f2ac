package dev.cascade.steps.parse;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.MemoryPath;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class FuzzTest {

    private static final List<String> PATHS = List.of(Files.EPISODES, Files.FORESIGHTS,
            Files.CASES, Files.DECISIONS, Files.PROFILE, Files.PRINCIPLES, Files.DOCUMENT,
            Files.TOPIC);

    private static final List<String> SHARDS = List.of("---\n", "\n", "\r", "### ", "<!-- entry:",
            " -->", "<!-- /entry:x -->", "**timestamp**:", "null", "[", "]", "{", "}", ": ", "- ",
            "&a ", "*a", "'", "\"", "|\n", "\t", "\0", "\uFEFF", "\u2028", "\uD83C\uDF31", "# ",
            "> ", "```\n", "| a |\n|---|\n", "[[a|b]]", "<a href=\"", "![", "](", "1e999", "~",
            "!!binary ", "? ", "%", "...\n", "===\n", "\\ud800", "*", "_", "`", "&#0;", "&nbsp;");

    @ParameterizedTest
    @ValueSource(longs = {1, 20260304, 77})
    void aMutatedFileIsReadOrRefusedAndNothingElse(long seed) throws IOException {
        Random random = new Random(seed);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            String path = PATHS.get(random.nextInt(PATHS.size()));
            KindSpec kind = random.nextInt(4) == 0 ? Files.note() : Files.kind(path);
            byte[] bytes = mutated(example(path), random);
            try {
                check(Files.parse(path, bytes, Map.of(), kind), bytes);
                read++;
            } catch (MalformedMemory ex) {
                assertThat(ex).message().startsWith(path).contains("; ");
                refused++;
            } catch (RuntimeException ex) {
                throw new AssertionError("seed %d, round %d: %s".formatted(seed, i,
                        new String(bytes, UTF_8)), ex);
            }
        }
        assertThat(read).isGreaterThan(500);
        assertThat(refused).isGreaterThan(500);
    }

    @Test
    void oneParserServesManyThreads() throws IOException {
        MemoryParser parser = new MemoryParser();
        byte[] bytes = example(Files.EPISODES);
        SourceFile file = new SourceFile(new MemoryPath(Files.EPISODES), bytes, new TreeMap<>());
        KindSpec kind = Files.kind(Files.EPISODES);
        MemoryDocument expected = parser.parse(file, kind);

        assertThat(IntStream.range(0, 500)
                .parallel()
                .mapToObj(_ -> parser.parse(file, kind))
                .distinct()).containsExactly(expected);
    }

    private static void check(MemoryDocument document, byte[] bytes) {
        int lines = (int) new String(bytes, UTF_8).chars()
                .filter(c -> c == '\n' || c == '\r')
                .count() + 1;
        assertThat(document.entries()).extracting(Entry::id).doesNotHaveDuplicates();
        assertThat(document.entries()).allSatisfy(
                entry -> assertThat(entry.line()).isBetween(1, Math.max(1, lines)));
        assertThat(document.findings()).allSatisfy(
                finding -> assertThat(finding.line()).isBetween(0, Math.max(1, lines)));
    }

    private static byte[] example(String path) throws IOException {
        String name = path.substring(path.lastIndexOf('/') + 1);
        try (InputStream in = Objects.requireNonNull(
                FuzzTest.class.getResourceAsStream("/parse/examples/" + name), name)) {
            return in.readAllBytes();
        }
    }

    private static byte[] mutated(byte[] original, Random random) {
        String text = new String(original, UTF_8);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int from = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), from + random.nextInt(12));
            String put = switch (random.nextInt(4)) {
                case 0 -> "";
                case 1 -> text.substring(from, to).repeat(3);
                default -> SHARDS.get(random.nextInt(SHARDS.size()));
            };
            text = text.substring(0, from) + put + text.substring(random.nextBoolean() ? to : from);
        }
        byte[] bytes = text.getBytes(UTF_8);
        if (bytes.length > 0 && random.nextInt(20) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }
}
