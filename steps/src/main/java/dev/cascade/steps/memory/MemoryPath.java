package dev.cascade.steps.memory;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Where a file stands below the root: components joined by `/`, whatever the platform.
///
/// Paths are ordered by the unsigned bytes of their UTF-8 form. That is also the order of a walk
/// which sorts the children of each folder with folders spelled as `name/`, and of SQLite's BINARY
/// collation.
///
/// A name that is no UTF-8 cannot be a Java string. Each of its stray bytes is written as U+FFFD and
/// two hexadecimal digits; such a path can be shown and refused, but not opened.
///
/// @param value
///            the relative path, such as `users/mira/user.md`
public record MemoryPath(String value) implements Comparable<MemoryPath> {

    private static final char STRAY_BYTE = '\uFFFD';

    public MemoryPath {
        for (int begin = 0; begin <= value.length(); begin++) {
            int slash = value.indexOf('/', begin);
            int end = slash < 0 ? value.length() : slash;
            if (isStep(value, begin, end)) {
                throw new IllegalArgumentException(
                        "'%s' is no path below a root".formatted(value));
            }
            begin = end;
        }
    }

    /// Whether a component is no name: nothing, `.` or `..`. A path with one would be another spelling of
    /// the same place.
    private static boolean isStep(String path, int begin, int end) {
        return switch (end - begin) {
            case 0 -> true;
            case 1 -> path.charAt(begin) == '.';
            case 2 -> path.startsWith("..", begin);
            default -> false;
        };
    }

    /// The path of `file`, given relative to the root and made of names that are UTF-8.
    public static MemoryPath of(Path relative) {
        StringBuilder joined = new StringBuilder();
        for (Path component : relative) {
            joined.append(joined.isEmpty() ? "" : "/").append(component);
        }
        return new MemoryPath(joined.toString());
    }

    /// The path below the root that someone names, as hits show it; empty for the root itself.
    ///
    /// @throws IllegalArgumentException
    ///             if it leads out of the root
    public static Optional<MemoryPath> named(String relative) {
        String plain = relative.strip().replaceFirst("^\\./", "").replaceFirst("/$", "");
        return plain.isEmpty() || plain.equals(".") ? Optional.empty()
                : Optional.of(new MemoryPath(plain));
    }

    /// Where the file stands on disk.
    public Path in(Path root) {
        return root.resolve(value);
    }

    /// The last component.
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /// The component at `index`, counted from 0; empty if there are fewer.
    public String component(int index) {
        String[] components = value.split("/", -1);
        return index < components.length ? components[index] : "";
    }

    /// Whether the file stands at `ancestor` or below it.
    public boolean isAtOrBelow(MemoryPath ancestor) {
        return value.equals(ancestor.value) || value.startsWith(ancestor.value + "/");
    }

    /// Whether every byte of the name on disk could be read as UTF-8.
    public boolean isUtf8() {
        return value.indexOf(STRAY_BYTE) < 0;
    }

    /// The path in one printable line: control characters are escaped, so no name can forge output.
    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                case STRAY_BYTE -> shown.append("\\x");
                default -> {
                    if (Character.isISOControl(c)) {
                        shown.append("\\u%04x".formatted((int) c));
                    } else {
                        shown.append(c);
                    }
                }
            }
        }
        return shown.toString();
    }

    @Override
    public int compareTo(MemoryPath other) {
        return compareUtf8(value, other.value);
    }

    /// Compares as the unsigned bytes of the UTF-8 forms would; an unpaired surrogate sorts as `?`.
    public static int compareUtf8(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                if (Character.isSurrogate(x) || Character.isSurrogate(y)) {
                    return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8),
                            b.getBytes(StandardCharsets.UTF_8));
                }
                return Character.compare(x, y);
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
