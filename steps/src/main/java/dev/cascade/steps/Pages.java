package dev.cascade.steps;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.cascade.steps.memory.MemoryPath;

/// Rows in path order, asked for page by page, so that no statement stays open between them.
final class Pages<T> implements Iterator<T> {

    private final Function<@Nullable MemoryPath, List<T>> after;
    private final Function<T, MemoryPath> path;
    private Iterator<T> page = Collections.emptyIterator();
    private @Nullable MemoryPath last;
    private boolean ended;

    /// @param after the page after a path; the first page after null; an empty one at the end
    Pages(Function<@Nullable MemoryPath, List<T>> after, Function<T, MemoryPath> path) {
        this.after = after;
        this.path = path;
    }

    @Override
    public boolean hasNext() {
        if (!page.hasNext() && !ended) {
            page = after.apply(last).iterator();
            ended = !page.hasNext();
        }
        return page.hasNext();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        T row = page.next();
        last = path.apply(row);
        return row;
    }
}
