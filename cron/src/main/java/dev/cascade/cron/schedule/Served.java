package dev.cascade.cron.schedule;

import java.time.Instant;
import java.util.Optional;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.jobs.Jobs;
import dev.cascade.jobs.RunReport.Problem;
import dev.cascade.steps.Tally;

/// A root that is served, for whoever shows how it goes. Looking changes nothing.
public interface Served {

    Home home();

    /// The settings in force; empty as long as none could be used.
    Optional<CascadeProperties> properties();

    /// The run in hand in this process; empty if none is.
    Optional<InHand> inHand();

    /// Why runs fail or cannot begin; empty if they do not.
    Optional<Problem> trouble();

    /// Why firings are skipped; empty if they are not.
    Optional<String> skipping();

    /// Hears of each firing from now on.
    void tell(FiringListener listener);

    /// A run that goes on.
    ///
    /// @param before
    ///            what the run before it had done
    record InHand(ScheduledJob job, Instant since, Jobs jobs, Tally before) {

        static InHand of(ScheduledJob job, Instant since, Jobs jobs) {
            return new InHand(job, since, jobs, jobs.tally());
        }

        /// What it has done so far; empty as long as it only looks whether there is anything to do.
        public Optional<Tally> done() {
            Tally now = jobs.tally();
            return now == before ? Optional.empty() : Optional.of(now);
        }
    }
}
