package dev.cascade.jobs;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.Home;
import dev.cascade.jobs.Check.Answer;
import dev.cascade.jobs.DoctorReport.Finding;
import dev.cascade.jobs.DoctorReport.Level;
import dev.cascade.steps.ledger.UnusableState;

/// Asks a fixed list of questions about a root, one after the other, whatever comes of any of them.
///
/// Looking changes nothing. What may be cured at once touches neither Markdown, nor entries, nor a
/// database that is damaged, and whatever writes the state holds the root's lock.
public final class Doctor {

    /// How long one look may take. A walk over a million files takes less; a file server that is gone
    /// never answers.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Home home;
    private final List<Check> checks = new ArrayList<>();

    /// @param properties throws if the settings cannot be used; then what needs them is unknown
    /// @param deep whether all of database and index is read
    /// @param more what only others can see
    public Doctor(Home home, Supplier<CascadeProperties> properties, Clock clock, boolean deep,
            List<Check> more) {
        this.home = home;
        checks.addAll(new RootChecks(home, properties, clock).all());
        checks.addAll(new TreeChecks(home, properties, clock).all());
        checks.addAll(new GroundChecks(home, clock).all());
        checks.addAll(new DatabaseChecks(home, clock, deep).all());
        checks.addAll(new IndexChecks(home, properties, clock, deep).all());
        checks.addAll(new RunChecks(home, properties, clock).all());
        checks.addAll(more);
    }

    /// Asks all of them.
    ///
    /// @param apply whether what may be cured at once is
    /// @param warnings what was odd before
    public DoctorReport examine(boolean apply, List<String> warnings) {
        List<Finding> findings = checks.stream()
                .map(check -> examine(check, apply))
                .sorted(Comparator.comparing(Finding::level).reversed())
                .toList();
        return new DoctorReport(home.root().toString(), findings.getFirst().level(), findings,
                warnings);
    }

    private static Finding examine(Check check, boolean apply) {
        Answer answer = answer(check);
        Check.Cure cure = answer.cure();
        if (!apply || cure == null) {
            return answer.finding(check.name(), null);
        }
        try {
            String done = cure.apply();
            return answer(check).finding(check.name(), done);
        } catch (RunLock.Held held) {
            return answer.finding(check.name(), "nothing: " + held.getMessage());
        } catch (Exception ex) {
            return answer.finding(check.name(), "nothing: " + Problems.of(ex).message());
        }
    }

    private static Answer answer(Check check) {
        FutureTask<Answer> look = new FutureTask<>(check.look()::at);
        Thread.ofPlatform().daemon().name(check.name()).start(look);
        try {
            return look.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException ex) {
            return ex.getCause() instanceof UnusableState
                    ? Answer.unknown("the state database cannot be asked; see database", null)
                    : Answer.thrown(Level.UNKNOWN, ex.getCause() == null ? ex : ex.getCause());
        } catch (TimeoutException _) {
            look.cancel(true);
            return Answer.unknown("no answer within %d min".formatted(PATIENCE.toMinutes()),
                    "See whether the disk, or the file server, answers at all.");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Answer.unknown("interrupted", null);
        }
    }
}
