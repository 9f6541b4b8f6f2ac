package dev.cascade.jobs;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DatesTest {

    @Test
    void aRangeOfDaysHoldsItsFirstAndItsLast() {
        Dates days = Dates.of("2026-03-04", "2026-03-05");
        assertThat(days.since()).isEqualTo(Instant.parse("2026-03-04T00:00:00Z"));
        assertThat(days.until()).isEqualTo(Instant.parse("2026-03-06T00:00:00Z"));
        assertThat(Dates.of(null, "2026-03-05T10:00:00+02:00").until())
                .isEqualTo(Instant.parse("2026-03-05T08:00:00Z"));
        assertThat(Dates.of(null, null)).isEqualTo(new Dates(null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "", "2026-13-01", "2026-03-04T10:00", "04.03.2026",
            "+999999999-01-01T00:00:00Z", "-999999999-01-01T00:00:00Z"})
    void whatIsNoDateIsRefusedByItsName(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Dates.of(text, null))
                .withMessageContaining(text + " is no date");
        assertThatIllegalArgumentException().isThrownBy(() -> Dates.of(null, text));
    }
}
