package dev.cascade.steps.tree;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import dev.cascade.config.Digests;
import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.Fingerprint;

/// What one `stat` tells of a path. Symbolic links are never followed.
///
/// @param fingerprint
///            of a file; of anything else, one that stays the same as long as it is none
public record Stat(Nature nature, Fingerprint fingerprint) {

    /// What stands at a path.
    public enum Nature {
        FILE, FOLDER, LINK, OTHER
    }

    private static final boolean UNIX = Path.of("")
            .getFileSystem()
            .supportedFileAttributeViews()
            .contains("unix");

    private static final String ATTRIBUTES = UNIX
            ? "unix:mode,size,lastModifiedTime,ctime,ino"
            : "isRegularFile,isDirectory,isSymbolicLink,size,lastModifiedTime";

    /// Looks at a path.
    ///
    /// @throws IOException if it cannot be looked at, or is gone ([NoSuchFileException])
    public static Stat of(Path path) throws IOException {
        Map<String, Object> seen = attributes(path);
        Nature nature = UNIX ? nature((int) number(seen, "mode")) : nature(seen);
        if (nature == Nature.FILE) {
            return new Stat(Nature.FILE,
                    new Fingerprint(number(seen, "size"), nanos(seen, "lastModifiedTime"),
                            UNIX ? nanos(seen, "ctime") : 0, UNIX ? number(seen, "ino") : 0, ""));
        }
        return new Stat(nature, odd(nature));
    }

    /// As `stat(2)` codes it.
    private static Nature nature(int mode) {
        return switch (mode & 0170000) {
            case 0100000 -> Nature.FILE;
            case 0040000 -> Nature.FOLDER;
            case 0120000 -> Nature.LINK;
            default -> Nature.OTHER;
        };
    }

    private static Nature nature(Map<String, Object> seen) {
        return Boolean.TRUE.equals(seen.get("isRegularFile")) ? Nature.FILE
                : Boolean.TRUE.equals(seen.get("isDirectory")) ? Nature.FOLDER
                        : Boolean.TRUE.equals(seen.get("isSymbolicLink")) ? Nature.LINK
                                : Nature.OTHER;
    }

    private static Map<String, Object> attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException | AccessDeniedException ex) {
            throw ex;
        } catch (FileSystemException ex) {
            if (standsBelowAFile(path)) {
                throw new NoSuchFileException(path.toString(), null,
                        "a file took the place of its folder");
            }
            throw ex;
        }
    }

    /// The system says neither "no such file" nor anything that Java knows of such a path.
    private static boolean standsBelowAFile(Path path) {
        for (Path up = path.getParent(); up != null; up = up.getParent()) {
            if (Files.exists(up, LinkOption.NOFOLLOW_LINKS)) {
                return Files.isRegularFile(up, LinkOption.NOFOLLOW_LINKS);
            }
        }
        return false;
    }

    private static Fingerprint odd(Nature nature) {
        long code = switch (nature) {
            case FILE -> 0;
            case FOLDER -> 1;
            case LINK -> 2;
            case OTHER -> 3;
        };
        return new Fingerprint(-1, code, 0, 0, "");
    }

    /// The stat of a file of the given kind, its companions folded into the fingerprint.
    public static Stat of(Path path, KindSpec kind) throws IOException {
        Stat alone = of(path);
        if (alone.nature != Nature.FILE || kind.companionFolder().isEmpty()) {
            return alone;
        }
        SortedMap<String, Path> companions = companions(path, kind);
        if (companions.isEmpty()) {
            return alone;
        }
        StringBuilder seen = new StringBuilder();
        for (Map.Entry<String, Path> companion : companions.entrySet()) {
            seen.append(companion.getKey())
                    .append('\0')
                    .append(of(companion.getValue()).fingerprint)
                    .append('\n');
        }
        Fingerprint own = alone.fingerprint;
        return new Stat(Nature.FILE, new Fingerprint(own.size(), own.modified(), own.changed(),
                own.inode(), Digests.sha256(seen.toString().getBytes(StandardCharsets.UTF_8))
                        .substring(0, 16)));
    }

    /// The regular files that belong to the one at `path`, by name.
    public static SortedMap<String, Path> companions(Path path, KindSpec kind)
            throws IOException {
        SortedMap<String, Path> found = new TreeMap<>();
        Path folder = path.resolveSibling(kind.companionFolder().orElseThrow());
        try {
            if (of(folder).nature != Nature.FOLDER) {
                return found;
            }
        } catch (NoSuchFileException ex) {
            return found;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                if (kind.hasCompanion(path.resolveSibling("").relativize(child))
                        && isFile(child)) {
                    found.put(name(child), child);
                }
            }
        } catch (NoSuchFileException ex) {
            return found;
        } catch (java.nio.file.DirectoryIteratorException ex) {
            throw ex.getCause();
        }
        return found;
    }

    /// Unlike [Files#isRegularFile], takes no failure for an answer.
    static boolean isFile(Path path) throws IOException {
        try {
            return of(path).nature == Nature.FILE;
        } catch (NoSuchFileException ex) {
            return false;
        }
    }

    /// The last component of a path as [dev.cascade.steps.memory.MemoryPath] spells it: a byte that
    /// is no UTF-8 becomes U+FFFD and two hexadecimal digits.
    static String name(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.indexOf('\uFFFD') < 0 ? name : spelled(path);
    }

    /// Java shows the bytes of a name only in its URI, percent-encoded.
    private static String spelled(Path path) {
        String raw = path.toUri().getRawPath();
        String encoded = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
        byte[] bytes = percentDecoded(encoded.substring(encoded.lastIndexOf('/') + 1));
        StringBuilder spelled = new StringBuilder();
        int at = 0;
        while (at < bytes.length) {
            int length = characterLength(bytes, at);
            if (length == 0) {
                spelled.append('\uFFFD').append(HexFormat.of().toHexDigits(bytes[at++]));
            } else {
                spelled.append(new String(bytes, at, length, StandardCharsets.UTF_8));
                at += length;
            }
        }
        return spelled.toString();
    }

    /// How many of the next bytes are one character of UTF-8; 0 if the next byte begins none.
    private static int characterLength(byte[] bytes, int from) {
        for (int length = 1; length <= Math.min(4, bytes.length - from); length++) {
            byte[] candidate = Arrays.copyOfRange(bytes, from, from + length);
            if (Arrays.equals(candidate, new String(candidate, StandardCharsets.UTF_8)
                    .getBytes(StandardCharsets.UTF_8))) {
                return length;
            }
        }
        return 0;
    }

    private static byte[] percentDecoded(String encoded) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            if (encoded.charAt(i) == '%') {
                decoded.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
                i += 2;
            } else {
                decoded.write(encoded.charAt(i));
            }
        }
        return decoded.toByteArray();
    }

    private static long number(Map<String, Object> seen, String attribute) {
        return ((Number) Objects.requireNonNull(seen.get(attribute))).longValue();
    }

    private static long nanos(Map<String, Object> seen, String attribute) {
        return ((FileTime) Objects.requireNonNull(seen.get(attribute))).to(TimeUnit.NANOSECONDS);
    }
}
