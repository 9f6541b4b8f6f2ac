package dev.cascade.steps;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/// A real folder behind a disk that fails where and when a test says so, with the words of the
/// operating system:
///
///     FaultyDisk disk = new FaultyDisk();
///     Path root = disk.over(folder);
///     disk.fail(Operation.STAT, folder.resolve("a.md"), Ailment.IO);
///
/// What lies behind is the real disk with everything it can, `unix:` attributes too.
public final class FaultyDisk {

    /// What is being done when it fails. `LIST_ON` asks a folder for its second child, or for its end
    /// if there is no second; `READ` reads on after the first bytes of a file.
    public enum Operation {
        LIST, LIST_ON, STAT, OPEN, READ
    }

    /// Why it fails, as the operating system says it.
    public enum Ailment {
        IO("Input/output error"), STALE("Stale file handle"), FILES("Too many open files");

        private final String reason;

        Ailment(String reason) {
            this.reason = reason;
        }

        public String reason() {
            return reason;
        }
    }

    /// What happens just before an operation; throwing makes it fail.
    public interface Event {
        void happen() throws IOException;
    }

    private record Place(Operation operation, Path path, AtomicInteger sparing, Event event) {}

    private final FileSystem real = Path.of("").getFileSystem();
    private final Disk disk = new Disk();
    private final Mounted mounted = new Mounted();
    private final List<Place> places = new CopyOnWriteArrayList<>();
    private final AtomicInteger struck = new AtomicInteger();
    private final Map<Operation, AtomicInteger> done = new ConcurrentHashMap<>();

    /// The same folder, seen through this disk.
    public Path over(Path folder) {
        return new Seen(folder.toAbsolutePath());
    }

    /// Lets an operation on a path fail, each time, until [#heal()].
    public FaultyDisk fail(Operation operation, Path path, Ailment ailment) {
        return failAfter(0, operation, path, ailment);
    }

    /// Lets the first `sparing` operations pass and all later ones fail.
    public FaultyDisk failAfter(int sparing, Operation operation, Path path, Ailment ailment) {
        Path place = path.toAbsolutePath();
        return before(sparing, operation, path, () -> {
            struck.incrementAndGet();
            throw new FileSystemException(place.toString(), null, ailment.reason);
        });
    }

    /// Lets something happen before an operation on a path, once `sparing` of them have passed.
    public FaultyDisk before(int sparing, Operation operation, Path path, Event event) {
        places.add(new Place(operation, path.toAbsolutePath(), new AtomicInteger(sparing),
                event));
        return this;
    }

    /// Nothing fails any more.
    public void heal() {
        places.clear();
    }

    /// How often it failed.
    public int struck() {
        return struck.get();
    }

    /// How often this was done, or tried, since it was asked last.
    public int countAnew(Operation operation) {
        AtomicInteger counted = done.remove(operation);
        return counted == null ? 0 : counted.get();
    }

    private Path touch(Operation operation, Path seen) throws IOException {
        done.computeIfAbsent(operation, _ -> new AtomicInteger()).incrementAndGet();
        Path path = behind(seen);
        for (Place place : places) {
            if (place.operation == operation && place.path.equals(path.toAbsolutePath())
                    && place.sparing.getAndDecrement() <= 0) {
                place.event.happen();
            }
        }
        return path;
    }

    private static Path behind(Path path) {
        return path instanceof Seen seen ? seen.real : path;
    }

    /// The path as this disk shows it.
    private final class Seen implements Path {

        private final Path real;

        Seen(Path real) {
            this.real = real;
        }

        @Override
        public FileSystem getFileSystem() {
            return mounted;
        }

        @Override
        public boolean isAbsolute() {
            return real.isAbsolute();
        }

        private @Nullable Path seen(@Nullable Path path) {
            return path == null ? null : new Seen(path);
        }

        @Override
        public @Nullable Path getRoot() {
            return seen(real.getRoot());
        }

        @Override
        public @Nullable Path getFileName() {
            return seen(real.getFileName());
        }

        @Override
        public @Nullable Path getParent() {
            return seen(real.getParent());
        }

        @Override
        public int getNameCount() {
            return real.getNameCount();
        }

        @Override
        public Path getName(int index) {
            return new Seen(real.getName(index));
        }

        @Override
        public Path subpath(int from, int to) {
            return new Seen(real.subpath(from, to));
        }

        @Override
        public boolean startsWith(Path other) {
            return real.startsWith(behind(other));
        }

        @Override
        public boolean endsWith(Path other) {
            return real.endsWith(behind(other));
        }

        @Override
        public Path normalize() {
            return new Seen(real.normalize());
        }

        @Override
        public Path resolve(Path other) {
            return new Seen(real.resolve(behind(other)));
        }

        @Override
        public Path relativize(Path other) {
            return new Seen(real.relativize(behind(other)));
        }

        @Override
        public URI toUri() {
            return real.toUri();
        }

        @Override
        public Path toAbsolutePath() {
            return new Seen(real.toAbsolutePath());
        }

        @Override
        public Path toRealPath(LinkOption... options) throws IOException {
            return new Seen(touch(Operation.STAT, this).toRealPath(options));
        }

        @Override
        public java.io.File toFile() {
            return real.toFile();
        }

        @Override
        public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events,
                WatchEvent.Modifier... modifiers) {
            throw new UnsupportedOperationException("nothing is watched");
        }

