package dev.cascade.steps.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// A condition on files and the values that it is asked with.
final class Where {

    private final List<String> conditions = new ArrayList<>();
    private final List<Object> arguments = new ArrayList<>();

    private Where() {}

    static Where selected(Selection selection) {
        Where where = new Where();
        selection.kind().ifPresent(kind -> where.and("kind = ?", kind));
        selection.paths().ifPresent(paths -> {
            where.conditions.add(paths.stream()
                    .map(_ -> "(md_path = ? OR md_path >= ? AND md_path < ?)")
                    .collect(Collectors.joining(" OR ", "(", ")")));
            for (MemoryPath path : paths) {
                where.arguments.add(path.value());
                where.arguments.add(path.value() + "/");
                where.arguments.add(path.value() + "0"); // the character after the slash
            }
        });
        return where;
    }

    Where and(String condition, Object... values) {
        conditions.add(condition);
        arguments.addAll(List.of(values));
        return this;
    }

    String sql() {
        return conditions.isEmpty() ? "TRUE" : String.join(" AND ", conditions);
    }

    Object[] arguments() {
        return arguments.toArray();
    }
}
