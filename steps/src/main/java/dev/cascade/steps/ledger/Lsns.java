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
        Long last = jdbc.queryForObject("SELECT last FROM lsn_sequence", Long.class);
        return last == null ? 0 : last;
    }
}
