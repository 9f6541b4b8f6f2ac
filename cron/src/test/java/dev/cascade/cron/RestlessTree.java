package dev.cascade.cron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/// A tree of notes that changes all the time, in a thread of its own, while others read it.
///
/// It knows its files by heart and never lists a folder, so it can work beside anyone, and as an
/// ordinary user too while what it locked is locked.
final class RestlessTree implements AutoCloseable {

    /// What happens to the tree. When folders vanish, as with a disk that is not mounted, or are swapped
    /// under a walk, more may be missing than a guard believes; then a person's word is needed.
    enum Event {
        CREATE, EDIT, APPEND, MOVE, DELETE, TRUNCATE, MEND, KEEP_TIME, SWAP_FOLDERS, VANISH, RETURN, LOCK_FILE, UNLOCK_FILE, LOCK_FOLDER, UNLOCK_FOLDER
    }

    private static final int FOLDERS = 6;
    private static final int FEWEST = 60;
    private static final int MOST = 140;
    private static final List<String> WORDS = List.of("humidity", "sensor", "wall", "cable",
            "salt", "probe", "Wärme", "été", "湿度", "pump", "motor", "reading");

    private final Path root;
    private final Random random;
    private final boolean locks;
    private final List<String> files = new ArrayList<>();
    private final Map<Event, Integer> happened = new EnumMap<>(Event.class);
    private final Map<String, Boolean> malformed = new LinkedHashMap<>();
    private final List<String> lockedFiles = new ArrayList<>();
    private final List<String> away = new ArrayList<>();
    private volatile @Nullable String lockedFolder;
    private volatile long unlockedAt = System.nanoTime();
    private volatile @Nullable Throwable fault;
    private volatile boolean resting;
    private @Nullable Thread thread;
    private int sequence;

    /// @param locks whether taking away permissions means anything to those who read
    RestlessTree(Path root, Random random, boolean locks) throws IOException {
        this.root = root;
        this.random = random;
        this.locks = locks;
        for (int i = 0; i < FOLDERS; i++) {
            Files.createDirectories(root.resolve("f" + i));
        }
        while (files.size() < FEWEST + 20) {
            create();
        }
    }

    /// How often each kind of event really happened.
    Map<Event, Integer> happened() {
        return happened;
    }

    boolean locks() {
        return locks;
    }

    /// Begins to change: each kind of event in turn, then at random.
    void begin() {
        thread = Thread.ofPlatform().name("restless").start(this::live);
    }

    /// Whether some folder could not be read at some time since then.
    boolean hadALockedFolderSince(long nanos) {
        return lockedFolder != null || unlockedAt - nanos >= 0;
    }

