package dev.cascade.steps.ledger;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;

/// What one short process tells the next about a database that failed it.
///
/// @param fingerprint of the database when this was noted
/// @param disabled whether it is not to be touched; else a repair of it was begun
/// @param message why
/// @param remedy what the reader can do about it
public record RepairNote(String fingerprint, boolean disabled, String message, String remedy) {

    /// The note at `file`; one that cannot be understood counts as none.
    public static Optional<RepairNote> read(Path file) {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            lines.load(reader);
        } catch (IOException | IllegalArgumentException ex) {
            return Optional.empty();
        }
        String state = lines.getProperty("state", "");
        boolean isWhole = (state.equals("tried") || state.equals("disabled"))
                && lines.keySet()
                        .containsAll(java.util.List.of("fingerprint", "message",
                                "remedy"));
        return isWhole
                ? Optional.of(new RepairNote(lines.getProperty("fingerprint"),
                        state.equals("disabled"), lines.getProperty("message"),
                        lines.getProperty("remedy")))
                : Optional.empty();
    }

    /// Makes this the note at `file`, on the disk before anything else happens.
    void write(Path file) {
        Properties lines = new Properties();
        lines.setProperty("state", disabled ? "disabled" : "tried");
        lines.setProperty("fingerprint", fingerprint);
        lines.setProperty("message", message);
        lines.setProperty("remedy", remedy);
        Path written = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            StringWriter text = new StringWriter();
            lines.store(text, null);
            try (FileChannel channel = FileChannel.open(written, StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException ex) {
            throw new UncheckedIOException("%s cannot be written: %s".formatted(file, ex), ex);
        }
    }
}
