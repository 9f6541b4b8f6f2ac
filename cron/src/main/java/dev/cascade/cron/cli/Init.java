package dev.cascade.cron.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.cascade.config.CommentedSettings;
import dev.cascade.config.Home;
import dev.cascade.config.Layout;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.steps.tree.Reason;

/// `cascade init`
@Command(name = "init", description = {
        "Makes <root>/.cascade/ and a commented <root>/cascade.yaml in --root or the current folder.",
        "Markdown is never touched."})
final class Init extends Subcommand {

    @Option(names = "--force", description = "write cascade.yaml anew if there is one")
    boolean force;

    @Option(names = "--print", description = "print the commented cascade.yaml and change nothing")
    boolean print;

    private record Report(Path root, Path stateDir, Path settingsFile, boolean settingsWritten,
            Layout layout, List<String> warnings) {}

    @Override
    ExitCode run(Session session) throws IOException {
        Output output = session.output();
        if (print) {
            output.text(CommentedSettings.text());
            return ExitCode.DONE;
        }
        Home home = session.homeToBe();
        boolean write = force || !Files.exists(home.settingsFile());
        try {
            makeStateFolder(home.state());
            if (write) {
                writeWhole(home.settingsFile(), CommentedSettings.text());
            }
        } catch (AccessDeniedException denied) {
            throw CliProblem.refused("%s: %s".formatted(denied.getFile(), Reason.of(denied)),
                    "Make %s writable, or keep the state elsewhere with --state-dir."
                            .formatted(home.root()));
        }
        List<String> warnings = write ? List.of()
                : List.of("%s was there already and stays as it is; --force writes it anew"
                        .formatted(home.settingsFile()));
        Report report = new Report(home.root(), home.state(), home.settingsFile(), write,
                Layout.of(home.root()), warnings);
        output.result(report, () -> {
            output.line("root      %s (layout: %s)", home.root(),
                    report.layout().name().toLowerCase(java.util.Locale.ROOT));
            output.line("state     %s", home.state());
            output.line("settings  %s%s", home.settingsFile(), write ? "" : " (kept)");
            output.line("next      cascade sync --root %s", home.root());
        });
        if (!output.isJson()) {
            warnings.forEach(warning -> output.note("cascade: %s", warning));
        }
        return ExitCode.DONE;
    }

    private static void makeStateFolder(Path state) throws IOException {
        if (Files.isDirectory(state)) {
            return;
        }
        if (state.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(state, PosixFilePermissions
                    .asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(state);
        }
    }

    private static void writeWhole(Path file, String text) throws IOException {
        Path draft = file.resolveSibling("." + file.getFileName() + ".tmp");
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }
}
