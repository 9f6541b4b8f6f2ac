package dev.cascade.steps.ledger;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.core.NestedExceptionUtils;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// A table or column that a statement named and the state database does not have.
///
/// @param kind "table" or "column"
/// @param name as the statement wrote it, without the name of the schema or of an alias
record SchemaDrift(String kind, String name) {

    private static final Pattern NO_COLUMN = Pattern.compile("no such column: ([^\\s)]+)");
    private static final Pattern NO_TABLE = Pattern.compile("no such table: ([^\\s)]+)");
    private static final Pattern COLUMN_OF = Pattern
            .compile("table (\\S+) has no column named ([^\\s)]+)");

    /// What the root cause of `thrown` says is missing; empty if it says anything else.
    static Optional<SchemaDrift> in(Throwable thrown) {
        return NestedExceptionUtils.getMostSpecificCause(thrown) instanceof SQLiteException sqlite
                && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_ERROR
                        ? in(String.valueOf(sqlite.getMessage()))
                        : Optional.empty();
    }

    private static Optional<SchemaDrift> in(String message) {
        Matcher columnOf = COLUMN_OF.matcher(message);
        if (columnOf.find()) {
            return Optional.of(new SchemaDrift("column", columnOf.group(2)));
        }
        Matcher column = NO_COLUMN.matcher(message);
        if (column.find()) {
            return Optional.of(new SchemaDrift("column", bare(column.group(1))));
        }
        Matcher table = NO_TABLE.matcher(message);
        return table.find() ? Optional.of(new SchemaDrift("table", bare(table.group(1))))
                : Optional.empty();
    }

    private static String bare(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    @Override
    public String toString() {
        return kind + " " + name;
    }
}
