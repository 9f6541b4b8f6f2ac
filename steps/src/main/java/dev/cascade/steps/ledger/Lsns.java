package dev.cascade.steps.ledger;

import org.springframework.jdbc.core.JdbcTemplate;

/// Gives out log sequence numbers, each once.
///
/// @param jdbc
///            to be used within a transaction
record Lsns(JdbcTemplate jdbc) {

    /// Takes `count` numbers.
    ///
    /// @return the one before the first of them
    long take(int count) {
        jdbc.update("UPDATE lsn_sequence SET last = last + ?", count);
        return last() - count;
    }

    /// The last one that was given out.
    long last() {
        return number("last");
    }

    /// Files with a lower one are not pending, unless something is the matter with them; 0 if that is not known.
    long settledTo() {
        return number("settled_to");
    }

    private long number(String column) {
        Long number = jdbc.queryForObject("SELECT %s FROM lsn_sequence".formatted(column),
                Long.class);
        return number == null ? 0 : number;
    }
}