    /// Comes to rest with all permissions restored and nothing malformed.
    @Override
    public void close() throws IOException {
        resting = true;
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException ex) {
            throw new IllegalStateException("interrupted while the tree came to rest", ex);
        }
        Throwable failed = fault;
        comeBack();
        unlockFolder();
        while (unlockFile()) {
            // one after the other
        }
        for (String file : List.copyOf(malformed.keySet())) {
            mend(file);
        }
        if (failed != null) {
            throw new AssertionError("the tree could not be changed", failed);
        }
    }

    private void live() {
        try {
            for (Event event : Event.values()) {
                happen(event);
                pause();
            }
            while (!resting) {
                happen(Event.values()[random.nextInt(Event.values().length)]);
                pause();
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException ex) {
            fault = ex;
        }
    }

    private void pause() throws InterruptedException {
        Thread.sleep(20 + random.nextInt(150));
    }

    private void happen(Event event) throws IOException {
        if (did(event)) {
            happened.merge(event, 1, Integer::sum);
        }
    }

    private boolean did(Event event) throws IOException {
        List<String> free = files.stream().filter(this::isFree).toList();
        String some = free.get(random.nextInt(free.size()));
        Path path = root.resolve(some);
        return switch (event) {
            case CREATE -> files.size() < MOST && create();
            case EDIT -> write(some, text());
            case APPEND -> !malformed.containsKey(some)
                    && write(some, Files.readString(path) + section());
            case MOVE -> move(some);
            case DELETE -> files.size() > FEWEST && random.nextInt(5) == 0 && delete(some);
            case TRUNCATE -> truncate(some);
            case MEND -> {
                List<String> broken = malformed.keySet().stream().filter(this::isFree).toList();
                yield !broken.isEmpty() && mend(broken.getFirst());
            }
            case KEEP_TIME -> {
                FileTime time = Files.getLastModifiedTime(path);
                write(some, text());
                Files.setLastModifiedTime(path, time);
                yield true;
            }
            case SWAP_FOLDERS ->
                lockedFolder == null && away.isEmpty() && random.nextInt(4) == 0 && swap();
            case VANISH -> away.isEmpty() && lockedFolder == null && random.nextInt(4) == 0
                    && vanish();
            case RETURN -> comeBack();
            case LOCK_FILE -> locks && lockedFiles.size() < 3 && lock(some);
            case UNLOCK_FILE -> unlockFile();
            case LOCK_FOLDER ->
                locks && lockedFolder == null && away.isEmpty() && random.nextInt(4) == 0
                        && lockFolder();
            case UNLOCK_FOLDER -> unlockFolder();
        };
    }

    private boolean isFree(String file) {
        String folder = lockedFolder;
        return !lockedFiles.contains(file) && away.stream().noneMatch(file::startsWith)
                && (folder == null || !file.startsWith(folder + "/"));
    }

    private String freePath() {
        while (true) {
            String path = "f%d/n%04d.md".formatted(random.nextInt(FOLDERS), sequence++);
            if (isFree(path)) {
                return path;
            }
        }
    }

    private boolean create() throws IOException {
        String path = freePath();
        files.add(path);
        return write(path, text());
    }

    private boolean write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        malformed.remove(file);
        if (random.nextBoolean()) {
            Path temporary = path.resolveSibling("." + path.getFileName() + ".tmp");
            Files.writeString(temporary, text);
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.writeString(path, text);
        }
        return true;
    }

    private boolean move(String from) throws IOException {
        String to = freePath();
        Files.move(root.resolve(from), root.resolve(to));
        rename(from, to);
        return true;
    }

    private void rename(String from, String to) {
        files.set(files.indexOf(from), to);
        if (malformed.remove(from) != null) {
            malformed.put(to, true);
        }
        if (lockedFiles.remove(from)) {
            lockedFiles.add(to);
        }
    }

    private boolean delete(String file) throws IOException {
        Files.delete(root.resolve(file));
        files.remove(file);
        malformed.remove(file);
        return true;
    }

    /// Leaves half a file, as a writer that was cut off would.
    private boolean truncate(String file) throws IOException {
        Files.writeString(root.resolve(file), "---\ntags: [a, b\n---\n# Half\0");
        malformed.put(file, true);
        return true;
    }

    private boolean mend(String file) throws IOException {
        return write(file, text());
    }

    private boolean swap() throws IOException {
        String one = "f" + random.nextInt(FOLDERS);
        String other = "f" + random.nextInt(FOLDERS);
        if (one.equals(other)) {
            return false;
        }
        Files.move(root.resolve(one), root.resolve("aside"));
        Files.move(root.resolve(other), root.resolve(one));
        Files.move(root.resolve("aside"), root.resolve(other));
        for (String file : List.copyOf(files)) {
            if (file.startsWith(one + "/")) {
                rename(file, "aside" + file.substring(one.length()));
            } else if (file.startsWith(other + "/")) {
                rename(file, one + file.substring(other.length()));
            }
        }
        for (String file : List.copyOf(files)) {
            if (file.startsWith("aside/")) {
                rename(file, other + file.substring("aside".length()));
            }
        }
        return true;
    }

    private Path beside(String folder) {
        return root.resolveSibling("away-" + folder.replace("/", ""));
    }

    /// Half of the folders go where the root does not reach.
    private boolean vanish() throws IOException {
        for (int i = 0; i < FOLDERS / 2; i++) {
            String folder = "f%d/".formatted(i);
            Files.move(root.resolve(folder), beside(folder));
            away.add(folder);
        }
        return true;
    }

    private boolean comeBack() throws IOException {
        for (String folder : away) {
            Files.move(beside(folder), root.resolve(folder));
        }
        return away.removeAll(List.copyOf(away));
    }

    private void allow(String path, String permissions) throws IOException {
        Files.setPosixFilePermissions(root.resolve(path),
                PosixFilePermissions.fromString(permissions));
    }

    private boolean lock(String file) throws IOException {
        allow(file, "---------");
        lockedFiles.add(file);
        return true;
    }

    private boolean unlockFile() throws IOException {
        List<String> free = lockedFiles.stream()
                .filter(file -> lockedFolder == null || !file.startsWith(lockedFolder + "/"))
                .filter(file -> away.stream().noneMatch(file::startsWith))
                .toList();
        if (free.isEmpty()) {
            return false;
        }
        allow(free.getFirst(), "rw-r--r--");
        lockedFiles.remove(free.getFirst());
        return true;
    }

    private boolean lockFolder() throws IOException {
        String folder = "f" + random.nextInt(FOLDERS);
        lockedFolder = folder;
        allow(folder, "---------");
        return true;
    }

    private boolean unlockFolder() throws IOException {
        String folder = lockedFolder;
        if (folder == null) {
            return false;
        }
        allow(folder, "rwxr-xr-x");
        unlockedAt = System.nanoTime();
        lockedFolder = null;
        return true;
    }

    private String text() {
        StringBuilder text = new StringBuilder(
                random.nextBoolean() ? "---\ntags: [a, b]\n---\n" : "");
        for (int i = 0; i <= random.nextInt(4); i++) {
            text.append(section());
        }
        return text.toString();
    }

    private String section() {
        String[] words = new String[3 + random.nextInt(9)];
        Arrays.setAll(words, _ -> WORDS.get(random.nextInt(WORDS.size())));
        return "\n# Heading %d\n\nnote %s\n".formatted(random.nextInt(5),
                String.join(" ", words));
    }
}
