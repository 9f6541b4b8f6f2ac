package dev.cascade.jobs;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cascade.config.Home;
import dev.cascade.steps.LiveGeneration;
import dev.cascade.steps.index.IndexedEntry;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.search.Searcher;

/// Entries as they are indexed.
public record EntryReport(List<EntryTold> entries) {

    /// One entry.
    ///
    /// @param deprecatedBy the id that takes its place; null if none does
    /// @param parents the entry it came from, and so on, if that was asked for
    public record EntryTold(String path, int line, String kind, String rowId, String entryId,
            @Nullable String parentId, String title, List<String> headings, String app,
            String project, String ownerId, @Nullable Instant timestamp,
            @Nullable String deprecatedBy, Map<String, List<String>> fields,
            List<EntryTold> parents) {}

    /// The entries with the row id `what`, else those of the file.
    ///
    /// @param path where `what` leads, taken as a path; null if it leads nowhere below the root
    /// @throws NotFound if there is none
    public static EntryReport of(Home home, String what, @Nullable MemoryPath path,
            boolean withParents, Clock clock) {
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), clock);
            try (Searcher searcher = LiveGeneration.open(home, ledger, Searcher::open)) {
                List<IndexedEntry> byRow = searcher.byRow(what);
                List<IndexedEntry> found = byRow.isEmpty() && path != null ? searcher.byPath(path)
                        : byRow;
                if (found.isEmpty()) {
                    throw new NotFound("%s is not in the index".formatted(what),
                            "Give a path below the root, or a row id as `search` shows it; `cascade status` tells what is pending.");
                }
                return new EntryReport(found.stream()
                        .map(entry -> told(entry,
                                withParents ? searcher.parents(entry) : List.of()))
                        .toList());
            }
        }
    }

    private static EntryTold told(IndexedEntry indexed, List<IndexedEntry> parents) {
        Entry entry = indexed.entry();
        return new EntryTold(indexed.path().value(), entry.line(), entry.row().kind(),
                entry.row().shown(), entry.id(), entry.parentId(), entry.title(), entry.headings(),
                entry.row().scope().app(), entry.row().scope().project(), entry.row().owner(),
                entry.timestamp(), indexed.replacedBy(), entry.fields(),
                parents.stream().map(parent -> told(parent, List.of())).toList());
    }
}
