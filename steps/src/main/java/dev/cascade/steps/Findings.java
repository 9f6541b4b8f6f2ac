package dev.cascade.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.cascade.steps.Verification.Checked;
import dev.cascade.steps.Verification.Difference;

/// What a comparison of tree, ledger and index has found so far.
public final class Findings {

    /// How many differences are told one by one.
    private static final int NAMED = 1000;

    private final List<Checked> named = new ArrayList<>();
    private final List<String> damage = new ArrayList<>();
    private final List<String> unsure = new ArrayList<>();
    private long checked;
    private long unnamed;
    private long unnamedSurprising;
    private long repaired;

    void add(Checked file) {
        checked++;
        if (file.difference() != null) {
            if (named.size() < NAMED) {
                named.add(file);
            } else {
                unnamed++;
                unnamedSurprising += file.difference().expected() ? 0 : 1;
            }
        }
    }

    List<Checked> named() {
        return List.copyOf(named);
    }

    /// Puts what a second look found in the place of what the first did.
    void name(List<Checked> again) {
        named.clear();
        named.addAll(again);
    }

    void addDamage(List<String> sentences) {
        damage.addAll(sentences);
    }

    /// Something could not be told.
    void addUnsure(String sentence) {
        unsure.add(sentence);
    }

    void addRepaired(long files) {
        repaired += files;
    }

    /// Files that were compared.
    public long checked() {
        return checked;
    }

    /// How many of them differ.
    public long differing() {
        return named.size() + unnamed;
    }

    /// How many of them differ although no run would see to them.
    public long surprising() {
        return unnamedSurprising
                + differences().stream().filter(difference -> !difference.expected()).count();
    }

    /// The first thousand differences, by path.
    public List<Difference> differences() {
        return named.stream().map(Checked::difference).toList();
    }

    /// What is broken in the files of the index and of the state database, one sentence each.
    public List<String> damage() {
        return List.copyOf(damage);
    }

    /// What could not be told, one sentence each.
    public List<String> unsure() {
        return List.copyOf(unsure);
    }

    /// All of it, as one clause.
    public String told() {
        if (checked == 0) {
            return "there was nothing to compare";
        }
        StringBuilder told = new StringBuilder(String.format(Locale.ROOT,
                "%,d files compared, %,d differ, %,d of them unexpectedly", checked, differing(),
                surprising()));
        if (repaired > 0) {
            told.append(String.format(Locale.ROOT, ", %,d were made owed", repaired));
        }
        damage.forEach(sentence -> told.append("; ").append(sentence));
        return told.toString();
    }

    /// Files that were made owed.
    public long repaired() {
        return repaired;
    }
}
