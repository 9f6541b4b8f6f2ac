package dev.cascade.cron.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// SQLite's library as the build has unpacked it beside the jar; without it the driver unpacks its
/// own at every start, which takes longer than most commands run.
final class NativeLibraries {

    private NativeLibraries() {}

    static void announce() {
        String app = System.getProperty("cascade.app");
        if (app == null || System.getProperty("org.sqlite.lib.path") != null) {
            return;
        }
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        String arch = System.getProperty("os.arch", "").replace("amd64", "x86_64");
        Path folder = Path.of(app, "native", mac ? "Mac" : "Linux", arch);
        String name = mac ? "libsqlitejdbc.dylib" : "libsqlitejdbc.so";
        if (Files.isRegularFile(folder.resolve(name))) {
            System.setProperty("org.sqlite.lib.path", folder.toString());
            System.setProperty("org.sqlite.lib.name", name);
        }
    }
}
