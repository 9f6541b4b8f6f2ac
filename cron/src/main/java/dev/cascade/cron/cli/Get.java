package dev.cascade.cron.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import dev.cascade.config.Home;
import dev.cascade.steps.index.IndexedEntry;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.search.Searcher;

/// `cascade get`
@Command(name = "get", description = "Shows one entry, or the entries of one file, as they are indexed.")
final class Get extends Subcommand {

    @Parameters(paramLabel = "PATH|ROW_ID", description = "a file, or the row id of a hit")
    String what = "";

    @Option(names = "--parents", description = "show the entry it came from, and so on")
    boolean parents;

    private record Report(List<EntryTold> entries) {}

    private record EntryTold(String path, int line, String kind, String rowId, String entryId,
            @Nullable String parentId, String title, List<String> headings, String app,
            String project, String ownerId, @Nullable Instant timestamp,
            @Nullable String deprecatedBy, Map<String, List<String>> fields,
            List<EntryTold> parents) {}

    @Override
    ExitCode run(Session session) {
        Home home = session.initialised();
        try (StateDatabase database = StateDatabase.openForReading(home.database())) {
            Ledger ledger = new Ledger(database.dataSource(), Clock.systemUTC());
            try (Searcher searcher = Searcher
                    .open(home.index(ledger.standing().generation()))) {
                List<EntryTold> told = found(home, searcher).stream()
                        .map(entry -> told(entry, parents ? searcher.parents(entry) : List.of()))
                        .toList();
                if (told.isEmpty()) {
                    throw CliProblem.refused("%s is not in the index".formatted(what),
                            "Give a path below the root, or a row id as `search` shows it; `cascade status` tells what is pending.");
                }
                Output output = session.output();
                output.result(new Report(told), () -> told.forEach(entry -> show(output, entry)));
            }
        }
        return ExitCode.DONE;
    }

    private List<IndexedEntry> found(Home home, Searcher searcher) {
        List<IndexedEntry> byRow = searcher.byRow(what);
        if (!byRow.isEmpty()) {
            return byRow;
        }
        try {
            MemoryPath path = JobCommand.relative(home, Path.of(what));
            return path == null ? List.of() : searcher.byPath(path);
        } catch (InvalidPathException ex) {
            return List.of();
        }
    }

    private static EntryTold told(IndexedEntry indexed, List<IndexedEntry> parents) {
        Entry entry = indexed.entry();
        List<EntryTold> chain = new ArrayList<>();
        parents.forEach(parent -> chain.add(told(parent, List.of())));
        return new EntryTold(indexed.path().value(), entry.line(), entry.row().kind(),
                entry.row().shown(), entry.id(), entry.parentId(), entry.title(), entry.headings(),
                entry.row().scope().app(), entry.row().scope().project(), entry.row().owner(),
                entry.timestamp(), indexed.replacedBy(), entry.fields(), chain);
    }

    private static void show(Output output, EntryTold entry) {
        output.line("%s  %s",
                output.paint(Style.CYAN, "%s:%d".formatted(entry.path(), entry.line())),
                output.paint(Style.BOLD, entry.title()));
        output.line("  row %s (%s)%s", entry.rowId(), entry.kind(), entry.deprecatedBy() == null
                ? ""
                : ", replaced by " + entry.deprecatedBy());
        entry.fields().forEach((name, values) -> {
            output.line("  %s:", name);
            values.forEach(value -> output.text(value.indent(4).stripTrailing()));
        });
        entry.parents()
                .forEach(parent -> output.line("  came from %s:%d  %s", parent.path(),
                        parent.line(), parent.title()));
        output.line();
    }
}
