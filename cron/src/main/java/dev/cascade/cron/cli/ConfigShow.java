package dev.cascade.cron.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;

import dev.cascade.config.Settings.Setting;
import dev.cascade.cron.report.ExitCode;

/// `cascade config show`
@Command(name = "show", description = "Lists every setting in force and where it was said; secrets are masked.")
final class ConfigShow extends Subcommand {

    private static final Set<String> SECRETS = Set.of("key", "token", "password", "secret");

    private record Report(@Nullable Path root, List<Setting> settings) {}

    @Override
    ExitCode run(Session session) {
        Output output = session.output();
        List<Setting> settings = session.settings()
                .list()
                .stream()
                .map(ConfigShow::masked)
                .toList();
        output.result(new Report(session.rootIfAny().orElse(null), settings), () -> {
            int keys = width(settings.stream().map(Setting::key));
            int values = width(settings.stream().map(Setting::value));
            String columns = "%-" + keys + "s  %-" + values + "s  %s";
            settings.forEach(setting -> output.line(columns, setting.key(), setting.value(),
                    setting.origin().equals("default") ? output.paint(Style.DIM, "default")
                            : setting.origin()));
        });
        return ExitCode.DONE;
    }

    static Setting masked(Setting setting) {
        String key = setting.key().toLowerCase(Locale.ROOT);
        boolean secret = SECRETS.stream().anyMatch(key::endsWith);
        return secret && !setting.value().isEmpty()
                ? new Setting(setting.key(), "********", setting.origin())
                : setting;
    }

    private static int width(Stream<String> texts) {
        return texts.mapToInt(String::length).max().orElse(1);
    }
}
