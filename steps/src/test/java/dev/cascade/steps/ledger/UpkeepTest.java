package dev.cascade.steps.ledger;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("EV-53")
class UpkeepTest {

    private static final Duration SOON = Duration.ofMillis(200);

    /// It ends only if it is interrupted.
    private static final String ENDLESS = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
            SELECT count(*) FROM n""";

    @TempDir
    private Path folder;

    private StateDatabase database;
    private JdbcTemplate jdbc;
    private Upkeep upkeep;

    @BeforeEach
    void open() {
        database = StateDatabase.openForWriting(folder.resolve("state.db"));
        jdbc = new JdbcTemplate(database.dataSource());
        upkeep = new Upkeep(database.dataSource());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whatTakesTooLongIsInterruptedAndTheDatabaseServesOn() throws Exception {
        assertThatExceptionOfType(Upkeep.Late.class)
                .isThrownBy(() -> upkeep.within(SOON,
                        () -> jdbc.queryForObject(ENDLESS, Long.class)))
                .withMessageStartingWith("it was not done within");
        assertThat(upkeep.within(SOON, () -> jdbc.queryForObject("SELECT 7", Integer.class)))
                .isEqualTo(7);
    }

    @Test
    void thatItWasLateIsFoundAlsoBetweenTwoStatements() {
        assertThatExceptionOfType(Upkeep.Late.class).isThrownBy(() -> upkeep.within(SOON, () -> {
            Thread.sleep(SOON.multipliedBy(2));
            return jdbc.queryForObject(ENDLESS, Long.class);
        }));
    }

    @Test
    void aFailureOfAnotherKindStaysWhatItIs() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> upkeep.within(SOON, () -> {
                    throw new IllegalStateException("full");
                }))
                .withMessage("full");
    }

    @Test
    void aSoundDatabaseHasNoDamageHoweverItIsAsked() {
        assertThat(upkeep.damage(true)).isEmpty();
        assertThat(upkeep.damage(false)).isEmpty();
    }
}