        @Override
        public int compareTo(Path other) {
            return real.compareTo(behind(other));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Seen seen && seen.real.equals(real);
        }

        @Override
        public int hashCode() {
            return real.hashCode();
        }

        @Override
        public String toString() {
            return real.toString();
        }
    }

    /// The file system as this disk shows it.
    private final class Mounted extends FileSystem {

        @Override
        public FileSystemProvider provider() {
            return disk;
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException("it lasts as long as the real one");
        }

        @Override
        public boolean isOpen() {
            return real.isOpen();
        }

        @Override
        public boolean isReadOnly() {
            return real.isReadOnly();
        }

        @Override
        public String getSeparator() {
            return real.getSeparator();
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            List<Path> roots = new ArrayList<>();
            real.getRootDirectories().forEach(root -> roots.add(new Seen(root)));
            return roots;
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            return real.getFileStores();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return real.supportedFileAttributeViews();
        }

        @Override
        public Path getPath(String first, String... more) {
            return new Seen(real.getPath(first, more));
        }

        @Override
        public PathMatcher getPathMatcher(String pattern) {
            PathMatcher matcher = real.getPathMatcher(pattern);
            return path -> matcher.matches(behind(path));
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            return real.getUserPrincipalLookupService();
        }

        @Override
        public WatchService newWatchService() {
            throw new UnsupportedOperationException("nothing is watched");
        }
    }

    /// Hands every operation on to the real disk, after a look at what is to fail.
    private final class Disk extends FileSystemProvider {

        private final FileSystemProvider behind = real.provider();

        @Override
        public String getScheme() {
            return "faulty";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
            throw new UnsupportedOperationException("a FaultyDisk is made by its constructor");
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return mounted;
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException("no URI leads here");
        }

        @Override
        public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options,
                FileAttribute<?>... attributes) throws IOException {
            Path opened = touch(Operation.OPEN, path);
            return new Channel(opened, behind.newByteChannel(opened, options, attributes));
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path folder,
                DirectoryStream.Filter<? super Path> filter) throws IOException {
            Path listed = touch(Operation.LIST, folder);
            return new Listing(listed, behind.newDirectoryStream(listed,
                    child -> filter.accept(new Seen(child))));
        }

        @Override
        public void createDirectory(Path folder, FileAttribute<?>... attributes)
                throws IOException {
            behind.createDirectory(behind(folder), attributes);
        }

        @Override
        public void delete(Path path) throws IOException {
            behind.delete(behind(path));
        }

        @Override
        public void copy(Path from, Path to, CopyOption... options) throws IOException {
            Files.copy(behind(from), behind(to), options);
        }

        @Override
        public void move(Path from, Path to, CopyOption... options) throws IOException {
            Files.move(behind(from), behind(to), options);
        }

        @Override
        public boolean isSameFile(Path one, Path other) throws IOException {
            return behind.isSameFile(behind(one), behind(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return behind.isHidden(behind(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return behind.getFileStore(behind(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            behind.checkAccess(touch(Operation.STAT, path), modes);
        }

        @Override
        public <V extends FileAttributeView> @Nullable V getFileAttributeView(Path path,
                Class<V> type, LinkOption... options) {
            return behind.getFileAttributeView(behind(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type,
                LinkOption... options) throws IOException {
            return behind.readAttributes(touch(Operation.STAT, path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes,
                LinkOption... options) throws IOException {
            return behind.readAttributes(touch(Operation.STAT, path), attributes, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value,
                LinkOption... options) throws IOException {
            behind.setAttribute(behind(path), attribute, value, options);
        }
    }

    /// The children of a folder, the second of which may not be had.
    private final class Listing implements DirectoryStream<Path> {

        private final Path folder;
        private final DirectoryStream<Path> children;

        Listing(Path folder, DirectoryStream<Path> children) {
            this.folder = folder;
            this.children = children;
        }

        @Override
        public Iterator<Path> iterator() {
            Iterator<Path> all = children.iterator();
            return new Iterator<>() {

                private int given;

                @Override
                public boolean hasNext() {
                    if (given == 1) {
                        goOn();
                    }
                    return all.hasNext();
                }

                @Override
                public Path next() {
                    Path child = new Seen(all.next());
                    given++;
                    return child;
                }
            };
        }

        private void goOn() {
            try {
                touch(Operation.LIST_ON, folder);
            } catch (IOException ex) {
                throw new DirectoryIteratorException(ex);
            }
        }

        @Override
        public void close() throws IOException {
            children.close();
        }
    }

    /// An open file that gives a few bytes before it may fail.
    private final class Channel implements SeekableByteChannel {

        private static final int FIRST_BYTES = 4;

        private final Path path;
        private final SeekableByteChannel channel;

        Channel(Path path, SeekableByteChannel channel) {
            this.path = path;
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (channel.position() > 0) {
                touch(Operation.READ, path);
                return channel.read(into);
            }
            ByteBuffer few = ByteBuffer.allocate(Math.min(FIRST_BYTES, into.remaining()));
            int read = channel.read(few);
            into.put(few.flip());
            return read;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return channel.write(from);
        }

        @Override
        public long position() throws IOException {
            return channel.position();
        }

        @Override
        public SeekableByteChannel position(long at) throws IOException {
            channel.position(at);
            return this;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            channel.truncate(size);
            return this;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
