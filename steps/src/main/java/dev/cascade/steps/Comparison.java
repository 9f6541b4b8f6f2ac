package dev.cascade.steps;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;
import org.springframework.batch.infrastructure.item.ItemWriter;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.Verification.Checked;
import dev.cascade.steps.Verification.Difference;
import dev.cascade.steps.Verification.What;
import dev.cascade.steps.index.IndexCheck;
import dev.cascade.steps.index.IndexView;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.Upkeep;
import dev.cascade.steps.memory.MemoryPath;

/// The steps in which tree, ledger and index are compared, beside whatever writes to them.
///
/// What differs is looked at again in the end: a file may have been indexed between the looks at the
/// tree, at the ledger and at the index.
public final class Comparison {

    private static final int LOOKS = 3;

    private final Root root;
    private final CascadeProperties properties;
    private final Ledger ledger;
    private final boolean deep;
    private final Tally tally;
    private final Clock clock;
    private final Findings findings = new Findings();

    /// @param deep whether every file is read and its entries are compared with those in the index
    public Comparison(Root root, CascadeProperties properties, Ledger ledger, boolean deep,
            Tally tally, Clock clock) {
        this.root = root;
        this.properties = properties;
        this.ledger = ledger;
        this.deep = deep;
        this.tally = tally;
        this.clock = clock;
    }

    public Findings findings() {
        return findings;
    }

    private Verification in(IndexView view) {
        return new Verification(root, properties, ledger, view, deep, clock);
    }

    private IndexView view() {
        return LiveGeneration.open(root.home(), ledger, IndexView::open);
    }

    /// Does all of it at once, for who only looks.
    ///
    /// @param upkeep of the state database
    public void run(Upkeep upkeep) {
        try (IndexView view = view(); Verification.Sweep sweep = in(view).sweep()) {
            for (Optional<Checked> file = sweep.next(); file.isPresent(); file = sweep.next()) {
                findings.add(file.get());
            }
        }
        confirmed();
        if (deep) {
            indexChecked();
            databaseChecked(upkeep);
        }
    }

    /// Reads the files with what is wrong with them.
    public ItemStreamReader<Checked> reader() {
        return new Reader();
    }

    private final class Reader implements ItemStreamReader<Checked> {

        private @Nullable IndexView view;
        private Verification.@Nullable Sweep sweep;

        @Override
        public void open(ExecutionContext context) {
            IndexView opened = view();
            view = opened;
            sweep = in(opened).sweep();
        }

        @Override
        public @Nullable Checked read() {
            if (sweep == null) {
                throw new IllegalStateException("read before open");
            }
            tally.beat();
            return sweep.next().orElse(null);
        }

        @Override
        public void close() {
            if (sweep != null) {
                sweep.close();
                sweep = null;
            }
            if (view != null) {
                view.close();
                view = null;
            }
        }
    }

    /// Counts them, and keeps those that differ.
    public ItemWriter<Checked> writer() {
        return this::add;
    }

    private void add(Chunk<? extends Checked> chunk) {
        chunk.forEach(findings::add);
    }

    /// Looks again at those that differ although no run would see to them.
    public Tasklet confirm() {
        return (_, _) -> {
            confirmed();
            return RepeatStatus.FINISHED;
        };
    }

    private void confirmed() {
        for (int look = 1; look < LOOKS && findings.surprising() > 0; look++) {
            try (IndexView view = view()) {
                findings.name(again(in(view)));
            }
        }
    }

    private List<Checked> again(Verification verification) {
        List<Checked> still = new ArrayList<>();
        for (Checked file : findings.named()) {
            tally.beat();
            verification.check(file.path())
                    .filter(now -> now.difference() != null)
                    .ifPresent(still::add);
        }
        return still;
    }

    /// Makes the files owed that differ although no run would see to them. Only for who holds the root's
    /// lock. Beyond the first thousand the next comparison finds the rest.
    public Tasklet repair() {
        return (contribution, _) -> {
            List<MemoryPath> inTree = new ArrayList<>();
            Map<MemoryPath, String> onlyInIndex = new TreeMap<>();
            for (Checked file : findings.named()) {
                Difference difference = file.difference();
                if (difference == null || difference.expected()) {
                    continue; // a run sees to it, or a person has to
                }
                if (difference.what() == What.EXTRA && file.kind() != null) {
                    onlyInIndex.put(file.path(), file.kind());
                } else {
                    inTree.add(file.path());
                }
            }
            ledger.makeOwed(inTree, onlyInIndex);
            findings.addRepaired((long) inTree.size() + onlyInIndex.size());
            contribution.incrementWriteCount(findings.repaired());
            return RepeatStatus.FINISHED;
        };
    }

    /// Reads the files of the index whole.
    public Tasklet checkIndex() {
        return (_, _) -> {
            indexChecked();
            return RepeatStatus.FINISHED;
        };
    }

    private void indexChecked() {
        IndexCheck.damage(root.home().index(ledger.standing().generation()))
                .ifPresentOrElse(damage -> findings.addDamage(damage.stream()
                        .map(sentence -> "the index is damaged: " + sentence)
                        .toList()),
                        () -> findings.addUnsure(
                                "whether the index is damaged cannot be told, for it was written all the time"));
    }

    /// Reads the state database whole.
    public Tasklet checkDatabase(Upkeep upkeep) {
        return (_, _) -> {
            databaseChecked(upkeep);
            return RepeatStatus.FINISHED;
        };
    }

    private void databaseChecked(Upkeep upkeep) {
        findings.addDamage(upkeep.damage()
                .stream()
                .map(sentence -> "the state database is damaged: " + sentence)
                .toList());
    }
}
