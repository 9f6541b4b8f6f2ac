package dev.cascade.steps.memory;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// What the file system tells of a file without opening it. Equal fingerprints mean: unchanged.
///
/// @param size
///            bytes
/// @param modified
///            modification time in nanoseconds since 1970
/// @param changed
///            change time in nanoseconds since 1970; 0 where the file system has none
/// @param inode
///            0 where the file system has none
/// @param companions
///            a digest of names, sizes and times of the files that belong to this one; empty if
///            there are none
public record Fingerprint(long size, long modified, long changed, long inode, String companions) {

    /// Stands for a file that is known to have existed, and nothing more; no walk ever sees it.
    public static final Fingerprint UNKNOWN = new Fingerprint(-2, 0, 0, 0, "");

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /// The clock of a file system that shows fractions of seconds moves at least this often.
    private static final Duration FINE_GRAIN = Duration.ofMillis(20);

    /// FAT keeps even seconds; nothing in use is coarser.
    private static final Duration COARSE_GRAIN = Duration.ofSeconds(2);

    /// Reads the form that [#toString] writes.
    public static Fingerprint parse(String text) {
        int modified = text.indexOf(':') + 1;
        int changed = text.indexOf(':', modified) + 1;
        int inode = text.indexOf(':', changed) + 1;
        int companions = text.indexOf(':', inode) + 1;
        return new Fingerprint(Long.parseLong(text, 0, modified - 1, 10),
                Long.parseLong(text, modified, changed - 1, 10),
                Long.parseLong(text, changed, inode - 1, 10),
                Long.parseLong(text, inode, companions - 1, 10), text.substring(companions));
    }

    /// When the file was changed last, as far as the file system tells.
    public Instant touched() {
        return Instant.EPOCH.plusNanos(changed != 0 ? changed : modified);
    }

    /// Whether an edit right after `read` could have left the same fingerprint, because the file
    /// was last touched within one tick of the file system's clock. Such a file must be looked
    /// at again.
    public boolean isUnsure(Instant read) {
        long touched = changed != 0 ? changed : modified;
        Duration grain = touched % SECOND == 0 ? COARSE_GRAIN : FINE_GRAIN;
        long nanos = TimeUnit.SECONDS.toNanos(read.getEpochSecond()) + read.getNano();
        return touched >= nanos - grain.toNanos();
    }

    @Override
    public String toString() {
        return "%d:%d:%d:%d:%s".formatted(size, modified, changed, inode, companions);
    }
}
