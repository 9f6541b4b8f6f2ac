package dev.cascade.steps.ledger;

import java.sql.SQLException;

import org.sqlite.SQLiteErrorCode;

import com.zaxxer.hikari.SQLExceptionOverride;

/// Keeps a connection that met SQLITE_BUSY out of the pool.
///
/// If it met it while it opened a transaction, it believes to be in one and is not: the next
/// transaction on it would commit nothing, and keep what was rolled back.
public final class EvictBusyConnections implements SQLExceptionOverride {

    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException ex) {
        return ex.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code
                ? SQLExceptionOverride.Override.MUST_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
}
