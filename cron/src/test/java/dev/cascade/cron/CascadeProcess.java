package dev.cascade.cron;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs the packaged product as users do: through the launcher, as a process of its own.
///
/// Nothing of the person who runs the tests leaks in: home and settings lie in `folder`, and no
/// `CASCADE_*` variable is passed on.
///
/// ```java
/// CascadeProcess.Result result = CascadeProcess.in(folder).run("version", "--json");
/// ```
/// 
public final class CascadeProcess {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path folder;
    private final Map<String, @Nullable String> environment = new LinkedHashMap<>();
    private Path launcher = launcher();
    private String stdin = "";
    private Duration timeout = Duration.ofMinutes(2);
    private List<String> before = List.of();

    private CascadeProcess(Path folder) {
        this.folder = folder;
    }

    /// How a process ended and what it said.
    public record Result(int exit, String stdout, String stderr) {

        /// Stdout as the one JSON object that `--json` promises.
        public JsonNode json() {
            return JSON.readTree(stdout);
        }
    }

    /// A process that runs while the test goes on.
    public static final class Running implements AutoCloseable {

        private final Process process;
        private final StringWriter outSoFar = new StringWriter();
        private final StringWriter errSoFar = new StringWriter();
        private final CompletableFuture<String> out;
        private final CompletableFuture<String> err;

        private Running(Process process) {
            this.process = process;
            this.out = read(process.getInputStream(), outSoFar);
            this.err = read(process.getErrorStream(), errSoFar);
        }

        /// What it has said on stdout up to now.
        public String stdout() {
            return outSoFar.toString();
        }

        /// What it has said on stderr up to now.
        public String stderr() {
            return errSoFar.toString();
        }

        public long pid() {
            return process.pid();
        }

        public boolean isAlive() {
            return process.isAlive();
        }

        /// Sends a signal by its name, such as INT.
        public Running signal(String name) {
            try {
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start()
                        .waitFor();
            } catch (IOException | InterruptedException ex) {
                throw new IllegalStateException("kill did not work", ex);
            }
            return this;
        }

        /// How it ended.
        ///
        /// @throws AssertionError if it did not, within `limit`
        public Result end(Duration limit) {
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    close();
                    throw new AssertionError("it did not end within %s; it said:%n%s%n%s"
                            .formatted(limit, out.join(), err.join()));
                }
                return new Result(process.exitValue(), out.join(), err.join());
            } catch (InterruptedException ex) {
                throw new IllegalStateException("interrupted while waiting", ex);
            }
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /// A process whose working directory and home are `folder`.
    public static CascadeProcess in(Path folder) {
        return new CascadeProcess(folder);
    }

    /// The launcher at the top of the repository.
    public static Path launcher() {
        String named = System.getProperty("cascade.launcher");
        if (named != null) {
            return Path.of(named);
        }
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            if (Files.isExecutable(up.resolve("cascade"))) {
                return up.resolve("cascade");
            }
        }
        throw new IllegalStateException("no launcher at or above " + Path.of("").toAbsolutePath());
    }

    public CascadeProcess launchedBy(Path other) {
        launcher = other;
        return this;
    }

    /// Sets a variable; null takes it away.
    public CascadeProcess env(String name, @Nullable String value) {
        environment.put(name, value);
        return this;
    }

    public CascadeProcess stdin(String text) {
        stdin = text;
        return this;
    }

    public CascadeProcess timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    public Result run(String... args) {
        List<String> command = new ArrayList<>();
        command.add(launcher.toString());
        command.addAll(List.of(args));
        return exec(command);
    }

    /// Runs a line of shell in which `cascade` is the launcher.
    public Result shell(String line) {
        return exec(List.of("bash", "-c", "cascade() { '%s' \"$@\"; }\n%s".formatted(launcher,
                line)));
    }

    /// Starts without waiting; signals work even if whoever runs the tests ignores them.
    public Running background(String... args) {
        List<String> command = new ArrayList<>(
                List.of("env", "--default-signal=INT,TERM", launcher.toString()));
        command.addAll(List.of(args));
        return new Running(started(command));
    }

    /// Runs as a user who may not read everything, which root may.
    public CascadeProcess asNobody() {
        before = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        return this;
    }

    /// Starts without waiting, for tests that kill.
    public Process start(String... args) {
        List<String> command = new ArrayList<>();
        command.add(launcher.toString());
        command.addAll(List.of(args));
        return started(command);
    }

    private Process started(List<String> command) {
        List<String> whole = new ArrayList<>(before);
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole).directory(folder.toFile());
        Map<String, String> env = builder.environment();
        env.keySet().removeIf(name -> name.startsWith("CASCADE_") || name.startsWith("XDG_"));
        env.put("HOME", folder.toString());
        env.put("JAVA_HOME", System.getProperty("java.home"));
        env.put("CASCADE_BUILD", "never");
        env.put("CASCADE_SERVE_PORT", "0");
        environment.forEach((name, value) -> {
            if (value == null) {
                env.remove(name);
            } else {
                env.put(name, value);
            }
        });
        try {
            return builder.start();
        } catch (IOException ex) {
            throw new UncheckedIOException("cannot start %s".formatted(command), ex);
        }
    }

    private Result exec(List<String> command) {
        Process process = started(command);
        CompletableFuture<String> out = read(process.getInputStream());
        CompletableFuture<String> err = read(process.getErrorStream());
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(stdin.getBytes(StandardCharsets.UTF_8));
            } catch (IOException _) {
                // It did not want to hear more.
            }
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError("%s did not end within %s; it said:%n%s%n%s"
                        .formatted(command, timeout, out.join(), err.join()));
            }
            return new Result(process.exitValue(), out.join(), err.join());
        } catch (InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while %s ran".formatted(command), ex);
        }
    }

    private static CompletableFuture<String> read(InputStream stream) {
        return read(stream, new StringWriter());
    }

    private static CompletableFuture<String> read(InputStream stream, StringWriter soFar) {
        return CompletableFuture.supplyAsync(() -> {
            try (Reader reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
                reader.transferTo(soFar);
                return soFar.toString();
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }, task -> Thread.ofVirtual().start(task));
    }
}
