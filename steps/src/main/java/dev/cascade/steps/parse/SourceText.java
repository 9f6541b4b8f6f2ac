package dev.cascade.steps.parse;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.apache.commons.io.ByteOrderMark;

import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryPath;

/// The text of a file: no byte order mark, every line ended by a line feed, positions known
/// as lines.
final class SourceText {

    private final String text;
    private final int[] lineStarts;

    private SourceText(String text) {
        this.text = text;
        lineStarts = lineStarts(text);
    }

    /// Decodes strict UTF-8.
    ///
    /// @param what
    ///            how a complaint calls the bytes: empty for the file itself, else the companion
    /// @throws MalformedMemory
    ///             if the bytes are no UTF-8 or hold a NUL
    static SourceText decode(MemoryPath path, String what, byte[] bytes) {
        int start = startsWith(bytes, ByteOrderMark.UTF_8) ? ByteOrderMark.UTF_8.length() : 0;
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
        CharBuffer out = CharBuffer.allocate(bytes.length - start);
        CoderResult result = decoder.decode(in, out, true);
        String text = normalised(out.flip().toString());
        if (result.isError()) {
            throw badByte(path, what, bytes, in.position(), text);
        }
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new MalformedMemory(path, what.isEmpty() ? lineAfter(text.substring(0, nul)) : 0,
                    what + "a NUL byte was seen",
                    "take it out, or keep files that are no text elsewhere");
        }
        return new SourceText(text);
    }

    private static MalformedMemory badByte(MemoryPath path, String what, byte[] bytes, int offset,
            String before) {
        boolean utf16 = startsWith(bytes, ByteOrderMark.UTF_16LE)
                || startsWith(bytes, ByteOrderMark.UTF_16BE);
        int line = lineAfter(before);
        return new MalformedMemory(path, what.isEmpty() ? line : 0,
                "%sbyte 0x%02X at offset %d%s is no UTF-8%s".formatted(what, bytes[offset], offset,
                        what.isEmpty() ? "" : " (line %d)".formatted(line),
                        utf16 ? ", it looks like UTF-16" : ""),
                "save the file as UTF-8");
    }

    private static boolean startsWith(byte[] bytes, ByteOrderMark mark) {
        return bytes.length >= mark.length()
                && Arrays.equals(bytes, 0, mark.length(), mark.getBytes(), 0, mark.length());
    }

    private static String normalised(String text) {
        return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
    }

    private static int lineAfter(String text) {
        return 1 + (int) text.chars().filter(c -> c == '\n').count();
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[64];
        int count = 1;
        for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, 2 * count);
            }
            starts[count++] = at + 1;
        }
        return Arrays.copyOf(starts, count);
    }

    String text() {
        return text;
    }

    /// The line that holds the character at `offset`, counted from 1.
    int lineAt(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }
}
