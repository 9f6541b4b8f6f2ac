package dev.cascade.cron;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;

import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cascade.cron.CascadeProcess.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// The script that finds Java and the jar.
class LauncherIT {

    @TempDir
    Path folder;

    private CascadeProcess cascade;

    @BeforeEach
    void begin() {
        cascade = CascadeProcess.in(folder).env("CASCADE_AOT", "never"); // the JDKs here are made up
    }

    @Test
    void anOldJavaHomeIsPassedOver() throws IOException {
        Path old = jdk("17.0.15");
        Result result = cascade.env("JAVA_HOME", old.toString())
                .env("PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"))
                .run("version", "--json");
        assertThat(result.exit()).isZero();
        assertThat(result.json().path("java").asString()).startsWith("25");
    }

    @Test
    void aNewerJavaHomeIsTaken() throws IOException {
        Path newer = jdk("27-ea");
        Result result = cascade.env("JAVA_HOME", newer.toString()).run("version");
        assertThat(result.stdout()).startsWith("taken: ");
    }

    private Path jdk(String version) throws IOException {
        Path home = folder.resolve("jdk-" + version);
        Path java = home.resolve("bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"%s\"\n".formatted(version));
        Files.writeString(java, "#!/bin/sh\necho \"taken: $*\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return home;
    }

    @Test
    void fileNamesSurviveAnEmptyLocale() throws IOException {
        Path root = Files.createDirectories(folder.resolve("grün 猫"));
        Result result = cascade.env("LC_ALL", null)
                .env("LANG", null)
                .env("LC_CTYPE", null)
                .run("init", "--root", root.toString());
        assertThat(result.exit()).isZero();
        assertThat(result.stdout()).contains("grün 猫");
        assertThat(root.resolve("cascade.yaml")).exists();
    }

    @Test
    void itCanBeCalledThroughALink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("c"), CascadeProcess.launcher());
        assertThat(cascade.launchedBy(link).run("version").exit()).isZero();
    }

    @Test
    void anUnpackedReleaseRunsAndNeverBuilds() throws IOException {
        Path release = Files.createDirectories(folder.resolve("cascade 0.1"));
        Path target = CascadeProcess.launcher().resolveSibling("cron/target");
        Path script = copy(CascadeProcess.launcher(), release.resolve("cascade"));
        cascade.launchedBy(script).env("CASCADE_BUILD", null);
        Result empty = cascade.run("version", "--json");
        assertThat(empty.exit()).isEqualTo(2);
        assertThat(empty.json().path("error").path("message").asString())
                .contains("no cascade.jar");

        copy(target.resolve("cascade.jar"), release.resolve("cascade.jar"));
        assertThat(cascade.run("version").stdout()).startsWith("cascade 0.");
    }

    @Test
    void aCheckoutThatMustNotBuildSaysWhatIsMissing() throws IOException {
        Path checkout = Files.createDirectories(folder.resolve("checkout"));
        Path script = copy(CascadeProcess.launcher(), checkout.resolve("cascade"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Result result = cascade.launchedBy(script).run("version");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.stderr()).contains("no jar yet", "CASCADE_BUILD").hasLineCount(2);
    }

    @Test
    void twoLaunchersBuildOnceAndOneSaysSo() throws IOException {
        Path checkout = Files.createDirectories(folder.resolve("checkout"));
        Path script = copy(CascadeProcess.launcher(), checkout.resolve("cascade"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Stream.of("config", "steps", "jobs", "cron").forEach(module -> {
            try {
                Files.createDirectories(checkout.resolve(module).resolve("src/main"));
                Files.writeString(checkout.resolve(module).resolve("pom.xml"), "<project/>");
            } catch (IOException ex) {
                throw new java.io.UncheckedIOException(ex);
            }
        });
        Files.createDirectories(checkout.resolve("cron/src/build"));
        Path jar = CascadeProcess.launcher().resolveSibling("cron/target/cascade.jar");
        Path mvn = Files.writeString(Files.createDirectories(folder.resolve("bin")).resolve("mvn"),
                """
                        #!/bin/sh
                        echo built >>'%s/builds'
                        sleep 1
                        cp '%s' cron/target/cascade.jar
                        touch cron/target/built
                        """.formatted(folder, jar));
        assertThat(mvn.toFile().setExecutable(true)).isTrue();
        Result result = cascade.launchedBy(script)
                .env("CASCADE_BUILD", null)
                .env("PATH", mvn.getParent() + ":" + System.getenv("PATH"))
                .shell("cascade version & cascade version; wait");
        assertThat(result.exit()).isZero();
        assertThat(folder.resolve("builds")).content().isEqualTo("built\n");
        assertThat(result.stderr()).contains("building").hasLineCount(1);
        assertThat(result.stdout().lines().filter(line -> line.startsWith("cascade 0."))).hasSize(
                2);
        assertThat(cascade.run("version").stderr()).isEmpty();
    }

    @Test
    void theStartUpCacheIsMadeInTheBackgroundAndNeverHeard() throws Exception {
        Path release = Files.createDirectories(folder.resolve("release"));
        Path built = CascadeProcess.launcher().resolveSibling("cron/target/app");
        FileUtils.copyDirectory(built.toFile(), release.resolve("app").toFile(),
                file -> !file.getName().startsWith("start-up"));
        Path script = copy(CascadeProcess.launcher(), release.resolve("cascade"));
        Path leftByAKill = Files.createDirectories(release.resolve("app/.start-up.1/root"));
        cascade.launchedBy(script).env("CASCADE_AOT", null).env("CASCADE_BUILD", null);
        Result before = cascade.run("config", "show", "--json");
        Path cache = release.resolve("app/start-up-%s-working.aot".formatted(System.getProperty(
                "java.version")));
        Path last = cache
                .resolveSibling(cache.getFileName().toString().replace("working", "json"));
        for (int tenths = 0; !Files.exists(last) && tenths < 900; tenths++) {
            Thread.sleep(100);
        }
        assertThat(last).exists();
        assertThat(cache).exists();
        assertThat(leftByAKill).doesNotExist();
        assertThat(cascade.run("config", "show", "--json")).isEqualTo(before);
        Files.setLastModifiedTime(release.resolve("app/cascade.jar"), FileTime.fromMillis(0));
        assertThat(cascade.run("config", "show", "--json")).isEqualTo(before);
        Files.writeString(cache, "no cache at all");
        assertThat(cascade.run("config", "show", "--json")).isEqualTo(before);
        assertThat(cascade.env("CASCADE_JAVA_OPTS", "-Xshare:off").run("version").exit()).isZero();
    }

    @Test
    void noClassOfALibraryThatHadToBeRewrittenIsReadFromItsJar() throws Exception {
        Path app = CascadeProcess.launcher().resolveSibling("cron/target/app");
        Path cache = app.resolve(
                "start-up-%s-working.aot".formatted(System.getProperty("java.version")));
        Path root = Files.createDirectories(folder.resolve("root"));
        Files.writeString(root.resolve("a.md"), "# A\n");
        Files.writeString(root.resolve(".cascadeignore"), "*.tmp\n/drafts/\n");
        assertThat(cache).as("made by the build").exists();
        Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC", "-Xlog:class+load", "--enable-native-access=ALL-UNNAMED",
                "-XX:AOTCache=" + cache, "-Dcascade.app=" + app, "-jar",
                app.resolve("cascade.jar").toString(), "sync", "--root", root.toString())
                .redirectErrorStream(true)
                .start();
        String loaded = new String(process.getInputStream().readAllBytes(),
                StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(loaded).contains("picocli.CommandLine source: shared objects file",
                "org.eclipse.jgit.ignore.IgnoreNode source: shared objects file");
        assertThat(loaded.lines().filter(line -> line.contains("source: file:")))
                .noneMatch(line -> line.contains("/picocli-") || line.contains("jgit"));
    }

    @Test
    void aTermSignalReachesTheJvm() throws Exception {
        Path jdk = jdk("25");
        Files.writeString(jdk.resolve("bin/java"),
                "#!/bin/sh\ntrap 'exit 143' TERM\necho up\nwhile :; do sleep 0.1; done\n");
        Process process = cascade.env("JAVA_HOME", jdk.toString()).start("version");
        assertThat(process.getInputStream().read()).isEqualTo('u');
        process.destroy();
        assertThat(process.waitFor()).isEqualTo(143);
    }

    private static Path copy(Path from, Path to) throws IOException {
        return Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }
}
