package dev.cascade.steps;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Unavailable;

import static org.assertj.core.api.Assertions.assertThat;

class ComplaintsTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final Complaints complaints = new Complaints(nanos::get);
    private final Throwable bad = new MalformedMemory(new MemoryPath("a.md"), 1, "is bad",
            "mend it");
    private final Throwable away = new Unavailable("b.md: away", new IOException("away"));

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    @Tag("HM-08")
    @Tag("HM-09")
    void eachClassOfFailureIsToldOnceAMinuteAndTheNextLineSaysHowManyWereNot() {
        assertThat(complaints.line(bad, "one")).contains("one");
        assertThat(complaints.line(away, "another")).contains("another");
        pass(Duration.ofSeconds(59));
        assertThat(complaints.line(bad, "two")).isEmpty();
        assertThat(complaints.line(bad, "three")).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(complaints.line(bad, "four"))
                .contains("four (and 2 more that cannot be indexed as they are)");
        pass(Duration.ofMinutes(1));
        assertThat(complaints.line(bad, "five")).contains("five");
    }

    @Test
    @Tag("HM-09")
    void whatWasNotToldWhenARunEndsIsToldThenAndOnlyOnce() {
        complaints.line(away, "one");
        complaints.line(away, "two");
        assertThat(complaints.untold()).containsExactly(
                "1 more that could not be read just now; `cascade fix` lists them");
        assertThat(complaints.untold()).isEmpty();
        assertThat(complaints.line(away, "three")).as("a new run is no new minute").isEmpty();
        assertThat(complaints.untold()).hasSize(1);
    }
}
