package dev.cascade.steps.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Adds to a state database what its version of the schema has and it lacks. Nothing is ever dropped
/// but views, which hold nothing.
final class SchemaRepair {

    /// What they said of the index cannot be trusted once a part of it was lost.
    private static final Set<String> SPEAK_OF_THE_INDEX = Set.of("md_change_state", "md_indexed",
            "generation");

    /// Ids that must never be given twice, by the table that counts them, and who may know of one.
    private static final Map<String, String> IDS_IN_USE = Map.of(
            "run", """
                    SELECT max(coalesce((SELECT max(settled_run) FROM generation), 0),
                               coalesce((SELECT max(open_run) FROM generation), 0),
                               coalesce((SELECT max(last_run) FROM md_change_state), 0))""",
            "gate", "SELECT coalesce(max(gate), 0) FROM md_change_state",
            "BATCH_JOB_INSTANCE_SEQ",
            "SELECT coalesce(max(JOB_INSTANCE_ID), 0) FROM BATCH_JOB_EXECUTION",
            "BATCH_JOB_EXECUTION_SEQ",
            """
                    SELECT max(coalesce((SELECT max(JOB_EXECUTION_ID) FROM BATCH_JOB_EXECUTION), 0),
                               coalesce((SELECT max(JOB_EXECUTION_ID) FROM BATCH_STEP_EXECUTION), 0),
                               coalesce((SELECT max(execution_id) FROM run), 0))""",
            "BATCH_STEP_EXECUTION_SEQ",
            "SELECT coalesce(max(STEP_EXECUTION_ID), 0) FROM BATCH_STEP_EXECUTION");

    private final JdbcTemplate actual;
    private final JdbcTemplate expected;
    private final TransactionTemplate transaction;
    private final List<String> added = new ArrayList<>();
    private boolean indexInDoubt;

