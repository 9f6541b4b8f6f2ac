package dev.cascade.steps.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.sqlite.SQLiteConfig.SynchronousMode;

/// Connections of a pool that others take from too, each with its own wish for how durable a commit is.
final class Durability extends DelegatingDataSource {

    private final SynchronousMode mode;

    Durability(DataSource pool, SynchronousMode mode) {
        super(pool);
        this.mode = mode;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA synchronous=" + mode.getValue());
            return connection;
        } catch (SQLException | RuntimeException ex) {
            connection.close();
            throw ex;
        }
    }
}
