package dev.cascade.cron.web;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cascade.cron.web.WatchedRoot.Sample;

import static org.assertj.core.api.Assertions.assertThat;

class PlotTest {

    private static final Instant BEGIN = Instant.parse("2026-03-04T12:00:00Z");

    private static Sample after(long seconds, long pending) {
        return new Sample(BEGIN.plusSeconds(seconds), pending, 0, 0);
    }

    @Test
    void theHighestValueReachesTheTopAndTheLastOneStandsUntilNow() {
        Plot plot = Plot.of(List.of(after(0, 0), after(50, 0), after(50, 8), after(75, 4)),
                BEGIN.plusSeconds(100));
        assertThat(plot.pending())
                .isEqualTo("0.0,120.0 300.0,120.0 300.0,0.0 450.0,60.0 600.0,60.0");
        assertThat(plot.top()).isEqualTo(8);
        assertThat(plot.failed()).isEqualTo(
                "0.0,120.0 300.0,120.0 300.0,120.0 450.0,120.0 600.0,120.0");
    }

    @Test
    void aSingleSampleIsALine() {
        assertThat(Plot.of(List.of(after(0, 0)), BEGIN).pending())
                .isEqualTo("0.0,120.0 600.0,120.0");
    }
}
