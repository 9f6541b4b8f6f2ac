package dev.cascade.cron.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cascade.cron.schedule.Journal.Change;

import static org.assertj.core.api.Assertions.assertThat;

/// How `cascade serve` words what it has to say.
class ServeJournalTest {

    private static final Path ROOT = Path.of("/notes");

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private ServeJournal journal(boolean quiet) {
        return new ServeJournal(
                new Output(new ByteArrayOutputStream(), err,
                        new Output.Manners(false, quiet, false, false, false, false)),
                false, Clock.fixed(Instant.parse("2026-03-04T12:00:00.5Z"), ZoneOffset.UTC));
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aSecretThatChangesIsNotShown() {
        journal(false).changed(ROOT,
                List.of(new Change("cascade.embedding.api-key", "", "s3cret", "/user.yaml"),
                        new Change("cascade.embedding.model", "", "nomic", "/user.yaml")));
        assertThat(said()).isEqualTo(
                """
                        2026-03-04T12:00:00Z /notes: cascade.embedding.api-key is now ******** instead of empty (/user.yaml)
                        2026-03-04T12:00:00Z /notes: cascade.embedding.model is now nomic instead of empty (/user.yaml)
                        """);
    }

    @Test
    void whoAskedForQuietHearsOfTroubleAndOfItsEndOnly() {
        ServeJournal journal = journal(true);
        journal.skips(ROOT, "skipped: paused: moving", "Resume it.");
        journal.warned(ROOT, "odd");
        journal.troubled(ROOT, "the root /notes does not exist", "Mount it.");
        journal.mended(ROOT);
        assertThat(said()).isEqualTo("""
                2026-03-04T12:00:00Z /notes: the root /notes does not exist. Mount it.
                2026-03-04T12:00:00Z /notes: the trouble is over.
                """);
    }

    @Test
    void aNameThatCouldRepaintTheTerminalIsShownHarmlessly() {
        journal(false).warned(Path.of("/no\u001b[2Jtes"), "odd");
        assertThat(said()).contains("/no\\u001b[2Jtes").doesNotContain("\u001b");
    }
}