    /// @param expected a database that the migrations made just now
    SchemaRepair(DataSource actual, DataSource expected) {
        this.actual = new JdbcTemplate(actual);
        this.expected = new JdbcTemplate(expected);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(actual));
    }

    /// A part could not be added; nothing was changed.
    static final class Impossible extends RuntimeException {

        @java.io.Serial
        private static final long serialVersionUID = 1L;

        Impossible(String part, DataAccessException cause) {
            super(part, cause);
        }
    }

    /// Columns come before indexes, for an index may be on a column that was missing; views come last.
    ///
    /// @return what was added; empty if nothing was missing
    /// @throws Impossible if something cannot be added
    List<String> mend() {
        transaction.executeWithoutResult(outcome -> {
            Map<String, String> views = sqlByName(expected, "view");
            boolean viewsDiffer = !alike(views, sqlByName(actual, "view"));
            views.keySet().forEach(view -> actual.execute("DROP VIEW IF EXISTS " + quoted(view)));
            addTables();
            sqlByName(expected, "table").keySet().forEach(this::addColumns);
            addMissing("index");
            addMissing("trigger");
            views.forEach((view, sql) -> add("view " + view, sql, false));
            if (viewsDiffer) {
                added.add("views");
            }
            if (added.isEmpty()) {
                outcome.setRollbackOnly();
            } else {
                keepIdsUnique();
                mistrustTheIndex();
            }
        });
        return List.copyOf(added);
    }

    private void addTables() {
        Map<String, String> present = sqlByName(actual, "table");
        sqlByName(expected, "table").forEach((table, sql) -> {
            if (!contains(present, table)) {
                add("table " + table, sql, true);
                seed(table);
                doubt(table);
            }
        });
    }

    /// The rows that the migrations themselves put into a table.
    private void seed(String table) {
        for (Map<String, Object> row : expected
                .queryForList("SELECT * FROM " + quoted(table))) {
            actual.update("INSERT INTO %s (%s) VALUES (%s)".formatted(quoted(table),
                    String.join(", ", row.keySet().stream().map(SchemaRepair::quoted).toList()),
                    String.join(", ", row.keySet().stream().map(_ -> "?").toList())),
                    row.values().toArray());
        }
    }

    private void addColumns(String table) {
        List<String> present = columns(actual, table).stream()
                .map(column -> column.name().toLowerCase(Locale.ROOT))
                .toList();
        for (Column column : columns(expected, table)) {
            if (!present.contains(column.name().toLowerCase(Locale.ROOT))) {
                add("column %s of %s".formatted(column.name(), table),
                        "ALTER TABLE %s ADD COLUMN %s".formatted(quoted(table),
                                column.definition()),
                        true);
                doubt(table);
            }
        }
    }

    private record Column(String name, String type, boolean required, @Nullable String standard,
            boolean key) {

        String definition() {
            return quoted(name) + " " + type + (key ? " PRIMARY KEY" : "")
                    + (required ? " NOT NULL" : "")
                    + (standard == null ? "" : " DEFAULT " + standard);
        }
    }

    private static List<Column> columns(JdbcTemplate database, String table) {
        return database.query(
                """
                        SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?) ORDER BY cid""",
                (row, _) -> new Column(row.getString(1), row.getString(2), row.getBoolean(3),
                        row.getString(4), row.getInt(5) > 0),
                table);
    }

    private void addMissing(String type) {
        Map<String, String> present = sqlByName(actual, type);
        sqlByName(expected, type).forEach((name, sql) -> {
            if (!contains(present, name)) {
                add(type + " " + name, sql, true);
            }
        });
    }

    private void add(String part, String sql, boolean isTold) {
        try {
            actual.execute(sql);
        } catch (DataAccessException ex) {
            throw isRefusal(ex) ? new Impossible(part, ex) : ex;
        }
        if (isTold) {
            added.add(part);
        }
    }

    /// Whether SQLite will never do it, however often it is asked.
    private static boolean isRefusal(DataAccessException ex) {
        return NestedExceptionUtils.getMostSpecificCause(ex) instanceof SQLiteException sqlite
                && Set.of(SQLiteErrorCode.SQLITE_ERROR.code,
                        SQLiteErrorCode.SQLITE_CONSTRAINT.code)
                        .contains(sqlite.getResultCode().code & 0xff);
    }

    private void doubt(String table) {
        indexInDoubt |= SPEAK_OF_THE_INDEX.contains(table);
    }

    private void keepIdsUnique() {
        IDS_IN_USE.forEach(this::countOnFrom);
        actual.update("""
                UPDATE lsn_sequence
                   SET last = max(last, (SELECT coalesce(max(lsn), 0) FROM md_change_state))""");
        if (columns(actual, "lsn_sequence").stream()
                .anyMatch(column -> column.name().equals("settled_to"))) {
            actual.update("UPDATE lsn_sequence SET settled_to = 0");
        }
    }

    /// No index stands at run 0, so the next run compares every file with the one that is there.
    private void mistrustTheIndex() {
        if (indexInDoubt) {
            actual.update("UPDATE generation SET settled_run = 0, settled_chunk = 0, open_run = 0");
        }
    }

    private void countOnFrom(String table, String highest) {
        if (!contains(sqlByName(actual, "table"), table)) {
            return;
        }
        Long used = actual.queryForObject(highest, Long.class);
        actual.update("""
                INSERT INTO sqlite_sequence (name, seq)
                SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)""",
                table, table);
        actual.update("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?",
                used, table);
    }

    private static Map<String, String> sqlByName(JdbcTemplate database, String type) {
        Map<String, String> sql = new LinkedHashMap<>();
        database.query("""
                SELECT name, sql FROM sqlite_master
                 WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                 ORDER BY rowid""",
                row -> {
                    sql.put(row.getString(1), row.getString(2));
                }, type);
        return sql;
    }

    private static boolean alike(Map<String, String> expected, Map<String, String> actual) {
        return actual.entrySet().containsAll(expected.entrySet());
    }

    private static boolean contains(Map<String, String> present, String name) {
        return present.keySet().stream().anyMatch(name::equalsIgnoreCase);
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
