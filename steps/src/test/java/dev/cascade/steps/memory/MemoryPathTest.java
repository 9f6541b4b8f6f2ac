package dev.cascade.steps.memory;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MemoryPathTest {

    /// Around every border between lengths in UTF-8, and around the surrogates.
    private static final int[] CHARACTERS = {'!', '-', ',', '0', 'A', 'a', 0x7f, 0x80, 0x7ff, 0x800,
            0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x1f600, 0x10ffff};

    private static String random(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i <= random.nextInt(4); i++) {
            name.appendCodePoint(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        return name.toString();
    }

    @Test
    void pathsAreOrderedByTheUnsignedBytesOfTheirUtf8Form() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String a = random(random);
            String b = random(random);
            int expected = Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8),
                    b.getBytes(StandardCharsets.UTF_8));
            assertThat(Integer.signum(new MemoryPath(a).compareTo(new MemoryPath(b))))
                    .as("%s and %s", a, b)
                    .isEqualTo(Integer.signum(expected));
        }
    }

    @Test
    void theOrderOfPathsIsThatOfFoldersSpelledWithTheirSlash() {
        List<MemoryPath> paths = new ArrayList<>(List.of(new MemoryPath("a.md"),
                new MemoryPath("a/z.md"), new MemoryPath("a-b/c.md"), new MemoryPath("a0.md"),
                new MemoryPath("a/b/c.md")));
        Collections.sort(paths);
        assertThat(paths).extracting(MemoryPath::value)
                .containsExactly("a-b/c.md", "a.md", "a/b/c.md", "a/z.md", "a0.md");
        assertThat(paths).isSortedAccordingTo(Comparator.naturalOrder());
    }

    @Test
    @Tag("EV-22")
    void noNameForgesALineOfOutput() {
        assertThat(new MemoryPath("a\nb\r\t\u001b[31m\u0085.md").toString())
                .isEqualTo("a\\nb\\r\\t\\u001b[31m\\u0085.md");
        assertThat(new MemoryPath("bad\uFFFDff.md").toString()).isEqualTo("bad\\xff.md");
        assertThat(new MemoryPath("grün 😀.md").toString()).isEqualTo("grün 😀.md");
    }

    @ParameterizedTest
    @Tag("EV-22")
    @ValueSource(strings = {"", "/a.md", "a/", "..", "../a.md", "a/../b.md", "a/..",
            ".", "./a.md", "a//b.md", "a/./b.md"})
    void whatIsNotBelowARootIsNoPath(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new MemoryPath(value));
    }

    @Test
    void dotsWithinANameAreNoStepUpwards() {
        assertThat(new MemoryPath("a/..b/c..md").name()).isEqualTo("c..md");
    }

    @Test
    void aPathKnowsItsComponentsAndItsAncestors() {
        MemoryPath path = MemoryPath.of(Path.of("one", "two", "three.md"));
        assertThat(path.value()).isEqualTo("one/two/three.md");
        assertThat(path.component(1)).isEqualTo("two");
        assertThat(path.component(3)).isEmpty();
        assertThat(path.isAtOrBelow(new MemoryPath("one"))).isTrue();
        assertThat(path.isAtOrBelow(path)).isTrue();
        assertThat(path.isAtOrBelow(new MemoryPath("on"))).isFalse();
        assertThat(path.isAtOrBelow(new MemoryPath("one/two/three"))).isFalse();
    }
}
