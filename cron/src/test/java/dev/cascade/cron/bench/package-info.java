/// What Cascade costs beside other programs, and how that grows with the tree: the figures of
/// `docs/benchmarks.md`. Nothing here is a test of the usual build.
@NullMarked
package dev.cascade.cron.bench;

import org.jspecify.annotations.NullMarked;
