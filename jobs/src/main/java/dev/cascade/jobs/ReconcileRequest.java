package dev.cascade.jobs;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;

import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// What a reconcile run is asked to do.
///
/// @param selection which files it concerns
/// @param forced whether every file seen is read again, changed or not
/// @param overBudget whether the run goes on when its budget is used up
/// @param scheduled whether nobody waits for it, so that it may be held up, and leave files to a later one
public record ReconcileRequest(Selection selection, boolean forced, boolean overBudget,
        boolean scheduled) {

    /// A run that someone asks for now.
    public ReconcileRequest(Selection selection, boolean forced, boolean overBudget) {
        this(selection, forced, overBudget, false);
    }

    /// The same as part of a schedule.
    ReconcileRequest onSchedule() {
        return new ReconcileRequest(selection, forced, overBudget, true);
    }

    /// Everything that changed.
    public static ReconcileRequest everything() {
        return new ReconcileRequest(Selection.everything(), false, false);
    }

    /// The parameters of the execution. `run` identifies it; the rest says what it does.
    JobParameters parameters(long run) {
        JobParametersBuilder parameters = new JobParametersBuilder().addLong("run", run)
                .addString("forced", Boolean.toString(forced), false)
                .addString("overBudget", Boolean.toString(overBudget), false);
        selection.kind().ifPresent(kind -> parameters.addString("kind", kind, false));
        List<MemoryPath> paths = selection.paths().orElse(List.of());
        for (int i = 0; i < paths.size(); i++) {
            parameters.addString("path." + i, paths.get(i).value(), false);
        }
        return parameters.toJobParameters();
    }

    /// What [#parameters] was made from.
    static ReconcileRequest of(JobParameters parameters) {
        Selection selection = Selection.everything();
        List<MemoryPath> paths = Stream.iterate(0, i -> i + 1)
                .map(i -> Optional.ofNullable(parameters.getString("path." + i)))
                .takeWhile(Optional::isPresent)
                .map(path -> new MemoryPath(path.orElseThrow()))
                .toList();
        if (!paths.isEmpty()) {
            selection = selection.below(paths);
        }
        String kind = parameters.getString("kind");
        return new ReconcileRequest(kind == null ? selection : selection.ofKind(kind),
                Boolean.parseBoolean(parameters.getString("forced")),
                Boolean.parseBoolean(parameters.getString("overBudget")));
    }
}
