package dev.cascade.jobs.quality;

import java.util.List;

/// Something that finds entries.
interface Engine extends AutoCloseable {

    /// How it is called in the tables.
    String name();

    /// The best answers, best first.
    List<Section> search(String query, int limit);

    @Override
    void close();
}
