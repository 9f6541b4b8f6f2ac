package dev.cascade.jobs.quality;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// SQLite's full text search as it comes: one column, unicode61, bm25(), and a query of quoted words
/// joined by OR.
final class SqliteFts implements Engine {

    private final List<Section> sections;
    private final Connection connection;

    SqliteFts(List<Section> sections) {
        this.sections = List.copyOf(sections);
        try {
            connection = DriverManager.getConnection("jdbc:sqlite::memory:");
            fill();
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private void fill() throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement
                    .execute("CREATE VIRTUAL TABLE entry USING fts5(text, tokenize = 'unicode61')");
        }
        try (PreparedStatement insert = connection
                .prepareStatement("INSERT INTO entry(rowid, text) VALUES (?, ?)")) {
            for (int i = 0; i < sections.size(); i++) {
                insert.setInt(1, i);
                insert.setString(2, sections.get(i).text());
                insert.executeUpdate();
            }
        }
        connection.commit();
    }

    @Override
    public String name() {
        return "FTS5";
    }

    @Override
    public List<Section> search(String query, int limit) {
        List<Section> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY bm25(entry), rowid LIMIT ?")) {
            select.setString(1, anyOf(query));
            select.setInt(2, limit);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(sections.get(rows.getInt(1)));
                }
            }
        } catch (SQLException ex) {
            throw new IllegalStateException("FTS5 cannot read the query " + query, ex);
        }
        return found;
    }

    /// What stands without a blank is a phrase to FTS5, so `fs.readFile` stays together.
    private static String anyOf(String query) {
        return Arrays.stream(query.strip().split("\\s+", -1))
                .map(word -> '"' + word.replace("\"", "\"\"").replace("\0", "") + '"')
                .collect(Collectors.joining(" OR "));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
