package dev.cascade.cron.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// The libraries that are no Java, as the build has unpacked them beside the jar; without that each
/// unpacks its own: SQLite's driver and ONNX Runtime at every start, which takes longer than most
/// commands run, and the tokenizers once, into the home of whoever runs Cascade.
final class NativeLibraries {

    private NativeLibraries() {}

    static void announce() {
        String app = System.getProperty("cascade.app");
        if (app == null) {
            return;
        }
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        String arch = System.getProperty("os.arch", "").replace("amd64", "x86_64");
        Path folder = Path.of(app, "native", mac ? "Mac" : "Linux", arch);
        String ending = mac ? ".dylib" : ".so";
        announce(folder, "libsqlitejdbc" + ending, Map.of("org.sqlite.lib.path",
                folder.toString(), "org.sqlite.lib.name", "libsqlitejdbc" + ending));
        announce(folder, "libonnxruntime" + ending,
                Map.of("onnxruntime.native.path", folder.toString()));
        announce(folder, "libtokenizers" + ending,
                Map.of("RUST_LIBRARY_PATH", folder.resolve("libtokenizers" + ending).toString()));
    }

    /// Does nothing if there is no such library, or the user has said where another one is.
    private static void announce(Path folder, String library, Map<String, String> properties) {
        if (Files.isRegularFile(folder.resolve(library))
                && properties.keySet().stream().noneMatch(System.getProperties()::containsKey)) {
            properties.forEach(System::setProperty);
        }
    }
}
