package dev.cascade.steps.search;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;

import dev.cascade.steps.index.Columns;

/// The fields that a query may name as `field:value`: those that every entry has, and the columns
/// of the kinds that are in the index.
final class Fields {

    private static final Map<String, String> WHOLE = Map.of("kind", Columns.KIND, "app",
            Columns.APP, "project", Columns.PROJECT, "owner", Columns.OWNER);
    private static final String PATH = "path";
    private static final int LONGEST_PATH = 500;
    /// What Lucene may spend on a part of a path that is as long as that and repeats itself.
    private static final int PATH_EFFORT = 1_000_000;
    private static final Map<String, String> ALIASES = Map.of("tag", "tags");

    private static final Pattern COMPARISON = Pattern.compile("(>=|<=|>|<|)(.+)");
    private static final Query ENTRY = new TermQuery(new Term(Columns.TYPE, Columns.ENTRY));

    private final Set<String> present;

    /// @param present
    ///            what the fields in the index are called
    Fields(Set<String> present) {
        this.present = present;
    }

    boolean isKnown(String name) {
        String known = canonical(name);
        return Columns.PROSE.containsKey(known) || WHOLE.containsKey(known) || known.equals(PATH)
                || has(Columns.words(known)) || has(Columns.keyword(known))
                || has(Columns.integer(known)) || has(Columns.decimal(known))
                || has(Columns.time(known));
    }

    private boolean has(String column) {
        return present.contains(column);
    }

    private static String canonical(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ALIASES.getOrDefault(lower, lower);
    }

    /// The field of the index that holds the words of `name`; empty if it holds something else.
    Optional<String> words(String name) {
        String known = canonical(name);
        String prose = Columns.PROSE.get(known);
        return prose != null ? Optional.of(prose)
                : Optional.of(Columns.words(known)).filter(this::has);
    }

    boolean keepsOrder(String column) {
        return Columns.PROSE.containsValue(column);
    }

    /// What a value that is compared as a whole asks for; empty if it can be none of this field.
    Optional<Query> whole(Clause clause) {
        String known = canonical(clause.field());
        if (known.equals(PATH)) {
            if (clause.text().length() > LONGEST_PATH) {
                return Optional.empty();
            }
            return Optional.of(new BooleanQuery.Builder()
                    .add(new WildcardQuery(new Term(Columns.PATH, contains(clause)),
                            PATH_EFFORT), Occur.FILTER)
                    .add(ENTRY, Occur.FILTER)
                    .build());
        }
        String common = WHOLE.get(known);
        if (common != null || has(Columns.keyword(known))) {
            return Optional.of(equal(common != null ? common : Columns.keyword(known), clause));
        }
        Matcher comparison = COMPARISON.matcher(clause.text());
        return comparison.matches()
                ? number(known, comparison.group(1), comparison.group(2).strip())
                : Optional.empty();
    }

    private static String contains(Clause clause) {
        return "*" + clause.text().replaceAll("[\\\\*?]", "\\\\$0") + "*";
    }

    private static Query equal(String column, Clause clause) {
        return clause.isPrefix() ? new PrefixQuery(new Term(column, clause.text()))
                : new TermQuery(new Term(column, Columns.term(clause.text())));
    }

    private Optional<Query> number(String name, String comparison, String value) {
        try {
            if (has(Columns.integer(name))) {
                long number = Long.parseLong(value);
                return Optional.of(range(Columns.integer(name), comparison, number, number));
            }
            if (has(Columns.decimal(name))) {
                return Optional.of(range(Columns.decimal(name), comparison,
                        Double.parseDouble(value)));
            }
            return value.length() > 10
                    ? instant(name, comparison, OffsetDateTime.parse(value).toInstant())
                    : day(name, comparison, LocalDate.parse(value));
        } catch (NumberFormatException | DateTimeParseException | ArithmeticException ex) {
            return Optional.empty();
        }
    }

    private static Optional<Query> instant(String name, String comparison, Instant at) {
        return Optional.of(
                range(Columns.time(name), comparison, at.toEpochMilli(), at.toEpochMilli()));
    }

    /// A day of UTC, from its first to its last millisecond.
    private static Optional<Query> day(String name, String comparison, LocalDate day) {
        return Optional.of(range(Columns.time(name), comparison,
                day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli(),
                day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli() - 1));
    }

    private static Query range(String column, String comparison, long first, long last) {
        return switch (comparison) {
            case ">" -> last == Long.MAX_VALUE ? MatchNoDocsQuery.INSTANCE
                    : LongField.newRangeQuery(column, last + 1, Long.MAX_VALUE);
            case ">=" -> LongField.newRangeQuery(column, first, Long.MAX_VALUE);
            case "<" -> first == Long.MIN_VALUE ? MatchNoDocsQuery.INSTANCE
                    : LongField.newRangeQuery(column, Long.MIN_VALUE, first - 1);
            case "<=" -> LongField.newRangeQuery(column, Long.MIN_VALUE, last);
            default -> LongField.newRangeQuery(column, first, last);
        };
    }

    private static Query range(String column, String comparison, double value) {
        return switch (comparison) {
            case ">" -> DoubleField.newRangeQuery(column, Math.nextUp(value),
                    Double.POSITIVE_INFINITY);
            case ">=" -> DoubleField.newRangeQuery(column, value, Double.POSITIVE_INFINITY);
            case "<" -> DoubleField.newRangeQuery(column, Double.NEGATIVE_INFINITY,
                    Math.nextDown(value));
            case "<=" -> DoubleField.newRangeQuery(column, Double.NEGATIVE_INFINITY, value);
            default -> DoubleField.newRangeQuery(column, value, value);
        };
    }
}
