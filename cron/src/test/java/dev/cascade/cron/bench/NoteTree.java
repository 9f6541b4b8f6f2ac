package dev.cascade.cron.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Notes as people keep them: 0.2 to 60 KB, most of them short; frontmatter, headings, lists, tables and
/// code; most in one language, some in others. The same seed gives the same bytes.
///
/// Notes lie in folders of a hundred.
final class NoteTree {

    static final int SMALLEST = 200;
    static final int LARGEST = 60_000;

    private static final int FILES_OF_A_FOLDER = 100;
    private static final double USUAL_SIZE = Math.log(4_000);
    private static final double SPREAD = 1.05;

    private final Path root;
    private final long seed;

    NoteTree(Path root, long seed) {
        this.root = root;
        this.seed = seed;
    }

    Path root() {
        return root;
    }

    /// Writes `count` notes.
    ///
    /// @return how many bytes they have
    long writeAll(int count) {
        return IntStream.range(0, count).parallel().mapToLong(number -> write(number, 0)).sum();
    }

    /// The path of a note below the root.
    static String path(int number) {
        int folder = number / FILES_OF_A_FOLDER;
        return "area-%02d/topic-%04d/note-%07d.md".formatted(folder % 40, folder, number);
    }

    Path file(int number) {
        return root.resolve(path(number));
    }

    /// Writes a note as it is after `edits` edits.
    long write(int number, int edits) {
        Path file = file(number);
        byte[] text = text(number, edits).getBytes(StandardCharsets.UTF_8);
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, text);
        } catch (IOException ex) {
            throw new IllegalStateException("the tree cannot be written", ex);
        }
        return text.length;
    }

    private String text(int number, int edits) {
        Random chance = new Random(seed * 1_000_003 + number);
        Vocabulary words = Vocabulary.of(chance);
        int size = (int) Math.clamp(Math.exp(USUAL_SIZE + SPREAD * chance.nextGaussian()),
                SMALLEST, LARGEST);
        StringBuilder text = new StringBuilder(size + 500);
        String title = words.some(chance, 2 + chance.nextInt(5));
        if (chance.nextInt(10) < 7) {
            frontmatter(text, chance, words, title);
        }
        text.append("# ").append(title).append("\n\n");
        for (int edit = 0; edit < edits; edit++) {
            text.append("Edited, ").append(edit).append(".\n\n");
        }
        int sections = 0;
        while (text.length() < size) {
            if (sections++ > 0) {
                text.append(chance.nextInt(4) == 0 ? "### " : "## ")
                        .append(words.some(chance, 1 + chance.nextInt(5)))
                        .append("\n\n");
            }
            int blocks = 1 + chance.nextInt(5);
            for (int block = 0; block < blocks && text.length() < size; block++) {
                block(text, chance, words);
            }
        }
        return text.toString();
    }

    private static void frontmatter(StringBuilder text, RandomGenerator chance, Vocabulary words,
            String title) {
        text.append("---\ntitle: \"").append(title).append("\"\n");
        text.append("date: 20%02d-%02d-%02d\n".formatted(15 + chance.nextInt(11),
                1 + chance.nextInt(12), 1 + chance.nextInt(28)));
        text.append("tags: [").append(words.some(chance, 1));
        for (int tag = chance.nextInt(4); tag > 0; tag--) {
            text.append(", ").append(words.some(chance, 1));
        }
        text.append("]\n---\n\n");
    }

    private static void block(StringBuilder text, RandomGenerator chance, Vocabulary words) {
        switch (chance.nextInt(12)) {
            case 0 -> {
                text.append("```sh\n");
                for (int line = 2 + chance.nextInt(8); line > 0; line--) {
                    text.append("run --")
                            .append(words.some(chance, 1))
                            .append("=")
                            .append(
                                    chance.nextInt(100_000))
                            .append(" | sort\n");
                }
                text.append("```\n\n");
            }
            case 1 -> {
                text.append("| name | value |\n|---|---|\n");
                for (int row = 2 + chance.nextInt(8); row > 0; row--) {
                    text.append("| ")
                            .append(words.some(chance, 2))
                            .append(" | ")
                            .append(chance.nextInt(10_000))
                            .append(" |\n");
                }
                text.append('\n');
            }
            case 2, 3 -> {
                for (int item = 2 + chance.nextInt(6); item > 0; item--) {
                    text.append("- ")
                            .append(words.some(chance, 3 + chance.nextInt(12)))
                            .append('\n');
                }
                text.append('\n');
            }
            default -> {
                for (int sentence = 1 + chance.nextInt(6); sentence > 0; sentence--) {
                    text.append(words.some(chance, 5 + chance.nextInt(15))).append(". ");
                }
                if (chance.nextInt(5) == 0) {
                    text.append("See [[").append(words.some(chance, 2)).append("]].");
                }
                text.append("\n\n");
            }
        }
    }

    /// `NoteTree FOLDER COUNT`
    static void main(String[] args) {
        int count = Integer.parseInt(args[1]);
        long bytes = new NoteTree(Path.of(args[0]), 1).writeAll(count);
        System.out.printf("%,d notes, %,d bytes%n", count, bytes);
    }
}
