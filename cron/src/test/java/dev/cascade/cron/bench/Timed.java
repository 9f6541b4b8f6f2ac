package dev.cascade.cron.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.cascade.cron.CascadeProcess;

/// A command that is run as a process of its own and measured from outside.
final class Timed {

    private static final Duration LIMIT = Duration.ofHours(4);
    private static final Duration LOOK = Duration.ofMillis(10);

    private final Path folder;
    private final List<String> command;
    private final Map<String, String> environment = new LinkedHashMap<>();

    private Timed(Path folder, List<String> command) {
        this.folder = folder;
        this.command = List.copyOf(command);
    }

    /// @param seconds from its start to its end
    /// @param resident the most memory that it had, in MB, as far as could be seen from outside
    record Took(double seconds, long resident) {}

    /// A command whose working directory and home are `folder`.
    static Timed of(Path folder, String... command) {
        return new Timed(folder, List.of(command));
    }

    /// Cascade as people run it.
    static Timed cascade(Path folder, String... args) {
        List<String> command = new ArrayList<>(List.of(CascadeProcess.launcher().toString()));
        command.addAll(List.of(args));
        return new Timed(folder, command).with("CASCADE_BUILD", "never")
                .with("JAVA_HOME", System.getProperty("java.home"));
    }

    /// A program of these benchmarks, in a JVM like that of the command that it is compared with.
    static Timed java(Path folder, List<String> options, Class<?> main, String... args) {
        List<String> command = new ArrayList<>(
                List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(options);
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        return new Timed(folder, command);
    }

    Timed with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /// The process, with its errors in a file of the folder and its output to be read.
    Process start() throws IOException {
        return builder().start();
    }

    private ProcessBuilder builder() {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectError(errors());
        Map<String, String> env = builder.environment();
        env.keySet().removeIf(name -> name.startsWith("CASCADE_") || name.startsWith("XDG_"));
        env.put("HOME", folder.toString());
        env.putAll(environment);
        return builder;
    }

    private File errors() {
        return folder.resolve("stderr.txt").toFile();
    }

    /// Runs it to its end.
    ///
    /// @throws AssertionError if it fails
    Took run() throws IOException, InterruptedException {
        long began = System.nanoTime();
        Process process = builder().redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        long resident = 0;
        while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            resident = Math.max(resident, resident(process.pid()));
            if (System.nanoTime() - began > LIMIT.toNanos()) {
                process.destroyForcibly();
                throw new AssertionError("%s did not end within %s".formatted(command, LIMIT));
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        requireSuccess(process);
        return new Took(seconds, resident);
    }

    /// Runs it to its end.
    ///
    /// @return what it said
    /// @throws AssertionError if it fails
    String output() throws IOException, InterruptedException {
        Process process = start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        requireSuccess(process);
        return said;
    }

    private void requireSuccess(Process ended) throws IOException {
        if (ended.exitValue() != 0) {
            throw new AssertionError("%s ended with %d and said: %s".formatted(command,
                    ended.exitValue(), Files.readString(errors().toPath())));
        }
    }

    /// The most that it had so far, in MB; 0 if it has just ended.
    static long resident(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/%d/status".formatted(pid)))
                    .stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException ex) {
            return 0;
        }
    }
}
