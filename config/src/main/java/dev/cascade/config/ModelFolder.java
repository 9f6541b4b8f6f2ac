package dev.cascade.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder with a sentence transformer in ONNX form, laid out as exports of such models are:
/// `model.onnx`, at the top or in `onnx`, and beside it what it takes to use it.
///
/// @param path
///            absolute
public record ModelFolder(Path path) {

    /*
     * What vectors may be compared is decided by what made them, and a folder's name says nothing of
     * that. The digest of every byte would: but models are large, and it is needed at each start. The
     * sizes of the files alone are the same for all models of one architecture. So a sample is taken,
     * 64 blocks that are spread evenly over each file. Training changes weights everywhere, so two
     * models that were trained apart differ in nearly every block; one that was changed by hand in a
     * few bytes between them would be taken for the same.
     */

    private static final int BLOCK = 512;
    private static final int BLOCKS = 64;

    private static final String MODEL = "model.onnx";
    private static final List<String> BESIDE = List.of("tokenizer.json", "modules.json",
            "1_Pooling/config.json");

    public ModelFolder {
        path = path.toAbsolutePath().normalize();
    }

    /// Where the model itself lies, whether or not it is there.
    public Path model() {
        Path below = path.resolve("onnx").resolve(MODEL);
        return Files.exists(below) && !Files.exists(path.resolve(MODEL)) ? below
                : path.resolve(MODEL);
    }

    /// A file that stands beside the model, whether or not it is there.
    public Path beside(String name) {
        return path.resolve(name);
    }

    /// The same for the same model wherever it lies, and another for another one.
    ///
    /// @throws IOException
    ///             if there is no model, or it cannot be read
    public String digest() throws IOException {
        List<String> seen = new ArrayList<>();
        for (Path file : parts()) {
            add(file.getFileName().toString(), file, seen);
        }
        for (String name : BESIDE) {
            if (Files.exists(path.resolve(name))) {
                add(name, path.resolve(name), seen);
            }
        }
        return Digests.sha256(String.join("\u0000", seen).getBytes(StandardCharsets.UTF_8));
    }

    private static void add(String name, Path file, List<String> seen) throws IOException {
        seen.addAll(
                List.of(name, Long.toString(Files.size(file)), Digests.sha256(sample(file))));
    }

    /// Why a file could not be read, in words.
    public static String reason(IOException ex) {
        return switch (ex) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "the user who runs Cascade may not read it";
            default -> String.valueOf(ex.getMessage());
        };
    }

    /// The model and the files beside it that hold weights which do not fit into it.
    private List<Path> parts() throws IOException {
        Path model = model();
        List<Path> parts = new ArrayList<>();
        parts.add(model);
        try (Stream<Path> siblings = Files.list(model.resolveSibling(""))) {
            siblings.filter(file -> !file.equals(model)
                    && file.getFileName().toString().startsWith(MODEL)
                    && Files.isRegularFile(file))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .forEach(parts::add);
        }
        return parts;
    }

    /// The whole of a small file, blocks of a large one.
    private static byte[] sample(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long size = channel.size();
            if (size <= (long) BLOCK * BLOCKS) {
                return read(channel, 0, (int) size);
            }
            ByteBuffer sample = ByteBuffer.allocate(BLOCK * BLOCKS);
            for (int i = 0; i < BLOCKS; i++) {
                sample.put(read(channel, (size - BLOCK) * i / (BLOCKS - 1), BLOCK));
            }
            return sample.array();
        }
    }

    private static byte[] read(SeekableByteChannel channel, long from, int length)
            throws IOException {
        ByteBuffer block = ByteBuffer.allocate(length);
        channel.position(from);
        while (block.hasRemaining()) {
            if (channel.read(block) < 0) {
                throw new IOException("it became shorter while it was read");
            }
        }
        return block.array();
    }
}
