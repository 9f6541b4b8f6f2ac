package dev.cascade.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.jobs.Check.Answer;
import dev.cascade.jobs.DoctorReport.Level;
import dev.cascade.steps.GuardStop;
import dev.cascade.steps.Root;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.tree.UnreadableTree;

/// Whether a root and its state are there, belong together, and are open to whoever runs Cascade.
final class RootChecks {

    private static final String OURS_ALONE = "rwx------";

    private final Home home;
    private final Supplier<CascadeProperties> properties;
    private final Clock clock;

    RootChecks(Home home, Supplier<CascadeProperties> properties, Clock clock) {
        this.home = home;
        this.properties = properties;
        this.clock = clock;
    }

    List<Check> all() {
        return List.of(new Check("root", this::root), new Check("state_folder", this::stateFolder),
                new Check("identity", this::identity));
    }

    private Answer root() {
        try {
            Root.requireReadable(home.root());
            return Answer.ok("%s can be read".formatted(home.root()));
        } catch (ConfigurationProblem | UnreadableTree ex) {
            return Answer.thrown(Level.PROBLEM, ex);
        }
    }

    private Answer stateFolder() throws IOException {
        Path state = home.state();
        if (!Files.isDirectory(state)) {
            return Answer.warning("%s is not there: nothing was ever indexed".formatted(state),
                    "cascade sync");
        }
        Answer writable = Files.isWritable(state) ? Answer.ok("it can be written")
                : Answer.problem("this user cannot write it: no run can record anything",
                        "Make the folder writable, or keep the state elsewhere with --state-dir.");
        return mode(state).and(writable);
    }

    private static Answer mode(Path state) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(state,
                PosixFileAttributeView.class);
        if (view == null) {
            return Answer.ok("%s has no mode on this file system".formatted(state));
        }
        String mode = PosixFilePermissions.toString(view.readAttributes().permissions());
        String seen = "%s has mode %s".formatted(state, mode);
        return mode.equals(OURS_ALONE) ? Answer.ok(seen)
                : Answer.warning(seen + ", and what is indexed is for its owner alone",
                        "chmod 700 '%s'".formatted(state)).curedBy(() -> {
                            view.setPermissions(PosixFilePermissions.fromString(OURS_ALONE));
                            return "the mode was set to " + OURS_ALONE;
                        });
    }

    private Answer identity() {
        try {
            return StateDatabase.look(home.database(), clock,
                    database -> Root.known(home, properties.get(),
                            new Ledger(database.dataSource(), clock)))
                    .map(root -> Answer.ok("root-id %s, layout %s, %d kinds".formatted(
                            root.identity().id(),
                            root.identity().layout().name().toLowerCase(Locale.ROOT),
                            root.kinds().inOrder().size())))
                    .orElseGet(() -> Answer.unknown(
                            "there is no database of this version that says whose state this is",
                            null));
        } catch (GuardStop | ConfigurationProblem ex) {
            return Answer.thrown(Level.PROBLEM, ex);
        }
    }
}
